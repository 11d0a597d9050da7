"""Which option of an answer was taken: the one named, or the one that the treatments on file show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stepdown.decisions.answer_and_file import is_older
from stepdown.ms.errors import UserError
from stepdown.ms.treatment import GAP_MERGED_DAYS
from stepdown.patients.facts_treatment import NONE
from stepdown.patients.periods import Period
from stepdown.patients.view import View

_NOT_SHOWN = "the file does not show which option was taken"
_OLDER = "the file is older than the answer and cannot show which option was taken"
_NO_OPTION = (
    "a drug that is no option of this answer was begun after the decision: assess again with the file as it "
    "is now, for its own schedule is not in this answer"
)
_GIVEN_UP = (
    "a drug begun after the decision has been given up again: assess again with the file as it is now, for "
    "what is due after it is not in this answer"
)


@dataclass(frozen=True)
class _Found:
    """The option that the file shows by its id, or else why it shows none."""

    option: str | None = None
    why: str = _NOT_SHOWN


def choose_option(answer: Mapping[str, Any], option: str | None, view: View) -> Mapping[str, Any]:
    """The option that was taken: the one named, else the one that the treatments on file show.

    UserError where the file shows none, or shows a drug begun since that is not an option of the answer.
    """
    options = {str(each["id"]): each for each in answer["options"]}
    found = _Found(option, f"no option {option}") if option is not None else _infer_option(answer, view)
    if found.option not in options:
        why = _NOT_SHOWN if found.option and option is None else found.why
        raise UserError(f"{why}; or name the option with --option: {', '.join(options)}.")
    return dict(options[found.option])


def tell_other_drug(answer: Mapping[str, Any], option: Mapping[str, Any], view: View) -> tuple[str, ...]:
    """A note where another drug than that of the option was begun after the decision."""
    names = {period.name for period in _list_begun(answer, view)} - {option["therapy"], find_left(answer)}
    told = "a drug begun since is not that of this option: its own schedule is not here; assess again"
    return (told,) if names else ()


def find_left(answer: Mapping[str, Any]) -> str:
    """The drug that the answer started from: taken on the day of the decision, or else left before it."""
    current = _find_current(answer)
    return current if current and current != NONE else _read_fact(answer, "therapy_left")


def _find_current(answer: Mapping[str, Any]) -> str:
    """The drug taken on the day of the decision: "none" where none was, empty where it was not known."""
    return _read_fact(answer, "current_therapy")


def _read_fact(answer: Mapping[str, Any], name: str) -> str:
    return next((str(fact.get("value") or "") for fact in answer["facts"] if fact["name"] == name), "")


def _list_begun(answer: Mapping[str, Any], view: View) -> list[Period]:
    """The periods that were or may have been begun after the decision, in the order of the file."""
    decided = date.fromisoformat(str(answer["at"]))
    return [period for period in view.periods if period.start is not None and period.start.latest >= decided
            and not _is_over_by(period, decided)]  # fmt: skip


def _is_over_by(period: Period, day: date) -> bool:
    """Whether a period whose start is known to the year or month had ended by a day."""
    ends = [each.latest for each in (period.stop, period.last_dose) if each is not None]
    return bool(ends) and max(ends) < day


def _infer_option(answer: Mapping[str, Any], view: View) -> _Found:
    """The option that fits what the file shows since the decision."""
    if is_older(answer, view):
        return _Found(why=_OLDER)
    taken = {period.name: period for period in view.periods if is_open(period.written, view.at)}
    begun, left = _list_begun(answer, view), find_left(answer)
    names = {period.name for period in begun}
    if names == {left} and _goes_on(begun[0], view.periods):
        begun, names = [], set()
    if begun:
        return _read_new_drug(answer, begun, names, set(taken))
    if not taken:
        return _Found("stop" if _was_ended(answer, left, view) else None)
    if len(taken) > 1:
        return _Found()
    return _read_interval(answer, next(iter(taken.values())))


def _read_new_drug(
    answer: Mapping[str, Any], begun: Sequence[Period], names: set[str], taken: set[str]
) -> _Found:
    """The switch to the one drug that was begun; a course that was given counts, a drug given up does not."""
    if len(names) > 1 or taken - names:
        return _Found()
    fits = [str(each["id"]) for each in answer["options"]
            if each["strategy"] == "switch" and each["therapy"] in names]  # fmt: skip
    if not fits:
        return _Found(why=_NO_OPTION)
    if not taken and not any(period.is_course for period in begun):
        return _Found(why=_GIVEN_UP)
    return _Found(fits[0] if len(fits) == 1 else None)


def _goes_on(period: Period, others: Sequence[Period]) -> bool:
    """Whether a new entry of a drug goes on from an earlier one, with another interval, without a pause."""
    ends = [end.latest for each in others if each.name == period.name and each is not period
            for end in (each.stop or each.last_dose,) if end is not None]  # fmt: skip
    longest = max(GAP_MERGED_DAYS, period.written.interval_days or 0)
    return bool(ends) and period.start is not None and (period.start.earliest - max(ends)).days <= longest


def _was_ended(answer: Mapping[str, Any], left: str, view: View) -> bool:
    """Whether nothing was taken then either, or a drug was given up since."""
    decided, current = date.fromisoformat(str(answer["at"])), _find_current(answer)
    return current == NONE or any(
        period.stop.latest >= decided if period.stop else current == left == period.name
        for period in view.periods
    )


def _read_interval(answer: Mapping[str, Any], period: Period) -> _Found:
    """A longer interval that was an option, or else going on as before."""
    interval = period.written.interval_days
    fits = [each for each in answer["options"]
            if each["strategy"] == "extend" and each["interval_days"] == interval]  # fmt: skip
    fits = fits or [each for each in answer["options"] if each["strategy"] == "continue"]
    return _Found(str(fits[0]["id"]) if len(fits) == 1 else None)


def is_open(treatment: Any, at: date) -> bool:
    """Whether a treatment may still go on: no stop by that day, and not said to have ended."""
    has_stopped = treatment.stop is not None and treatment.stop.earliest <= at
    return not has_stopped and treatment.still_taking is not False
