"""When nothing on file means that nothing happened: the days on which an event would have been recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from stepdown.ms.dates import PartialDate, add_months


@dataclass(frozen=True)
class Observation:
    """From the first to the last day on which an event would be on file; ``start`` None is no day at all."""

    start: date | None
    end: date

    def covers(self, first: date, last: date) -> bool:
        """Whether every day of a window was observed."""
        return self.start is not None and self.start <= first and last <= self.end


@dataclass(frozen=True)
class Window:
    """A stretch of days up to the index date, both ends inside."""

    first: date
    last: date

    def holds(self, day: PartialDate | None, recorded_on: date) -> bool | None:
        """Whether a date lies in it; None when its missing part decides, or when there is no date.

        What is on file happened by the day on which the file was true, whatever the missing part allows.
        """
        if day is None:
            return None
        latest = min(day.latest, recorded_on)
        if self.first <= day.earliest and latest <= self.last:
            return True
        return False if latest < self.first or day.earliest > self.last else None


def observe(at: date, observed_since: date | None, recorded_on: date) -> Observation:
    """What was observed by the index date: nothing is known after the day on which the file was true."""
    end = min(at, recorded_on)
    return Observation(observed_since if observed_since and observed_since <= end else None, end)


def window_before(at: date, months: int) -> Window:
    """The last so many months; the index date is in it, and so is the same day that many months before."""
    return Window(add_months(at, -months), at)


def days_between(first: PartialDate, second: PartialDate) -> tuple[int, int]:
    """The fewest and the most days from one date to another, whatever their missing parts are."""
    return (second.earliest - first.latest) // timedelta(days=1), \
        (second.latest - first.earliest) // timedelta(days=1)
