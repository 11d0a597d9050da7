"""What to watch, and when, by strategy and by the drug left; what should make the team start again.

A row is ``stated`` when its source gives the times, and ``proposed`` when a source gives the reason and the
times are ours. Days are counted from the row's anchor: the last dose, the decision, or the start of the
new drug.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from stepdown.ms.sources import read_data
from stepdown.ms.therapies import LabRule, Sources, read_therapies

ANY = "any"
#: A due day without a window of its own: so many days either way still count.
USUAL_WINDOW_DAYS = 30
_NO_DRUG: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class ScheduleRow:
    """One thing to do: on certain days, or again and again until a day (None: without end).

    ``left`` and ``to`` are a therapy, a group, or "any"; ``only_if`` is a condition in words, which
    falls away when the fact ``sure_if`` is true. ``what_if_pregnant`` says it for somebody who is pregnant;
    with ``at_once_if_unknown`` it is due on the index date when that fact is not known.
    """

    id: str
    strategies: tuple[str, ...]
    left: str
    what: str
    anchor: str
    basis: str
    source: Sources
    what_if_pregnant: str | None = None
    sure_if: str | None = None
    at_once_if_unknown: str | None = None
    to: str | None = None
    not_for: tuple[str, ...] = ()
    only_if: str | None = None
    after_days: tuple[int, ...] = ()
    every_days: int | None = None
    until_days: int | None = None
    window_days: int | None = None
    ends: str | None = None
    shown_by: tuple[str, ...] = ()
    first_visit: bool = False
    may_end_early: bool = False

    @property
    def width_days(self) -> int:
        """So many days either way still count."""
        return USUAL_WINDOW_DAYS if self.window_days is None else self.window_days

    @property
    def first_repeat(self) -> int | None:
        """The first day of what comes again: after the single days; None where nothing does."""
        singles = [day for day in self.after_days if self.until_days is None or day < self.until_days]
        return None if self.every_days is None else self.every_days + max(singles, default=0)

    @property
    def can_be_past(self) -> bool:
        """Whether nothing makes up for it once its time is over: it ends, or no entry shows it."""
        return self.until_days is not None or not set(self.shown_by) - {"other"}

    @property
    def first_day(self) -> int:
        """The first day of all."""
        days = [*self.after_days, *([self.first_repeat] if self.first_repeat else [])]
        return min(days)

    def find_last_opened(self, elapsed: int) -> int | None:
        """The latest day whose window has opened so many days after the anchor; None before the first."""
        return self._find_last(elapsed + self.width_days)

    def find_last_closed(self, elapsed: int) -> int | None:
        """The latest day whose window has closed so many days after the anchor; None before the first."""
        return self._find_last(elapsed - self.width_days - 1)

    def _find_last(self, reached: int) -> int | None:
        """The latest day up to so many days after the anchor."""
        return max(self.days(reached), default=None)

    def days(self, horizon_days: int) -> tuple[int, ...]:
        """The days on which it is due, counted from the anchor, up to a horizon."""
        last = horizon_days if self.until_days is None else min(self.until_days, horizon_days)
        first, every = self.first_repeat, self.every_days
        again = range(first, last + 1, every) if first is not None and every is not None else ()
        return tuple(sorted({*(day for day in self.after_days if day <= horizon_days), *again}))


@dataclass(frozen=True)
class RestartTrigger:
    """What should make the team think of starting again after leaving a drug."""

    id: str
    left: str
    text: str
    basis: str
    source: Sources


@dataclass(frozen=True)
class LabThreshold:
    """How one laboratory value is read whatever the drug: a test, its limits, and what lies between them."""

    id: str
    test: str
    unit: str
    text: str
    source: Sources
    from_value: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class RestartSign:
    """What is looked for since stepping down: a relapse, lesions, worsening, or a value below a limit."""

    id: str
    kind: str
    text: str
    basis: str
    source: Sources
    contrast_from: int = 1
    t2_from: int = 1
    test: str = ""
    unit: str = ""
    below: float = 0.0


@dataclass(frozen=True)
class NextStep:
    """What to do next when one of ``when`` holds, after a drug or group, and so soon after its last dose."""

    when: tuple[str, ...]
    left: str
    text: str
    source: Sources
    within_days: int | None = None

    def fits(self, left: str, days_gone: int) -> bool:
        """Whether it is for somebody so many days after the last dose of a drug."""
        return self.left in _names(left) and (self.within_days is None or days_gone <= self.within_days)


@dataclass(frozen=True)
class SteppingDown:
    """What counts as a switch and as a longer interval, and when a day that was missed is past."""

    switch_within_days: int
    overlap_days: int
    longer_interval: float
    past_after_days: int
    basis: str
    source: Sources


@cache
def read_monitoring() -> tuple[ScheduleRow, ...]:
    """Every row of the follow-up schedules."""
    return tuple(ScheduleRow(**_tuples(row)) for row in read_data("monitoring.toml")["schedule"])


def read_schedule(strategy: str, left: str, to: str | None = None) -> tuple[ScheduleRow, ...]:
    """The rows for a strategy after a therapy (or group), and for the therapy it goes to, in file order."""
    after, goes_to = _names(left), _names(to) if to else {ANY}
    return tuple(row for row in read_monitoring()
                 if strategy in row.strategies and row.left in after and not after & set(row.not_for)
                 and (row.to or ANY) in goes_to)


@cache
def read_lasting_schedule(left: str) -> tuple[ScheduleRow, ...]:
    """What goes on after an earlier drug or course, whatever came after it; nothing that is for anybody."""
    drug = read_therapies().get(left)
    rows = read_schedule("no-further-course" if drug and drug.is_course else "switch", left)
    return tuple(row for row in rows if row.left != ANY and row.anchor == "last-dose")


@cache
def _read_triggers() -> tuple[RestartTrigger, ...]:
    """Every restart trigger."""
    return tuple(RestartTrigger(**_tuples(row)) for row in read_data("monitoring.toml")["restart_trigger"])


def read_restart_triggers(left: str = ANY) -> tuple[RestartTrigger, ...]:
    """What should lead to a talk about starting again, for everybody and after one therapy or group."""
    return tuple(row for row in _read_triggers() if row.left in _names(left))


@cache
def read_restart_signs() -> tuple[RestartSign, ...]:
    """What is looked for since stepping down, in the order in which it is told."""
    return tuple(RestartSign(**_tuples(row)) for row in read_data("monitoring.toml")["restart_sign"])


@cache
def read_next_steps() -> tuple[NextStep, ...]:
    """What to do next, in the order in which it is tried."""
    return tuple(NextStep(**_tuples(row)) for row in read_data("monitoring.toml")["next_step"])


def find_next_step(when: str, left: str, days_gone: int, earlier: Mapping[str, int] = _NO_DRUG) -> NextStep:
    """The first step that fits how somebody stands, the drug left, and the days since its last dose.

    ``earlier``: the days since the last dose of each drug before, for what must be thought of within a time.
    """
    return next(step for step in read_next_steps() if when in step.when and (
        step.fits(left, days_gone)
        or (step.within_days is not None and any(step.fits(drug, gone) for drug, gone in earlier.items()))))


@cache
def read_stepping_down() -> SteppingDown:
    """What counts as stepping down."""
    return SteppingDown(**_tuples(read_data("monitoring.toml")["stepping_down"]))


def read_lab_thresholds() -> tuple[LabThreshold, ...]:
    """How laboratory values are read whatever the drug."""
    return tuple(LabThreshold(**_tuples(row)) for row in read_data("monitoring.toml")["lab_threshold"])


def read_lab_rules() -> Mapping[str, tuple[LabRule, ...]]:
    """The laboratory rules of each therapy that has any, by its name."""
    return {name: therapy.lab_rules for name, therapy in read_therapies().items() if therapy.lab_rules}


def _names(name: str) -> set[str]:
    """A therapy goes by its own name, by its group and by "any"."""
    therapy = read_therapies().get(name)
    return {ANY, name} | ({therapy.group} if therapy else set())


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
