"""Whether somebody has died, by the scale of disability: EDSS 10 is death from MS (Kurtzke 1983)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.ms.dates import PartialDate
from stepdown.ms.disability import DEATH
from stepdown.patients.patient import Edss, Patient
from stepdown.patients.view import View


@dataclass(frozen=True)
class Death:
    """An EDSS of 10 on file: its place and its day; doubted where something on file came after it."""

    path: str
    day: PartialDate | None
    is_doubted: bool

    @property
    def told(self) -> str:
        """Where it stands, for somebody who reads the file."""
        return f"{self.path}, of {self.day}" if self.day else self.path


def find_death(view: View) -> Death | None:
    """The earliest EDSS of 10 that is on file by the index date; None where there is none.

    It counts whether or not a relapse was going on, and without a date too: nobody comes back. What shows
    that the person was alive later, or another score of the same day, makes it doubted.
    """
    found = [
        Death(f"edss[{place}]", entry.date, _is_doubted(view.patient, entry))
        for place, entry in enumerate(view.patient.edss or ())
        if entry.score == DEATH and view.is_visible(entry.date)
    ]
    return min(found, key=lambda each: each.day.earliest if each.day else view.at, default=None)


def has_died(view: View) -> Death | None:
    """The death that is on file and not doubted; None where nobody is known to have died."""
    death = find_death(view)
    return death if death is not None and not death.is_doubted else None


def _is_doubted(patient: Patient, death: Edss) -> bool:
    """Whether a lower score of that day or later, a scan, a relapse or a new drug stands after a death."""
    if death.date is None:
        return False
    day = death.date
    lower = [each.date for each in patient.edss or () if each.score is not None and each.score < DEATH]
    same = day.is_exact and day in lower
    later = (*filter(None, lower), *_signs_of_life(patient))
    return same or any(each.earliest > day.latest for each in later)


def _signs_of_life(patient: Patient) -> Iterator[PartialDate]:
    """The days on which something happened that happens to the living."""
    days = [each.date for each in patient.mri or ()]
    days += [each.onset for each in patient.relapses or ()]
    days += [each.start for each in patient.treatments or ()]
    yield from (day for day in days if day is not None)
