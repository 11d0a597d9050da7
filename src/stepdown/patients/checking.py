"""A person file read and checked: the patient, the index date, and every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from stepdown.patients.checks_care import check_care
from stepdown.patients.checks_contradictions import check_contradictions
from stepdown.patients.checks_dates import Moment, check_dates
from stepdown.patients.checks_labs import check_labs
from stepdown.patients.checks_repeats import check_repeats
from stepdown.patients.checks_treatments import check_treatments
from stepdown.patients.checks_values import check_values
from stepdown.patients.faults import Fault, FaultyPersonFile, Grade, errors_among
from stepdown.patients.patient import Patient
from stepdown.patients.reading import Reading, read_file, read_value


@dataclass(frozen=True)
class Checked:
    """A person at an index date with all faults, errors first; without recorded_on it is the index date."""

    patient: Patient | None
    at: date
    recorded_on: date
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that forbid an answer."""
        return errors_among(self.faults)


def check_file(path: Path, at: date | None = None, today: date | None = None) -> Checked:
    """Read and check a person file; raises UserError only when it is no JSON, TOML or YAML."""
    return _check(read_file(path), at, today or date.today())


def check_value(value: Any, at: date | None = None, today: date | None = None) -> Checked:
    """Check a person given as plain values, such as parsed JSON."""
    return _check(read_value(value), at, today or date.today())


def open_person(path: Path, at: date | None = None, today: date | None = None) -> Checked:
    """A person file fit for an answer; raises FaultyPersonFile with all its errors, or UserError."""
    checked = check_file(path, at, today)
    if checked.errors:
        raise FaultyPersonFile(str(path), checked.faults)
    return checked


def _check(reading: Reading, at: date | None, today: date) -> Checked:
    """All checks on what could be read."""
    patient = reading.patient
    if patient is None:
        return Checked(None, at or today, at or today, reading.faults)
    index = at or (patient.recorded_on.earliest if patient.recorded_on else today)
    recorded_on = patient.recorded_on.earliest if patient.recorded_on else index
    faults = (*reading.faults, *check_patient(patient, Moment(index, recorded_on, today)))
    return Checked(patient, index, recorded_on, _in_order(faults))


def _in_order(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Errors first; what could not be read is only reported once, not also as missing."""
    broken = {fault.path for fault in errors_among(faults)}
    grades = list(Grade)
    kept = [
        fault for fault in dict.fromkeys(faults) if fault.grade is Grade.ERROR or fault.path not in broken
    ]
    return tuple(sorted(kept, key=lambda fault: grades.index(fault.grade)))


def check_patient(patient: Patient, moment: Moment) -> list[Fault]:
    """Every fault of a person that could be read."""
    return [
        *check_values(patient),
        *check_dates(patient, moment),
        *check_labs(patient),
        *check_treatments(patient, moment.at, moment.recorded_on),
        *check_contradictions(patient, moment),
        *check_repeats(patient, moment),
        *check_care(patient, moment),
    ]
