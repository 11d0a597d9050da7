"""Between which days a person was born, from a date, a year or an age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from stepdown.ms.dates import PartialDate, add_months, age_on
from stepdown.patients.patient import Patient


@dataclass(frozen=True)
class Birth:
    """The first and the last day the person can have been born on, and the key that says so."""

    earliest: date
    latest: date
    source: str

    def ages_on(self, day: date) -> tuple[int, int]:
        """The lowest and the highest completed age on a day; below zero before birth."""
        return age_on(self.latest, day), age_on(self.earliest, day)


def find_birth(patient: Patient, recorded_on: date) -> Birth | None:
    """When the person was born; None when the file gives no age."""
    if patient.birth_date is not None:
        return Birth(patient.birth_date.earliest, patient.birth_date.latest, "birth_date")
    if patient.birth_year is not None:
        year = PartialDate(patient.birth_year)
        return Birth(year.earliest, year.latest, "birth_year")
    if patient.age is not None:
        # Full years on recorded_on: the last birthday lies in the year that ends on that day.
        latest = add_months(recorded_on, -12 * patient.age)
        return Birth(add_months(latest, -12) + timedelta(days=1), latest, "age")
    return None
