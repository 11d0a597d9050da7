"""What does a reader see change between two answers for one person, and which studies moved it?

Standings, numbers as they are shown, reasons, alerts, PML figures and facts are set side by side. A study
moves a number directly where the number counts a finding of it, before or after; else through the risk model,
which is fitted to all studies at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stepdown.decisions.answer import Alert, Answer, FactLine, Option, PmlCell, Reason, Risk
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Study
from stepdown.reports.rounding import show_per_1000, show_risk
from stepdown.reports.wording import name_option, name_time, name_word

#: What may have become of a study between two answers.
KINDS = ("added", "changed", "retracted", "gone")
#: What of an answer may read otherwise.
CHANGES = ("offered", "standing", "number", "words", "fact")
UNKNOWN = "unknown"
#: What the method of a number says where the risk model gave it, or widened its interval.
_MODEL = "risk model"


@dataclass(frozen=True)
class AnswerChange:
    """One thing that reads otherwise: where it stands, what it is, before and after (None: not there).

    ``kind`` is one of CHANGES. ``studies`` are those that it counts or cites, before or after.
    ``is_modelled`` says whether the number, or its interval, is or was one of the risk model.
    """

    kind: str
    place: str
    what: str
    before: str | None
    after: str | None
    studies: tuple[str, ...] = ()
    is_modelled: bool = False


@dataclass(frozen=True)
class StudyChange:
    """A study that came, changed or went between two answers: one of KINDS, and the last words of its log."""

    id: str
    kind: str
    title: str
    log: str


def compare_answers(old: Answer, new: Answer) -> Iterator[AnswerChange]:
    """Everything that reads otherwise in two answers for one person, option by option."""
    later = {option.id: option for option in new.options}
    known = {option.id for option in old.options}
    for option in old.options:
        if option.id in later:
            yield from _compare_option(option, later[option.id])
        else:
            yield AnswerChange("offered", _place(option), "offered", "yes", None)
    yield from (AnswerChange("offered", _place(option), "offered", None, "yes")
                for option in new.options if option.id not in known)
    yield from _compare_beside(old, new)


def find_study_changes(old: Answer, new: Answer) -> tuple[StudyChange, ...] | None:
    """The studies that came, changed or went between two answers; None where the older one names none.

    Call it while the library of the new answer is the one that is read.
    """
    if not old.studies:
        return None
    names = sorted(name for name in {*old.studies, *new.studies}
                   if old.studies.get(name) != new.studies.get(name))
    return tuple(_describe(name, name in old.studies, read_library().get(name)) for name in names)


def find_movers(change: AnswerChange, studies: tuple[StudyChange, ...]) -> tuple[str, ...]:
    """Of the studies that changed, those which a thing counts or cites, before or after."""
    return tuple(study.id for study in studies if study.id in change.studies)


def _describe(name: str, was_there: bool, study: Study | None) -> StudyChange:
    if study is None:
        return StudyChange(name, "gone", "", "")
    kind = "retracted" if study.retracted else "changed" if was_there else "added"
    log = f"{study.changes[-1].on}: {study.changes[-1].what}" if study.changes else study.added
    return StudyChange(name, kind, study.title, log)


def _place(option: Option) -> str:
    return f"option {name_option(option)}"


def _compare_option(old: Option, new: Option) -> Iterator[AnswerChange]:
    """Standing, numbers and reasons of one option."""
    place = _place(old)
    if old.standing != new.standing:
        cited = _name_studies(*(rule.sources for option in (old, new) for rule in option.rules
                                if rule.id in option.decided_by))
        yield AnswerChange("standing", place, "standing", old.standing, new.standing, cited)
    later = {(risk.outcome, risk.time_years): risk for risk in new.risks}
    for risk in old.risks:
        then = later.get((risk.outcome, risk.time_years))
        if then is not None and _reads_otherwise(risk, then):
            yield _compare_risks(place, risk, then)
    for name in ("reasons_for", "reasons_against"):
        head = f"{place}: reason {name.removeprefix('reasons_')}"
        yield from _compare_words(head, getattr(old, name), getattr(new, name))


def _reads_otherwise(old: Risk, new: Risk) -> bool:
    """Whether a number is another one, or rests on other studies; what stays unknown reads as before."""
    if old.per_100 is None and new.per_100 is None:
        return False
    return (_say_risk(old), old.sources) != (_say_risk(new), new.sources)


def _compare_risks(place: str, old: Risk, new: Risk) -> AnswerChange:
    keys = (keys for risk in (old, new)
            for keys in (risk.sources, risk.moved_by, *(beside.sources for beside in risk.beside)))
    what = f"{name_word('outcome', old.outcome)} within {name_time(old.time_years)}, of 100"
    modelled = any(risk.per_100 and _MODEL in risk.method for risk in (old, new))
    return AnswerChange("number", place, what, _say_risk(old), _say_risk(new), _name_studies(*keys), modelled)


def _say_risk(risk: Risk) -> str:
    """The number as reports show it, with its status and how many studies answer the question directly."""
    shown = show_risk(risk)
    if shown is None:
        return UNKNOWN
    return f"{shown.words} ({risk.status}, {risk.studies} {'study' if risk.studies == 1 else 'studies'})"


def _name_studies(*sources: tuple[str, ...]) -> tuple[str, ...]:
    """The studies of some sources, each once."""
    return tuple(dict.fromkeys(key.partition("#")[0] for keys in sources for key in keys))


def _compare_words(
    place: str, old: tuple[Reason, ...] | tuple[Alert, ...], new: tuple[Reason, ...] | tuple[Alert, ...]
) -> Iterator[AnswerChange]:
    """The sentences that came, went or read otherwise, each by the rule or alert that says it."""
    before, after = _by_name(old), _by_name(new)
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was is None or now is None or was.text != now.text:
            cited = _name_studies(*(item.sources for item in (was, now) if item))
            yield AnswerChange("words", place, name, was.text if was else None, now.text if now else None,
                               cited)


def _by_name(items: tuple[Reason, ...] | tuple[Alert, ...]) -> Mapping[str, Reason | Alert]:
    return {item.rule if isinstance(item, Reason) else item.id: item for item in items}


def _compare_beside(old: Answer, new: Answer) -> Iterator[AnswerChange]:
    """What differs beside the options: status, alerts, PML of 1,000, words on cancer drugs, facts."""
    if old.status != new.status:
        yield AnswerChange("standing", "answer", "status", old.status, new.status)
    yield from _compare_words("alert", old.alerts, new.alerts)
    yield from _compare_words("cancer immunotherapy", old.cancer_immunotherapy, new.cancer_immunotherapy)
    cells = ({cell.period_months: cell for cell in answer.pml} for answer in (old, new))
    yield from _compare_pml(*cells)
    facts = ({fact.name: fact for fact in answer.facts} for answer in (old, new))
    yield from _compare_facts(*facts)


def _compare_pml(old: Mapping[str, PmlCell], new: Mapping[str, PmlCell]) -> Iterator[AnswerChange]:
    for period in dict.fromkeys([*old, *new]):
        before, after = (_say_pml(cells.get(period)) for cells in (old, new))
        if before != after:
            cited = _name_studies(*(cells[period].sources for cells in (old, new) if period in cells))
            yield AnswerChange("number", "natalizumab", f"PML in months {period}, of 1,000", before, after,
                               cited)


def _say_pml(cell: PmlCell | None) -> str:
    if cell is None:
        return UNKNOWN
    return f"{show_per_1000(cell.per_1000_low)} to {show_per_1000(cell.per_1000_high)}"


def _compare_facts(old: Mapping[str, FactLine], new: Mapping[str, FactLine]) -> Iterator[AnswerChange]:
    for name in dict.fromkeys([*old, *new]):
        before, after = (_say_fact(facts.get(name)) for facts in (old, new))
        if before != after:
            yield AnswerChange("fact", "fact", name.replace("_", " "), before, after)


def _say_fact(fact: FactLine | None) -> str:
    if fact is None or fact.state != "known":
        return UNKNOWN if fact is None else fact.state
    return f"{fact.value} {fact.unit}" if fact.unit else str(fact.value)
