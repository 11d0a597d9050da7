"""Which options change for people when the library changes, and which rules cite a study that goes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.decisions.answer import Answer, Option, PmlCell, Risk
    from stepdown.evidence.study import Study
    from stepdown.patients.checking import Checked
    from stepdown.patients.faults import Fault
    from stepdown.patients.history import History


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

    with supposing(before):
        answers = [(person, _assess(person)) for person in people]
        moves_all = library_model().rests_on(study_id)
    citing = [(person, answer) for person, answer in answers if study_id in answer.sources]
    with supposing(after):
        pairs = [(person, answer, _assess(person)) for person, answer in (answers if moves_all else citing)]
    changed: dict[str, list[str]] = {}
    for person, old, new in pairs:
        for line in compare_answers(old, new):
            changed.setdefault(line, []).append(person.name)
    yield from (f"{line} [{'; '.join(names)}]" for line, names in changed.items())
    rules = sorted({rule for _, answer in citing for rule in _find_rules(answer, study_id)})
    if rules:
        yield f"rules that cite it, to be judged anew: {', '.join(rules)}"


def _assess(person: NamedPerson) -> Answer:
    from stepdown.decisions.assess import assess

    return assess(person.history, person.faults)


def compare_answers(old: Answer, new: Answer) -> Iterator[str]:
    """What differs between two answers for one person, option by option."""
    from stepdown.reports.wording import name_option

    later = {option.id: option for option in new.options}
    for option in old.options:
        if option.id not in later:
            yield f"option {name_option(option)}: no longer offered"
            continue
        for change in _compare_option(option, later[option.id]):
            yield f"option {name_option(option)}: {change}"
    yield from _compare_beside(old, new)
    known = {option.id for option in old.options}
    come = (option for option in new.options if option.id not in known)
    yield from (f"option {name_option(option)}: newly offered" for option in come)


def _compare_beside(old: Answer, new: Answer) -> Iterator[str]:
    """What differs beside the options: PML of 1,000, facts such as the score, words on cancer drugs."""
    later = {cell.period_months: cell for cell in new.pml}
    for cell in old.pml:
        if cell.period_months not in later:
            yield f"natalizumab: PML in months {cell.period_months}, of 1,000: {_say_pml(cell)} -> unknown"
    facts = {fact.name: fact for fact in new.facts}
    for fact in old.facts:
        if fact.state == "known" and facts[fact.name].state != "known":
            yield f"fact {fact.name.replace('_', ' ')}: known -> unknown"
    if old.cancer_immunotherapy != new.cancer_immunotherapy:
        yield "cancer immunotherapy: what is said of it changes"


def _say_pml(cell: PmlCell) -> str:
    from stepdown.reports.rounding import show_per_1000

    return f"{show_per_1000(cell.per_1000_low)} to {show_per_1000(cell.per_1000_high)}"


def _compare_option(old: Option, new: Option) -> Iterator[str]:
    from stepdown.reports.wording import name_time

    if old.standing != new.standing:
        yield f"standing {old.standing} -> {new.standing}"
    later = {(risk.outcome, risk.time_years): risk for risk in new.risks}
    for risk in old.risks:
        shown, then = (_say_risk(item) for item in (risk, later[risk.outcome, risk.time_years]))
        if shown != then:
            yield f"{risk.outcome} within {name_time(risk.time_years)}, of 100: {shown} -> {then}"


def _say_risk(risk: Risk) -> str:
    """The number as reports show it, with its status."""
    from stepdown.reports.rounding import show_risk

    shown = show_risk(risk)
    return f"{shown.words} ({risk.status})" if shown else "unknown"


def _find_rules(answer: Answer, study_id: str) -> Iterator[str]:
    """The rules of an answer that cite a study."""
    for option in answer.options:
        for rule in option.rules:
            if any(source.partition("#")[0] == study_id for source in rule.sources):
                yield rule.id
