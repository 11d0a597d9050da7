"""The rows of a Cox model, sorted once so that each risk set is a stretch of a running sum.

A *moment* is a time within a stratum at which somebody has the event. A row is at risk at the moments from
``first`` up to, not including, ``last``. Covariates are one line each (covariates by rows) and centred within
strata, which leaves the partial likelihood as it is and keeps the sums small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.follow_up import Codes, FollowUp, Numbers
from stepdown.cohorts.survival.risk_table import sum_by, sum_lines


@dataclass(frozen=True)
class Steps:
    """Terms of the partial likelihood: each takes a share of its moment's events out of the risk set.

    Efron's method has one step for each event, the k-th of d leaving out k/d of them; Breslow's has one step
    for each moment, leaving out none.
    """

    moment: Codes
    share: Numbers
    weight: Numbers
    portion: Numbers


@dataclass(frozen=True)
class CoxRows:
    """Sorted rows: by stratum, then time. ``order`` leads back to the rows as they were given."""

    order: Codes
    covariates: Numbers
    centre: Numbers
    weight: Numbers
    cluster: Codes | None
    stratum: Codes
    time: Numbers
    first: Codes
    last: Codes
    events: Codes
    event_moment: Codes
    moment_time: Numbers
    moment_stratum: Codes
    starts: Codes
    ends: Codes
    by_entry: Codes | None
    steps: Steps

    @property
    def n_moments(self) -> int:
        """How many moments there are, over all strata."""
        return len(self.moment_time)

    def sum_at_risk(self, values: Numbers) -> Numbers:
        """The sums of values (lines by rows) over those at risk at each moment."""
        if self.n_moments == 0:
            return np.zeros((len(values), 0))
        if self.by_entry is None:
            both = _sum_from(values, np.concatenate([self.starts, self.ends]))
            return both[:, :self.n_moments] - both[:, self.n_moments:]
        return _sum_from(values, self.starts) - _sum_from(values[:, self.by_entry], self.ends)

    def sum_events(self, values: Numbers) -> Numbers:
        """The sums of values (lines by rows) over the events of each moment."""
        return sum_lines(self.event_moment, values[:, self.events], self.n_moments)

    def add_up(self, at_moments: Numbers) -> Numbers:
        """For each row the sum, over the moments at which it is at risk, of what is known at each moment."""
        running = np.concatenate([np.zeros((*at_moments.shape[:-1], 1)), at_moments.cumsum(axis=-1)], axis=-1)
        return np.asarray(running[..., self.last] - running[..., self.first])


def _sum_from(values: Numbers, starts: Codes) -> Numbers:
    """Sums from each start to the end of the line; a start at the end gives 0."""
    size = values.shape[1]
    cuts, place = np.unique(starts, return_inverse=True)
    inside = cuts[cuts < size]
    sums = np.zeros((len(values), len(inside) + 1))
    if len(inside):
        sums[:, :-1] = np.add.reduceat(values, inside, axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]
    return np.asarray(sums[:, place])


def sort_rows(rows: FollowUp, covariates: Numbers, stratum: Codes, ties: str) -> CoxRows:
    """Sort checked rows for a Cox model; covariates are rows by covariates."""
    order = np.lexsort((rows.time, stratum))
    rows, stratum = rows.take(order), stratum[order]
    clock = np.unique(rows.time if rows.entry is None else np.concatenate([rows.entry, rows.time]))
    width = len(clock)
    left = stratum * width + np.searchsorted(clock, rows.time)
    moments = np.unique(left[rows.event > 0])
    last = np.searchsorted(moments, left, side="right")
    entered = stratum * width + (-1 if rows.entry is None else np.searchsorted(clock, rows.entry))
    first = np.searchsorted(moments, entered, side="right")
    by_entry = None if rows.entry is None else np.argsort(first, kind="stable")
    every = np.arange(len(moments))
    events = np.flatnonzero(rows.event)
    centre, centred = _centre(covariates[order], stratum)
    return CoxRows(
        order, centred, centre, rows.weight, rows.cluster, stratum, rows.time, first, last, events,
        last[events] - 1, clock[moments % width], moments // width,
        np.searchsorted(last, every, side="right"),
        np.searchsorted(first if by_entry is None else first[by_entry], every, side="right"), by_entry,
        _list_steps(last[events] - 1, rows.weight[events], len(moments), ties))


def _centre(covariates: Numbers, stratum: Codes) -> tuple[Numbers, Numbers]:
    """The mean of each covariate in each stratum (covariates by strata), and the covariates less it."""
    lines, size = np.ascontiguousarray(covariates.T), int(stratum[-1]) + 1
    if size == 1:
        means = lines.mean(axis=1, keepdims=True)
        return means, lines - means
    people = np.maximum(np.bincount(stratum, minlength=size), 1)
    means = sum_lines(stratum, lines, size) / people
    return means, lines - means[:, stratum]


def _list_steps(event_moment: Codes, weight: Numbers, moments: int, ties: str) -> Steps:
    count, total = np.bincount(event_moment, minlength=moments), sum_by(event_moment, weight, moments)
    if ties == "breslow":
        return Steps(np.arange(moments), np.zeros(moments), total, np.ones(moments))
    moment = np.repeat(np.arange(moments), count)
    place = np.arange(len(moment)) - np.repeat(count.cumsum() - count, count)
    portion = 1 / count[moment]
    return Steps(moment, place * portion, total[moment] * portion, portion)
