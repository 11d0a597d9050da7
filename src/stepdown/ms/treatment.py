"""How long a person has been on a therapy: periods with short gaps between them count as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import PartialDate, years_between
from stepdown.ms.facts import Fact, bounded, unknown
from stepdown.ms.observation import days_between

#: A pause of at most so many days between two periods on one therapy does not end the treatment.
#: Source: reasoning; registers use 30 to 180.
GAP_MERGED_DAYS = 90


@dataclass(frozen=True)
class Period:
    """One period on a therapy. Without ``stop``, ``still_taking`` says whether it went on when recorded."""

    therapy: str
    start: PartialDate | None = None
    stop: PartialDate | None = None
    still_taking: bool | None = None
    last_dose: PartialDate | None = None
    source: str = ""
    interval_days: float | None = None


def years_on_treatment(periods: Iterable[Period], therapy: str, *, at: date, recorded_on: date,
                       gap_days: int = GAP_MERGED_DAYS, name: str = "years_on_treatment") -> Fact:
    """Years on a therapy up to the index date or its end, of the latest unbroken treatment with it.

    Pauses up to ``gap_days`` are bridged and counted. Without a stop date the end lies between the last
    dose known and the day on which the file was true.
    """
    mine = _begun(periods, therapy, at)
    if not mine:
        return unknown(name, f"no period on {therapy} on file")
    if any(period.start is None for period in mine):
        return unknown(name, "a period has no start date", *_places(mine))
    joined = _last_unbroken(mine, gap_days)
    if joined is None:
        return unknown(name, "the gap between two periods is not known", *_places(mine))
    low, high = _years_of(joined, at, recorded_on)
    return bounded(name, low, high, *_places(joined), unit="years", reason=_say_end(joined[-1]))


def _begun(periods: Iterable[Period], therapy: str, at: date) -> list[Period]:
    mine = [each for each in periods if each.therapy == therapy]
    begun = [each for each in mine if each.start is None or each.start.earliest <= at]
    return sorted(begun, key=lambda each: each.start.earliest if each.start else date.min)


def _last_unbroken(periods: Sequence[Period], gap_days: int) -> list[Period] | None:
    """The periods of the latest treatment without a longer gap; None when a gap cannot be measured."""
    joined = [periods[-1]]
    for period in reversed(periods[:-1]):
        near = _is_near(period, joined[0], gap_days)
        if near is None:
            return None
        if not near:
            break
        joined.insert(0, period)
    return joined


def _is_near(period: Period, following: Period, gap_days: int) -> bool | None:
    if period.stop is None or following.start is None:
        return None
    fewest, most = days_between(period.stop, following.start)
    if most <= gap_days:
        return True
    return False if fewest > gap_days else None


def _years_of(periods: Sequence[Period], at: date, recorded_on: date) -> tuple[float, float]:
    start, last = periods[0].start, periods[-1]
    assert start is not None  # periods without a start were answered before
    first_end, last_end = _end(last, at, recorded_on)
    fewest = years_between(min(start.latest, at), first_end)
    return max(0.0, fewest), max(0.0, years_between(start.earliest, last_end))


def _end(period: Period, at: date, recorded_on: date) -> tuple[date, date]:
    """The first and the last day on which the treatment may have ended, as seen from the index date."""
    if period.stop is not None:
        return min(period.stop.earliest, at), min(period.stop.latest, at)
    known_to = min(at, recorded_on)
    if period.still_taking:
        return known_to, at
    return _last_known_day(period, known_to), known_to if period.still_taking is False else at


def _last_known_day(period: Period, known_to: date) -> date:
    day = period.last_dose or period.start
    assert day is not None  # periods without a start were answered before
    return min(day.earliest, known_to)


def _say_end(period: Period) -> str:
    if period.stop is not None or period.still_taking:
        return ""
    if period.still_taking is False:
        return "stopped on a day that is not written"
    return "not known whether it goes on"


def _places(periods: Iterable[Period]) -> tuple[str, ...]:
    return tuple(period.source for period in periods if period.source)
