"""Dates of a plan: counted from the last dose where it is known, from the decision, or said in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from stepdown.decisions.situation import Situation, Treatment

#: A drug given at least so many days apart has a last dose to plan from; one taken more often does not,
#: because the next dose is taken before anything is decided.
_PLANNED_INTERVAL_DAYS = 21
_WEEK, _MONTH, _YEAR = 7, 30.44, 365.25


@dataclass(frozen=True)
class Clock:
    """The days that a plan counts from: the index date, and the last dose where its day is known."""

    at: date
    last_dose: date | None
    days_gone_at_least: int = 0

    @classmethod
    def of(cls, situation: Situation) -> Clock:
        """The clock of a person: the dose on file counts as the last, and dates move with any further one."""
        fact = situation.fact("last_dose")
        known = fact.is_known and len(str(fact.value)) == 10
        gone = situation.fact("days_since_last_dose").low
        known = known and not _goes_on_daily(situation)
        last_dose = date.fromisoformat(str(fact.value)) if known else None
        return cls(situation.at, last_dose, 0 if gone is None else int(gone))

    @property
    def days_gone(self) -> int:
        """Days from the last dose to the index date; the fewest that it can be where its day is not exact."""
        return (self.at - self.last_dose).days if self.last_dose else self.days_gone_at_least

    @property
    def last_dose_in_words(self) -> str:
        """When the last dose was or will be."""
        return self.last_dose.isoformat() if self.last_dose else "a day set by the team"

    def after_last_dose(self, days: int) -> str:
        """The day so many days after the last dose on file; in words where none is."""
        if self.last_dose:
            return (self.last_dose + timedelta(days=days)).isoformat()
        return f"{say_days(days)} after the last dose"

    def after_decision(self, days: int) -> str:
        """The day so many days after the index date."""
        return (self.at + timedelta(days=days)).isoformat()


def _goes_on_daily(situation: Situation) -> bool:
    """Whether a drug is taken so often that the dose on file is not the last one, and none was missed."""
    usual = situation.therapy.usual_interval_days if situation.therapy else None
    interval = situation.fact("interval_days").low or usual or 0
    is_taken = situation.treatment is Treatment.ON_DRUG and not situation.fact("doses_missed").is_true
    return is_taken and interval < _PLANNED_INTERVAL_DAYS


def say_days(days: int) -> str:
    """A number of days in the words of a clinic: weeks to 12 weeks, months to two years, then years."""
    if days <= 12 * _WEEK:
        return _count(round(days / _WEEK), "week") if days >= _WEEK else _count(days, "day")
    return (
        _count(round(days / _MONTH), "month") if days < 2 * _YEAR - 1 else _count(round(days / _YEAR), "year")
    )


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
