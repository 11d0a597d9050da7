"""Whether single values can be meant: the template left as it was, entries that say nothing, wishes twice."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.ms.comorbidities import Comorbidity, ComorbidityNotFound
from stepdown.patients.facts_health import read_condition
from stepdown.patients.faults import Fault, error, note, show_value
from stepdown.patients.patient import TEMPLATE_ID, Patient
from stepdown.patients.periods import OTHER

#: How to go on when the list has no such name.
_SEE_LIST = (
    f'"stepdown patient comorbidities" prints the list; "{OTHER}NAME" keeps what is not on it, as unknown'
)


def check_values(patient: Patient) -> Iterator[Fault]:
    """Every fault of single values."""
    if patient.id == TEMPLATE_ID:
        yield note("id", "this is still the invented person of the template")
    yield from _check_empty_entries(patient)
    yield from _check_comorbidities(patient)
    yield from _check_preferences(patient)


def _check_empty_entries(patient: Patient) -> Iterator[Fault]:
    """An entry without its date or its finding cannot be used."""
    for position, relapse in enumerate(patient.relapses or ()):
        if relapse.onset is None:
            yield note(f"relapses[{position}].onset", "a relapse without a date may lie in any period")
    for position, scan in enumerate(patient.mri or ()):
        if scan.date is None:
            yield note(f"mri[{position}].date", "a scan without a date is not used")
    for position, lab in enumerate(patient.labs or ()):
        if lab.date is None:
            yield note(f"labs[{position}].date", "a result without a date is not used")
    for position, visit in enumerate(patient.edss or ()):
        if visit.date is None or visit.score is None:
            missing = "date" if visit.date is None else "score"
            yield note(f"edss[{position}].{missing}", f"an EDSS without its {missing} is not used")
    for position, infection in enumerate(patient.infections or ()):
        if infection.date is None:
            yield note(f"infections[{position}].date", "an infection without a date may lie in any period")


def _check_comorbidities(patient: Patient) -> Iterator[Fault]:
    """Each other disease is on the published list, or said to be another."""
    for position, entry in enumerate(patient.comorbidities or ()):
        path, name = f"comorbidities[{position}].name", entry.name
        found = read_condition(name)
        if name is None:
            yield note(path, "without a name this may be any disease")
        elif name.lower().startswith(OTHER):
            yield note(path, _say_other(name, found))
        elif isinstance(found, ComorbidityNotFound):
            hints = " or ".join(f'"{each}"' for each in found.suggestions)
            meant = f"did you mean {hints}? " if hints else ""
            yield error(path, f"{show_value(name)} is not on the published list; {meant}{_SEE_LIST}")


def _say_other(name: str, found: Comorbidity | ComorbidityNotFound) -> str:
    """What becomes of an entry said to be on no list: read where the list has it, else unknown."""
    if isinstance(found, Comorbidity):
        return f'{show_value(name)} is read as "{found.name}", which is on the published list'
    kept = f"{show_value(name)} is kept, and counted as unknown: drugs cannot be checked against it"
    return f"{kept}. {_SEE_LIST}"


def _check_preferences(patient: Patient) -> Iterator[Fault]:
    """Each concern has one place in the order."""
    order = (patient.preferences.most_important_first if patient.preferences else None) or ()
    for position, concern in enumerate(order):
        if concern is not None and concern in order[:position]:
            yield error(f"preferences.most_important_first[{position}]", "stands twice; keep the first")
