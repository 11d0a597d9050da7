"""Whether single values can be meant: the template left as it was, entries that say nothing, wishes twice."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.patients.faults import Fault, error, note
from stepdown.patients.patient import TEMPLATE_ID, Patient


def check_values(patient: Patient) -> Iterator[Fault]:
    """Every fault of single values."""
    if patient.id == TEMPLATE_ID:
        yield note("id", "this is still the invented person of the template")
    yield from _check_empty_entries(patient)
    yield from _check_preferences(patient)


def _check_empty_entries(patient: Patient) -> Iterator[Fault]:
    """An entry without its date or its finding cannot be used."""
    for position, relapse in enumerate(patient.relapses or ()):
        if relapse.onset is None:
            yield note(f"relapses[{position}].onset", "a relapse without a date may lie in any period")
    for position, scan in enumerate(patient.mri or ()):
        if scan.date is None:
            yield note(f"mri[{position}].date", "a scan without a date is not used")
    for position, infection in enumerate(patient.infections or ()):
        if infection.date is None:
            yield note(f"infections[{position}].date", "an infection without a date may lie in any period")


def _check_preferences(patient: Patient) -> Iterator[Fault]:
    """Each concern has one place in the order."""
    order = (patient.preferences.most_important_first if patient.preferences else None) or ()
    for position, concern in enumerate(order):
        if concern is not None and concern in order[:position]:
            yield error(f"preferences.most_important_first[{position}]", "stands twice; keep the first")
