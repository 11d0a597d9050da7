"""Dates as clinics write them: a year, a month, or a day, and never a day that nobody wrote."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cached_property

#: A month is a twelfth of a year, a day the 31st part of a month: then an anniversary is a whole year,
#: whatever the lengths of the months and years between.
MONTHS_PER_YEAR, DAYS_PER_MONTH = 12, 31
_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class PartialDate:
    """A date known to the year, the month or the day; ``earliest`` and ``latest`` bound the true day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read YYYY, YYYY-MM or YYYY-MM-DD; ValueError for another form or a day that does not exist."""
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise ValueError("a date is written YYYY-MM-DD, YYYY-MM or YYYY")
        parts = [int(part) for part in match.groups() if part is not None]
        date(*(parts + [1, 1])[:3])
        return cls(*parts)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The full date of a day."""
        return cls(day.year, day.month, day.day)

    @cached_property
    def earliest(self) -> date:
        """The first day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @cached_property
    def latest(self) -> date:
        """The last day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def is_exact(self) -> bool:
        """Whether the day itself is known."""
        return self.day is not None

    def is_before(self, day: date) -> bool | None:
        """Whether it lies before a day; None when the missing part decides."""
        if self.latest < day:
            return True
        return False if self.earliest >= day else None

    def __str__(self) -> str:
        """The date as it was written, in ISO form."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def say_when(text: str) -> str:
    """A date as exact as it is known, behind a verb: "on 2024-02-29", "in 2024", "on an unknown day"."""
    try:
        return f"{'on' if PartialDate.parse(text).is_exact else 'in'} {text}"
    except ValueError:
        return "on an unknown day"


def years_between(start: date, end: date) -> float:
    """Calendar years from one day to another; negative when the end is first.

    The whole part counts anniversaries, and a month or six of them to the same day are exactly a twelfth
    and a half: days over 365.25 would miss the second anniversary by half a day. From 29 February a year is
    full on 1 March of other years, as in ``age_on``. Never more than 0.01 from days over 365.25.
    """
    return (_count(end) - _count(start)) / (MONTHS_PER_YEAR * DAYS_PER_MONTH)


def _count(day: date) -> int:
    return (day.year * MONTHS_PER_YEAR + day.month) * DAYS_PER_MONTH + day.day


def age_on(birth: date, day: date) -> int:
    """Completed years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
