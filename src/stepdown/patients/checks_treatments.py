"""Whether each treatment can have been as written: a known drug, in an order of days that can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from stepdown.ms.dates import PartialDate
from stepdown.ms.therapies import Therapy
from stepdown.ms.therapy_names import TherapyFound, find_therapy
from stepdown.patients.faults import Fault, doubt, error, note, show_value
from stepdown.patients.patient import Patient, Treatment
from stepdown.patients.periods import OTHER, Period, find_periods, is_taken_on


def check_treatments(patient: Patient, at: date, recorded_on: date) -> Iterator[Fault]:
    """Every fault of the treatments."""
    for position, treatment in enumerate(patient.treatments or ()):
        path = f"treatments[{position}]"
        yield from _check_name(treatment, path)
        yield from _check_order(treatment, path)
    for period in find_periods(patient):
        if period.therapy is not None:
            yield from check_years(period, period.therapy)
    yield from check_two_at_once(patient, at, recorded_on)


def _check_name(treatment: Treatment, path: str) -> Iterator[Fault]:
    """A therapy of the catalogue, or one said to be another."""
    name = treatment.therapy
    if name is None:
        yield note(f"{path}.therapy", "without a name this is a treatment with an unknown drug")
    elif name.lower().startswith(OTHER):
        yield note(f"{path}.therapy", "not in the catalogue: kept, and counted as unknown")
    else:
        found = find_therapy(name)
        if not isinstance(found, TherapyFound):
            hints = " or ".join(f'"{each}"' for each in found.suggestions)
            meant = (
                f"did you mean {hints}?" if hints else f'write "{OTHER}NAME" for what is not in the catalogue'
            )
            why = found.reason or f"no therapy goes by the name {show_value(name)}"
            yield error(f"{path}.therapy", f"{why}; {meant}")


def _check_order(treatment: Treatment, path: str) -> Iterator[Fault]:
    """Start, last dose and stop follow each other, and what is stopped is not still taken."""
    start, last, stop = treatment.start, treatment.last_dose, treatment.stop
    for earlier, later, place, sentence in (
        (start, stop, "stop", "the stop lies before the start"),
        (start, last, "last_dose", "the last dose lies before the start"),
        (last, stop, "last_dose", "the last dose lies after the stop"),
    ):
        if _is_after(earlier, later):
            yield error(f"{path}.{place}", f"{sentence} ({earlier}, {later}); one of the two dates is wrong")
    if stop is not None and treatment.still_taking:
        yield error(f"{path}.still_taking", "true, although there is a stop; keep one of the two")
    if treatment.reason_stopped is not None and treatment.still_taking:
        yield error(
            f"{path}.reason_stopped", "a reason for stopping, although it is still taken; keep one of the two"
        )


def _is_after(earlier: PartialDate | None, later: PartialDate | None) -> bool:
    """Whether what should come first surely comes last."""
    return earlier is not None and later is not None and earlier.earliest > later.latest


def check_years(period: Period, therapy: Therapy) -> Iterator[Fault]:
    """Nobody took a drug before its first trial; between trial and approval only in a trial."""
    if period.start is None:
        return
    year, place = period.start.year, f"{period.path}.start"
    if therapy.first_trial_year is not None and year < therapy.first_trial_year:
        yield error(
            place,
            f"before the first trial of {therapy.name} ({therapy.first_trial_year}); "
            "the drug or the date is wrong",
        )
    elif therapy.first_approval_year is not None and year < therapy.first_approval_year:
        yield doubt(
            place,
            f"before {therapy.name} was first approved ({therapy.first_approval_year}): "
            "a trial, or a slip? The time on this drug is not used",
            "years_on_current_therapy",
        )


def check_two_at_once(patient: Patient, at: date, recorded_on: date) -> Iterator[Fault]:
    """Two therapies taken on the index date: which one is it?"""
    taken = [period for period in find_periods(patient) if is_taken_on(period, at, recorded_on)]
    for first, second in combinations(taken, 2):
        if first.name != second.name:
            yield doubt(
                f"{second.path}",
                f"two therapies at once, {first.name} and {second.name}; "
                "give a stop to the one that has ended",
                "current_therapy",
            )
