"""Whether what is said of symptoms, caregiver and doses can be meant."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.ms.facts import State
from stepdown.patients.care_needs import SCALE_SYMPTOMS, SCALES, SYMPTOMS, Symptom
from stepdown.patients.checks_dates import Moment
from stepdown.patients.facts_care import find_care_facts, name_symptom_fact, outranks, read_score
from stepdown.patients.faults import Fault, doubt, error, note
from stepdown.patients.patient import Patient
from stepdown.patients.view import View


def check_care(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """Every fault of what only a care plan asks for."""
    for position, entry in enumerate(patient.symptoms or ()):
        yield from _check_symptom(f"symptoms[{position}]", entry)
    yield from _check_doubts(patient, moment)
    yield from _check_caregiver(patient)
    yield from _check_doses(patient)


def _check_symptom(path: str, entry: Symptom) -> Iterator[Fault]:
    """An entry says which symptom and how far it hinders; a score has its scale and lies on it."""
    if entry.name is None:
        yield note(f"{path}.name", "without a name this entry is not used")
    elif entry.severity is None:
        yield note(f"{path}.severity", "not given: how far it hinders is unknown")
    if entry.score is not None and entry.scale is None:
        yield note(f"{path}.scale", "a score without its scale is not used")
    if entry.scale is not None and entry.score is None:
        yield note(f"{path}.score", "a scale without its score says nothing")
    if entry.scale is not None and entry.score is not None:
        yield from _check_score(path, entry, entry.scale, entry.score)


def _check_score(path: str, entry: Symptom, scale: str, score: float) -> Iterator[Fault]:
    """A score lies on its scale, the scale is one of the symptom, and it agrees with what is said."""
    low, high = SCALES[scale]
    if not low <= score <= high:
        yield error(f"{path}.score", f"{scale} goes from {low:g} to {high:g}")
    measured = SCALE_SYMPTOMS.get(scale, entry.name)
    if entry.name is not None and measured != entry.name:
        yield error(f"{path}.scale", f"{scale} measures {measured}, not {entry.name}; mend one of the two")
    if entry.severity is not None and outranks(read_score(entry), entry.severity):
        yield note(f"{path}.severity", f"the score of {scale} reads worse than this; the worse counts")


def _check_doubts(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """Entries that contradict each other, or the EDSS, make a symptom unknown."""
    facts = find_care_facts(View(patient, moment.at, moment.recorded_on))
    for symptom in SYMPTOMS:
        fact = facts[name_symptom_fact(symptom)]
        if fact.state is State.DOUBT:
            yield doubt(fact.sources[0], f"{fact.reason}; it is used as unknown", fact.name)


def _check_caregiver(patient: Patient) -> Iterator[Fault]:
    """No hours and no burden of a caregiver who is not there."""
    group = patient.caregiver
    if group is not None and group.present is False and (group.hours_a_day or group.burden_score):
        yield error("caregiver.present", "false, beside hours or a burden; one of them is wrong")


def _check_doses(patient: Patient) -> Iterator[Fault]:
    """No reason for doses that were not missed."""
    group = patient.adherence
    if group is not None and group.missed_doses == 0 and group.why:
        yield note("adherence.why", "reasons stand beside no missed dose; the reasons are kept")
