"""Which options change for people when the library changes, and which rules cite a study that goes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.decisions.answer import Answer
    from stepdown.evidence.study import Study
    from stepdown.patients.checking import Checked
    from stepdown.patients.faults import Fault
    from stepdown.patients.history import History
    from stepdown.reports.answer_changes import AnswerChange


@dataclass(frozen=True)
class NamedPerson:
    """A person to be assessed, with the words that name them in what is printed."""

    name: str
    history: History
    faults: tuple[Fault, ...]


def read_people(paths: Sequence[Path] | None) -> list[NamedPerson]:
    """The people of these files, or our invented ones; FaultyPersonFile for a file with errors."""
    from stepdown.patients.checking import check_file

    if paths is None:
        return list(_invent_people())
    return [_to_person(path.name, check_file(path)) for path in paths]


def _to_person(name: str, checked: Checked) -> NamedPerson:
    from stepdown.patients.faults import FaultyPersonFile
    from stepdown.patients.history import History

    if checked.patient is None or checked.errors:
        raise FaultyPersonFile(name, checked.faults)
    return NamedPerson(name, History(checked.patient, checked.at), checked.faults)


def _invent_people() -> Iterator[NamedPerson]:
    """One invented person for each drug at each age."""
    from stepdown.patients.checking import check_value

    table = tomllib.loads((files("stepdown.interfaces.cli") / "invented_people.toml").read_text("utf-8"))
    for therapy, last in table["last_dose"].items():
        for born in table["birth_dates"]:
            value = {**table["person"], "id": "invented", "birth_date": born}
            checked = check_value({**value, "treatments": [_to_treatment(therapy, last)]})
            age = int(table["person"]["recorded_on"][:4]) - int(born[:4])
            yield _to_person(f"on {therapy}, {age} years", checked)


def _to_treatment(therapy: str, last_dose: str) -> dict[str, Any]:
    return {"therapy": therapy, "start": "2016-04-01", "still_taking": True, "last_dose": last_dose}


def find_option_changes(
    people: Sequence[NamedPerson], before: Mapping[str, Study], after: Mapping[str, Study], study_id: str
) -> Iterator[str]:
    """A line for each option whose standing or numbers change, then the rules that cite the study.

    Only people whose answer may change are asked a second time: all of them where the risk model rests on the
    study, else those whose answer cites it.
    """
    from stepdown.evidence.model.fitted import library_model
    from stepdown.evidence.supposing import supposing
    from stepdown.reports.answer_changes import compare_answers

    with supposing(before):
        answers = [(person, _assess(person)) for person in people]
        moves_all = library_model().rests_on(study_id)
    citing = [(person, answer) for person, answer in answers if study_id in answer.sources]
    with supposing(after):
        pairs = [(person, answer, _assess(person)) for person, answer in (answers if moves_all else citing)]
    changed: dict[str, list[str]] = {}
    for person, old, new in pairs:
        for change in compare_answers(old, new):
            changed.setdefault(write_change(change), []).append(person.name)
    yield from (f"{line} [{'; '.join(names)}]" for line, names in changed.items())
    rules = sorted({rule for _, answer in citing for rule in _find_rules(answer, study_id)})
    if rules:
        yield f"rules that cite it, to be judged anew: {', '.join(rules)}"


def _assess(person: NamedPerson) -> Answer:
    from stepdown.decisions.assess import assess

    return assess(person.history, person.faults)


def write_change(change: AnswerChange) -> str:
    """One line for a change that several people may share: no fact of theirs, no sentence."""
    if change.kind == "offered":
        return f"{change.place}: {'newly' if change.after else 'no longer'} offered"
    if change.kind == "words":
        return f"{change.place} {change.what}: what is said of it changes"
    if change.kind == "fact":
        return f"fact {change.what}: known -> {change.after}"
    between = " " if change.kind == "standing" else ": "
    return f"{change.place}: {change.what}{between}{change.before} -> {change.after}"


def _find_rules(answer: Answer, study_id: str) -> Iterator[str]:
    """The rules of an answer that cite a study."""
    for option in answer.options:
        for rule in option.rules:
            if any(source.partition("#")[0] == study_id for source in rule.sources):
                yield rule.id
