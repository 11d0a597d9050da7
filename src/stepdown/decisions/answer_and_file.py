"""Whether an answer and a person file belong together, so that one may say what became of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from stepdown.ms.errors import UserError
from stepdown.patients.death import has_died
from stepdown.patients.view import View
from stepdown.patients.watching import OTHER_DISEASE, find_standing

_NOT_MS = (
    "MS schedules do not speak for it, so nothing here is called due or done; ask the team what is to be "
    "watched, or assess again with the file as it is now."
)


def is_older(answer: Mapping[str, Any], view: View) -> bool:
    """Whether the file was true before the day of the decision, and shows nothing of what came since."""
    return view.recorded_on < date.fromisoformat(str(answer["at"]))


def check_belonging(answer: Mapping[str, Any], view: View) -> tuple[str, ...]:
    """What is to be known about the two together; UserError where one cannot speak for the other.

    Refused: the file of another person, an answer for another disease, and a file that now shows one, save
    where the person has died.
    """
    asked, found = str(answer.get("person") or ""), view.patient.id or ""
    if asked and found and asked != found:
        raise UserError(
            f"the answer is of {asked} and the file of {found}: two people; give the file of the one "
            "who was answered."
        )
    if has_died(view) is None:
        _check_disease(answer, view)
    return tuple(_list_notes(answer, view, is_named=bool(asked and found)))


def _check_disease(answer: Mapping[str, Any], view: View) -> None:
    if answer.get("status") == "refused":
        raise UserError(f"this answer was refused: {_NOT_MS}")
    if find_standing(view).name == OTHER_DISEASE:
        raise UserError(f"refused: by the file this is NMOSD or MOGAD now; {_NOT_MS}")


def _list_notes(answer: Mapping[str, Any], view: View, *, is_named: bool) -> Iterator[str]:
    if not is_named:
        yield "the answer or the file has no id: nobody can check that they belong to one person"
    if is_older(answer, view):
        yield (
            f"the file is of {view.recorded_on}, before the decision of {answer['at']}: it shows nothing of "
            "what came since, and nothing can be judged as overdue"
        )
    elif view.recorded_on < view.at:
        yield f"the file is of {view.recorded_on}: later entries are not in it"
