"""How each trial was followed under each strategy: until when, and why not longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.population.analysis_table import AnalysisTable, Days
from stepdown.cohorts.population.first_days import ON_EDSS, ON_MRI, WITH_RELAPSES
from stepdown.cohorts.protocol.model import Outcome, Protocol
from stepdown.cohorts.weighting import clone_people
from stepdown.ms.dates import MONTHS_PER_YEAR

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]
DAYS_PER_YEAR = 365.25
#: Why follow-up ended, by code.
REASONS = ("event", "death", "left the strategy", "lost", "end of the study", "end of follow-up",
           "not scanned any more")
EVENT, DEATH, LEFT, LOST, STUDY_END, HORIZON, UNSCANNED = range(len(REASONS))


@dataclass(frozen=True)
class Followed:
    """One row a trial and strategy that it is followed under; days from the index day.

    ``row`` is its place in the analysis table, ``target`` whether it follows the target strategy. ``reason``
    is one of REASONS by number. ``follows`` is false for copies that only agree with their strategy for a
    while, because the other one was done. ``left_out`` counts trials that could not be followed at all.
    """

    row: NDArray[np.int64]
    target: Mask
    time: Numbers
    reason: NDArray[np.int8]
    follows: Mask
    left_out: dict[str, int]

    @property
    def cause(self) -> NDArray[np.int64]:
        """0: censored, 1: the outcome, 2: death before it."""
        return np.select([self.reason == EVENT, self.reason == DEATH], [1, 2], 0)

    @property
    def events(self) -> tuple[int, int]:
        """Events among those who did what the strategy says, comparator first."""
        event = (self.reason == EVENT) & self.follows
        return int((event & ~self.target).sum()), int((event & self.target).sum())

    def take(self, chosen: Mask) -> Followed:
        """The rows that are chosen."""
        return Followed(self.row[chosen], self.target[chosen], self.time[chosen], self.reason[chosen],
                        self.follows[chosen], self.left_out)


def follow(table: AnalysisTable, outcome: Outcome, protocol: Protocol) -> Followed:
    """Follow every trial from the day after its index day, under each strategy that it agrees with.

    Without a grace period a trial follows what was done on its index day. With one it is followed under both
    strategies, until it agrees with one no longer.
    For an outcome that only a scan can show, follow-up ends with the last scan that told of activity.
    """
    time, reason = _end_of_follow_up(table, outcome, protocol)
    usable = time > 0
    left_out = {"no time observed after the index day": int((~usable).sum())}
    for why, lacks in _list_lacks(table, outcome):
        left_out[why] = int((usable & lacks).sum())
        usable &= ~lacks
    row = np.flatnonzero(usable)
    everybody = np.ones(len(row), dtype=np.bool_)
    followed = Followed(row, everybody, time[row], reason[row], everybody, left_out)
    return followed if len(protocol.strategies) == 1 else _split(followed, table, protocol)


def _list_lacks(table: AnalysisTable, outcome: Outcome) -> Iterator[tuple[str, Mask]]:
    """Which trials an outcome cannot be told of, by reason."""
    if outcome.kind in ON_EDSS:
        yield "no EDSS score to begin from", ~table.has_baseline
    if outcome.kind in ON_MRI:
        yield "no MRI after the index day that tells of activity", np.isnan(table.last_scan)
    if outcome.kind in WITH_RELAPSES and table.relapses_apart.any():
        yield "a relapse row of theirs was set apart at import", table.relapses_apart


def _end_of_follow_up(table: AnalysisTable, outcome: Outcome,
                      protocol: Protocol) -> tuple[Numbers, NDArray[np.int8]]:
    horizon = protocol.follow_up.years * DAYS_PER_YEAR
    anniversary = _find_anniversary(table.index_day, protocol.follow_up.years)
    lost = table.index_day + table.end < table.data_cut
    happened = (table.outcomes[outcome.name], table.death)
    event, death = (_until(anniversary, days, horizon) for days in happened)
    seen = np.where(table.end >= anniversary, np.inf, table.end)
    ends = np.column_stack([
        event, death, np.full(len(seen), np.inf), np.where(lost, seen, np.inf), np.where(lost, np.inf, seen),
        np.full(len(seen), horizon), _find_last_told(table, outcome, anniversary)])
    # What happens on the last day observed is seen; of two things on one day the first of REASONS counts.
    reason = ends.argmin(axis=1).astype(np.int8)
    return ends[np.arange(len(reason)), reason], reason


def _find_last_told(table: AnalysisTable, outcome: Outcome, anniversary: Numbers) -> Numbers:
    """Until when a scan vouches: for an outcome on MRI the last one before the end of follow-up."""
    if outcome.kind not in ON_MRI:
        return np.full(len(table.last_scan), np.inf)
    return np.where(table.last_scan < anniversary, table.last_scan, np.inf)


def _find_anniversary(index_day: NDArray[np.int32], years: float) -> Numbers:
    """The last day of so many calendar years, in days from the index day: of two years the 730th or 731st."""
    day = index_day.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    months = int(np.floor(years * MONTHS_PER_YEAR + 1e-9))
    rest = round((years - months / MONTHS_PER_YEAR) * DAYS_PER_YEAR)
    later = (month + months).astype("datetime64[D]") - month.astype("datetime64[D]")
    return np.asarray(later.astype(np.float64)) + rest


def _until(anniversary: Numbers, days: Days, horizon: float) -> Numbers:
    """Days of what happened by the last day of follow-up, never after ``horizon``; infinity for others."""
    return np.where(days <= anniversary, np.minimum(days.astype(np.float64), horizon), np.inf)


def _split(followed: Followed, table: AnalysisTable, protocol: Protocol) -> Followed:
    acted, left = (days[followed.row].astype(np.float64) for days in (table.acted, table.left))
    if protocol.target.grace_days > 0:
        return _clone(followed, acted, left, protocol.target.grace_days)
    target = acted <= 0
    neither = ~target & (left <= 0)
    left_out = followed.left_out | ({"did neither on the index day": int(neither.sum())} if neither.any()
                                    else {})
    followed = replace(followed, target=target, left_out=left_out)
    if protocol.target.action == "group":
        return followed
    return leave_strategy(followed, np.where(target, np.inf, np.fmin(acted, left))).take(~neither)


def leave_strategy(followed: Followed, leaves: Numbers) -> Followed:
    """Censor those who leave their strategy (not a number: never); an event on that very day still counts."""
    left = (leaves < followed.time) | ((leaves == followed.time) & (followed.reason > DEATH))
    return replace(followed, time=np.where(left, leaves, followed.time),
                   reason=np.where(left, LEFT, followed.reason))


def _clone(followed: Followed, acted: Numbers, left: Numbers, grace: int) -> Followed:
    """Both copies of each trial: of the comparator and of the target."""
    clones = clone_people(followed.time, followed.reason <= DEATH, acted, grace, left_at=left)
    reason = np.where(clones.left, LEFT, followed.reason[clones.row])
    target = clones.arm == "stop"
    return Followed(followed.row[clones.row], target, clones.time, reason,
                    target == (acted <= grace)[clones.row], followed.left_out)


def count_reasons(followed: Followed, chosen: Mask,
                  years: float) -> tuple[dict[str, int], tuple[dict[str, int], ...]]:
    """How often follow-up ended for each reason, in all and in each year of it."""
    def count(inside: Mask) -> dict[str, int]:
        return {name: int((inside & (followed.reason == code)).sum()) for code, name in enumerate(REASONS)
                if code < UNSCANNED or (followed.reason == UNSCANNED).any()}

    last = int(np.ceil(years))
    year = np.minimum(np.ceil(followed.time / DAYS_PER_YEAR), last)
    return count(chosen), tuple(count(chosen & (year == number)) for number in range(1, last + 1))
