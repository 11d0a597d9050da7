"""What may be looked at from an index date, and when nothing on file means that nothing happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from stepdown.ms.dates import PartialDate, add_months
from stepdown.ms.facts import Fact, bounded, known, unknown
from stepdown.ms.observation import Observation, observe
from stepdown.patients.birth import Birth, find_birth
from stepdown.patients.checks_dates import dates_of
from stepdown.patients.patient import Lab, Patient
from stepdown.patients.periods import Period, find_periods

_NOT_ENTRIES = ("recorded_on", "observed_since", "birth_date")


@dataclass(frozen=True)
class Event:
    """Something on file with its date and its place; ``counts`` says whether it is what is asked for."""

    path: str
    day: PartialDate | None
    counts: bool | None = True


@dataclass(frozen=True)
class View:
    """One patient seen from an index date. What was dated later is not there; what came later is unknown."""

    patient: Patient
    at: date
    recorded_on: date

    @cached_property
    def birth(self) -> Birth | None:
        """Between which days the person was born."""
        return find_birth(self.patient, self.recorded_on)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The treatments that may have begun by the index date."""
        return tuple(
            each
            for each in find_periods(self.patient)
            if each.start is None or each.start.earliest <= self.at
        )

    @cached_property
    def labs_by_test(self) -> Mapping[str | None, list[tuple[int, Lab]]]:
        """The laboratory results of each test with their positions in the file, whatever their day."""
        found: dict[str | None, list[tuple[int, Lab]]] = {}
        for position, lab in enumerate(self.patient.labs or ()):
            found.setdefault(lab.test, []).append((position, lab))
        return found

    @cached_property
    def observed(self) -> Observation:
        """When the absence of an event is known, as far as the index date."""
        if self.patient.observed_since is not None:
            return observe(self.at, self.patient.observed_since.latest, self.recorded_on)
        days = [
            day for path, day in dates_of(self.patient) if path not in _NOT_ENTRIES and day.latest <= self.at
        ]
        if not days:
            return observe(self.at, None, self.recorded_on)
        last = min(self.recorded_on, max(day.earliest for day in days))
        return observe(self.at, min(day.latest for day in days), last)

    @property
    def observed_to_the_end(self) -> date | None:
        """Since when, if the person was observed up to the last day that can be known; None otherwise."""
        return self.observed.start if self.observed.end >= min(self.at, self.recorded_on) else None

    @property
    def is_on_record_day(self) -> bool:
        """Whether the index date is the day on which the file was true."""
        return self.at == self.recorded_on

    def months_before(self, months: int) -> date:
        """The day so many months before the index date."""
        return add_months(self.at, -months)

    def is_visible(self, day: PartialDate | None) -> bool:
        """Whether an entry can be used: not when it is surely later than the index date."""
        return day is None or day.earliest <= self.at

    def days_of(self, day: PartialDate) -> tuple[date, date]:
        """The first and last day it can have been, given that it was on file by recorded_on."""
        return day.earliest, min(day.latest, self.recorded_on)

    def is_within(self, event: Event, months: int) -> bool | None:
        """Whether an event counts and lies in the months before the index date, both end days included."""
        if event.counts is False:
            return False
        if event.day is None:
            return None
        first, last = self.days_of(event.day)
        if last < self.months_before(months) or first > self.at:
            return False
        inside = first >= self.months_before(months) and last <= self.at
        return event.counts if inside else None

    def why_not_observed(self, months: int) -> str:
        """Why nothing on file does not mean that nothing happened in the months before the index date."""
        if self.at > self.recorded_on:
            return f"nothing is known after {self.recorded_on}"
        if self.patient.observed_since is None:
            return "without observed_since, absence is known only between the first and the last dated entry"
        return f"observed only since {self.observed.start}, not for the last {months} months"


def any_within(view: View, name: str, events: Sequence[Event] | None, months: int) -> Fact:
    """Whether any event lies in the last months; absence only where it was asked about and observed."""
    if events is None:
        return unknown(name, "not asked")
    truths = [(event, view.is_within(event, months)) for event in events]
    if sure := [event.path for event, truth in truths if truth is True]:
        return known(name, True, *sure)
    if unsure := [event.path for event, truth in truths if truth is None]:
        return unknown(
            name, "an entry may lie in this time, or may not count: its date or details are missing", *unsure
        )
    if view.observed.covers(view.months_before(months), view.at):
        return known(name, False, reason=f"none on file, and observed since {view.observed.start}")
    return unknown(name, view.why_not_observed(months))


def count_within(view: View, name: str, events: Sequence[Event] | None, months: int) -> Fact:
    """How many events lie in the last months; at least so many where the time was not all observed."""
    if events is None:
        return unknown(name, "not asked")
    truths = [(event, view.is_within(event, months)) for event in events]
    sure = sum(truth is True for _, truth in truths)
    unsure = sum(truth is None for _, truth in truths)
    paths = paths_of(event for event, truth in truths if truth is not False)
    if view.observed.covers(view.months_before(months), view.at):
        return bounded(name, sure, sure + unsure, *paths, unit="count")
    if sure == 0:
        return unknown(name, view.why_not_observed(months), *paths, unit="count")
    return bounded(name, sure, None, *paths, unit="count", reason=view.why_not_observed(months))


def paths_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The places of events."""
    return tuple(event.path for event in events)
