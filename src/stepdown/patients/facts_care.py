"""Facts that a care plan asks for: symptoms, living, work, caregiver, barriers, doses, goals, criteria.

They are true on the day of the file. Looked at from an earlier day they are unknown; from a later one they
are still said, with the day they were true on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from stepdown.ms.facts import Fact, State, Value, doubtful, known, unknown
from stepdown.patients.care_needs import (
    BARRIERS,
    SCORE_BANDS,
    SEVERITIES,
    SYMPTOMS,
    WHY_MISSED,
    Symptom,
)
from stepdown.patients.facts_disability import edss
from stepdown.patients.view import View

NOT_ASKED = "not on file"
_TWICE = "two entries of the same day say different things"
_WALKS = "mobility is said not to hinder, beside an EDSS of somebody who needs a wheelchair"
#: The EDSS from which a person walks no more than a few steps (Kurtzke 1983).
_WHEELCHAIR = 7.0
Entry = tuple[str, Symptom]


def find_care_facts(view: View) -> Mapping[str, Fact]:
    """Every fact of the person that only a care plan asks for, by its name."""
    facts = [*_symptom_facts(view), *_single_facts(view), *_barrier_facts(view), *_dose_facts(view)]
    return MappingProxyType({fact.name: fact for fact in facts})


def find_goals(view: View) -> tuple[str, ...]:
    """The goals in the person's own words, in their order; none where nobody asked."""
    return tuple(goal for goal in view.patient.goals or () if goal) if view.at >= view.recorded_on else ()


def name_symptom_fact(symptom: str) -> str:
    """The name of the fact of one symptom."""
    return f"symptom_{symptom.replace('-', '_')}"


def _now(view: View, name: str, value: Value | None, path: str, unit: str | None = None) -> Fact:
    """What the file says of its own day, said of the index date unless that is earlier."""
    if value is None:
        return unknown(name, NOT_ASKED, unit=unit)
    if view.at < view.recorded_on:
        return unknown(name, f"the file speaks of {view.recorded_on} only", path, unit=unit)
    reason = "" if view.is_on_record_day else f"so on {view.recorded_on}; not known since"
    return known(name, value, path, unit=unit, reason=reason)


def _single_facts(view: View) -> Iterator[Fact]:
    """What is one value in the file."""
    patient, asked = view.patient, _group_reader(view)
    yield _now(view, "diagnosis_criteria", patient.diagnosis_criteria, "diagnosis_criteria")
    yield _now(view, "self_harm_thoughts", patient.self_harm_thoughts, "self_harm_thoughts")
    yield _now(view, "work", patient.work, "work")
    yield asked("lives", "living", "lives")
    yield asked("home_adapted", "living", "home_adapted")
    yield asked("falls_last_12_months", "living", "falls_last_12_months", "count")
    yield asked("drives", "living", "drives")
    yield asked("caregiver", "caregiver", "present")
    yield asked("caregiver_hours_a_day", "caregiver", "hours_a_day", "hours a day")
    yield asked("caregiver_under_18", "caregiver", "under_18")
    yield asked("caregiver_burden", "caregiver", "burden_score", "0 to 88")
    yield asked("caregiver_wants_support", "caregiver", "wants_support")
    goals = [goal for goal in patient.goals or () if goal]
    nothing = "none named" if patient.goals == () else None
    yield _now(view, "goals", "; ".join(goals) or nothing, "goals")


def _group_reader(view: View) -> Callable[..., Fact]:
    """What reads one key of a group of the file as a fact."""

    def read(name: str, group: str, key: str, unit: str | None = None) -> Fact:
        inside = getattr(view.patient, group)
        value = getattr(inside, key) if inside else None
        return _now(view, name, value, f"{group}.{key}", unit)

    return read


def _barrier_facts(view: View) -> Iterator[Fact]:
    """Whether anything stands in the way of care, and each thing of the list for itself."""
    given = view.patient.barriers
    words = None if given is None else [word for word in given if word]
    yield _now(view, "barriers", None if words is None else ", ".join(words) or "none", "barriers")
    for barrier in BARRIERS:
        value = None if words is None else barrier in words
        yield _now(view, f"barrier_{barrier}", value, "barriers")


def _dose_facts(view: View) -> Iterator[Fact]:
    """How many doses were missed, and why."""
    group = view.patient.adherence
    missed = group.missed_doses if group else None
    why = [word for word in (group.why if group else None) or () if word]
    yield _now(view, "missed_doses", missed, "adherence.missed_doses", "count")
    yield _now(view, "missed_because", ", ".join(why) or None, "adherence.why")
    for word in WHY_MISSED:
        name = f"missed_because_{word.replace('-', '_')}"
        yield _now(view, name, word in why if why else None, "adherence.why")


def _symptom_facts(view: View) -> Iterator[Fact]:
    """The severity of each symptom by its latest entry, and whether it came or grew lately."""
    for symptom in SYMPTOMS:
        name, latest = name_symptom_fact(symptom), _latest(view, symptom)
        yield _severity(view, name, latest)
        worse = {entry.worse_lately for _, entry in latest}
        paths = tuple(f"{path}.worse_lately" for path, _ in latest)
        yield _agreed(view, f"{name}_worse", worse, paths)


def _latest(view: View, symptom: str) -> list[Entry]:
    """The latest entries of a symptom that can be seen; one without a date is of the day of the file."""
    seen = [
        (f"symptoms[{position}]", entry)
        for position, entry in enumerate(view.patient.symptoms or ())
        if entry.name == symptom and view.is_visible(entry.date)
    ]
    days = [entry.date.earliest if entry.date else view.recorded_on for _, entry in seen]
    return [entry for entry, day in zip(seen, days, strict=True) if day == max(days)]


def _severity(view: View, name: str, latest: Sequence[Entry]) -> Fact:
    """How far a symptom hinders; an empty list of symptoms means that there is none."""
    if view.patient.symptoms == ():
        return _now(view, name, "none", "symptoms")
    paths = tuple(f"{path}.severity" for path, _ in latest)
    fact = _agreed(view, name, {entry.severity for _, entry in latest}, paths)
    told = "; ".join(filter(None, (_tell_score(entry) for _, entry in latest)))
    read = max(map(read_score, (entry for _, entry in latest)), key=SEVERITIES.index, default="none")
    if name == name_symptom_fact("mobility") and fact.value == "none" and edss(view).at_least(_WHEELCHAIR):
        return doubtful(name, _WALKS, *paths)
    if view.at >= view.recorded_on and outranks(read, fact.value) and fact.state is not State.DOUBT:
        said = fact.value if fact.is_known else "nothing"
        return known(name, read, *paths, reason=f"{told} reads {read}; said: {said}")
    return known(name, fact.value, *paths, reason=told) if told and fact.value is not None else fact


def read_score(entry: Symptom) -> str:
    """How far a symptom hinders by its score alone; "none" where the scale has no bands, or no score."""
    bands = SCORE_BANDS.get(entry.scale or "", ())
    return SEVERITIES[sum(entry.score is not None and entry.score >= limit for limit in bands)]


def outranks(read: str, said: object) -> bool:
    """Whether a score reads worse than what was said; a score below every band says nothing by itself."""
    return SEVERITIES.index(read) > (SEVERITIES.index(str(said)) if said in SEVERITIES else 0)


def _tell_score(entry: Symptom) -> str:
    """The score of an entry with its scale and its day; nothing where there is none."""
    if entry.scale is None or entry.score is None:
        return ""
    return f"{entry.scale} {entry.score:g}" + (f" on {entry.date}" if entry.date else "")


def _agreed(view: View, name: str, values: set[Any], paths: tuple[str, ...]) -> Fact:
    """What entries of one day say together; in doubt where they contradict each other."""
    given: list[Value] = [value for value in values if value is not None]
    if len(given) > 1:
        return doubtful(name, _TWICE, *paths)
    return _now(view, name, given[0] if given else None, paths[0] if paths else "")
