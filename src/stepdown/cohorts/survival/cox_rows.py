"""The rows of a Cox model, sorted once so that each risk set is a stretch of a running sum.

A *moment* is a time within a stratum at which somebody has the event. A row is at risk at the moments from
``first`` up to, not including, ``last``. Covariates are one line each (covariates by rows) and centred within
strata, which leaves the partial likelihood as it is and keeps the sums small.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stepdown.cohorts.survival.follow_up import Codes, FollowUp, Numbers
from stepdown.cohorts.survival.risk_table import sum_lines

#: Rows whose lines are multiplied at a time.
_TOGETHER = 4096


@dataclass(frozen=True)
class Steps:
    """Terms of the partial likelihood: each takes a share of its moment's events out of the risk set.

    Efron's method has one step for each event, the k-th of d leaving out k/d of them; Breslow's has one step
    for each moment, leaving out none. ``starts`` is the first step of each moment.
    """

    moment: Codes
    starts: Codes
    share: Numbers
    weight: Numbers
    portion: Numbers
    leave_out: bool

    def add(self, values: Numbers) -> Numbers:
        """The sums of values (one a step) at each moment."""
        return np.asarray(np.add.reduceat(values, self.starts)) if len(values) else values


@dataclass(frozen=True)
class Stretches:
    """Where the sums over risk sets begin and end: places in the rows, all cut once."""

    cuts: Codes
    place: Codes

    @classmethod
    def between(cls, places: Codes, size: int) -> Stretches:
        """Stretches from each place to the end of rows of that number."""
        cuts, place = np.unique(places, return_inverse=True)
        return cls(cuts[cuts < size], place)

    def sum_from(self, values: Numbers) -> Numbers:
        """The sums of each line of values from each place on."""
        sums = np.zeros((len(values), len(self.cuts) + 1))
        if len(self.cuts):
            sums[:, :-1] = np.add.reduceat(values, self.cuts, axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]
        return np.asarray(sums[:, self.place])


@dataclass(frozen=True)
class CoxRows:
    """Sorted rows: by stratum, then time. ``order`` leads back to the rows as they were given.

    ``with_ones`` is the covariates below a line of ones, ``events_with_ones`` those of the events, and
    ``event_sums`` their weighted sums over events.
    ``scratch`` has its shape and is written over by every evaluation: new memory costs more than the sums.
    """

    order: Codes
    with_ones: Numbers
    centre: Numbers
    weight: Numbers
    cluster: Codes | None
    stratum: Codes
    time: Numbers
    first: Codes
    last: Codes
    events: Codes
    events_with_ones: Numbers
    event_moment: Codes
    moment_time: Numbers
    moment_stratum: Codes
    leaving: Stretches
    by_entry: tuple[Codes, Stretches] | None
    steps: Steps
    event_sums: Numbers
    scratch: Numbers

    @property
    def n_moments(self) -> int:
        """How many moments there are, over all strata."""
        return len(self.moment_time)

    @property
    def covariates(self) -> Numbers:
        """Covariates by rows."""
        return self.with_ones[1:]

    def choose(self, kept: list[int]) -> CoxRows:
        """The same with some of the covariates."""
        if len(kept) == len(self.centre):
            return self
        lines = [0, *(j + 1 for j in kept)]
        return replace(self, with_ones=self.with_ones[lines], centre=self.centre[kept],
                       events_with_ones=self.events_with_ones[lines], event_sums=self.event_sums[kept],
                       scratch=self.scratch[:len(lines)])

    def sum_at_risk(self, values: Numbers) -> Numbers:
        """The sums of values (lines by rows) over those at risk at each moment."""
        both = self.leaving.sum_from(values)
        if self.by_entry is None:
            return both[:, :self.n_moments] - both[:, self.n_moments:]
        order, entering = self.by_entry
        return both - entering.sum_from(values[:, order])

    def sum_events(self, weights: Numbers) -> Numbers:
        """The sums of ones and covariates times weights (one a row) over the events of each moment."""
        lines = self.events_with_ones * weights[self.events]
        return np.asarray(np.add.reduceat(lines, self.steps.starts, axis=1))

    def add_up(self, at_moments: Numbers) -> Numbers:
        """For each row the sum, over the moments at which it is at risk, of what is known at each moment."""
        running = np.concatenate([np.zeros((*at_moments.shape[:-1], 1)), at_moments.cumsum(axis=-1)], axis=-1)
        summed = np.take(running, self.last, axis=-1)
        if self.by_entry is not None or self.first[-1]:
            summed -= np.take(running, self.first, axis=-1)
        return np.asarray(summed)


def sort_rows(rows: FollowUp, covariates: Numbers, stratum: Codes, ties: str) -> CoxRows:
    """Sort checked rows for a Cox model; covariates are rows by covariates."""
    times = rows.time if rows.entry is None else np.concatenate([rows.time, rows.entry])
    clock, places = np.unique(times, return_inverse=True)
    width, size = len(clock), len(rows.time)
    left = stratum * width + places[:size]
    order = np.argsort(left.astype(np.min_scalar_type(left.max())), kind="stable")  # short numbers are faster
    rows, stratum, left = rows.take(order), stratum[order], left[order]
    moments = np.unique(left[rows.event > 0])
    last = np.searchsorted(moments, left, side="right")
    entered = stratum * width + (-1 if rows.entry is None else places[size:][order])
    first = np.searchsorted(moments, entered, side="right")
    events = np.flatnonzero(rows.event)
    centre, with_ones = _centre(covariates, order, stratum)
    of_events = np.take(with_ones, events, axis=1)
    leaving, by_entry = _find_stretches(first, last, len(moments), rows.entry is not None)
    return CoxRows(
        order, with_ones, centre, rows.weight, rows.cluster, stratum, rows.time, first, last, events,
        of_events, last[events] - 1, clock[moments % width], moments // width, leaving, by_entry,
        _list_steps(last[events] - 1, rows.weight[events], len(moments), ties),
        np.einsum("ij,j->i", of_events[1:], rows.weight[events]), np.empty_like(with_ones))


def _find_stretches(first: Codes, last: Codes, moments: int,
                    has_entry: bool) -> tuple[Stretches, tuple[Codes, Stretches] | None]:
    """At risk are those who leave later, less those who enter later; without entry, less later strata."""
    every, size = np.arange(moments), len(last)
    starts = np.searchsorted(last, every, side="right")
    if not has_entry:
        ends = np.searchsorted(first, every, side="right")
        return Stretches.between(np.concatenate([starts, ends]), size), None
    order = np.argsort(first, kind="stable")
    ends = np.searchsorted(first[order], every, side="right")
    return Stretches.between(starts, size), (order, Stretches.between(ends, size))


def _centre(covariates: Numbers, order: Codes, stratum: Codes) -> tuple[Numbers, Numbers]:
    """The mean of each covariate in each stratum (covariates by strata), and the covariates less it."""
    size = int(stratum[-1]) + 1
    with_ones = np.ones((1 + covariates.shape[1], len(order)))
    for line, column in zip(with_ones[1:], covariates.T, strict=True):
        np.take(column, order, out=line)
    if size == 1:
        means = with_ones[1:].mean(axis=1, keepdims=True)
        with_ones[1:] -= means
        return means, with_ones
    means = sum_lines(stratum, with_ones[1:], size) / np.maximum(np.bincount(stratum, minlength=size), 1)
    with_ones[1:] -= means[:, stratum]
    return means, with_ones


def _list_steps(event_moment: Codes, weight: Numbers, moments: int, ties: str) -> Steps:
    count = np.bincount(event_moment, minlength=moments)
    starts = count.cumsum() - count
    total = np.add.reduceat(weight, starts) if moments else np.zeros(0)
    if ties == "breslow":
        every, none = np.arange(moments), np.zeros(moments)
        return Steps(every, every, none, total, none + 1, False)
    moment = np.repeat(np.arange(moments), count)
    place, portion = np.arange(len(moment)) - starts[moment], 1 / count[moment]
    return Steps(moment, starts, place * portion, total[moment] * portion, portion, bool((count > 1).any()))


def multiply_lines(one: Numbers, other: Numbers) -> Numbers:
    """The products of all lines of two tables, summed over rows: of some rows at a time, by one processor.

    Of long and few lines a library of matrices makes many threads, which take more time than they save.
    """
    found = np.zeros((len(one), len(other)))
    for begin in range(0, one.shape[1], _TOGETHER):
        found += one[:, begin:begin + _TOGETHER] @ other[:, begin:begin + _TOGETHER].T
    return found
