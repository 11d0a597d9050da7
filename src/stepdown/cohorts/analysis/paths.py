"""Weighted cumulative incidence of one group's panel, for all people or many resamples at once.

A *moment* is a day on which somebody's follow-up ends. Aalen and Johansen, Scand J Stat 1978;5:141.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, Codes, Numbers
from stepdown.cohorts.analysis.panel import Panel, each_interval
from stepdown.cohorts.survival.risk_table import ROUNDING


@dataclass(frozen=True)
class Moments:
    """The moments of a panel, latest first: where the rows of each begin and end, and in which interval."""

    time: Numbers
    first: Codes
    interval: Codes

    @classmethod
    def of(cls, panel: Panel) -> Moments:
        """The moments of a panel."""
        first = np.flatnonzero(np.diff(panel.time, prepend=np.inf) != 0)
        time = panel.time[first]
        return cls(time, first, np.searchsorted(panel.begins, time) - 1)


@dataclass(frozen=True)
class Path:
    """Sums of weights at each moment, earliest first (lines by moments): at risk, outcomes, any events."""

    time: Numbers
    at_risk: Numbers
    own: Numbers
    every: Numbers

    @cached_property
    def free(self) -> Numbers:
        """The share without any event after each moment."""
        nobody_left = np.abs(self.at_risk - self.every) <= ROUNDING * self.at_risk
        with np.errstate(divide="ignore", invalid="ignore"):
            hazard = np.where(nobody_left, 1.0, self.every / self.at_risk)
        return np.cumprod(1 - np.where(self.at_risk > 0, hazard, 0.0), axis=1)

    def find_risks(self, asked: Numbers) -> Numbers:
        """The cumulative incidence at the days asked (lines by days); not a number beyond what was seen."""
        lines = len(self.at_risk)
        if not len(self.time):
            return np.full((lines, len(asked)), np.nan)
        before = np.hstack([np.ones((lines, 1)), self.free[:, :-1]])
        with np.errstate(divide="ignore", invalid="ignore"):
            rise = np.where(self.at_risk > 0, before * self.own / self.at_risk, 0.0)
        risks = np.hstack([np.zeros((lines, 1)), rise.cumsum(axis=1)])
        found = risks[:, np.searchsorted(self.time, asked, side="right")]
        return np.where((asked <= self._find_last()[:, None] + 1e-9) | self._is_over(), found, np.nan)

    def find_free_years(self, until: float) -> Numbers:
        """Years without any event up to a day, for each line; not a number beyond what was seen."""
        inside = self.time < until
        edges = np.concatenate([[0.0], self.time[inside], [until]])
        free = np.hstack([np.ones((len(self.free), 1)), self.free[:, inside]])
        area = free @ np.diff(edges) / DAYS_PER_YEAR
        if not len(self.time):
            return np.full(len(self.free), np.nan)
        return np.where((self._find_last() >= until - 1e-9) | self._is_over()[:, 0], area, np.nan)

    def _is_over(self) -> NDArray[np.bool_]:
        """Whether everybody had an event (lines by one): then the risks stay as they are."""
        return self.free[:, -1:] <= 0

    def _find_last(self) -> Numbers:
        """The last day on which anybody was at risk."""
        seen = self.at_risk > 0
        last = len(self.time) - 1 - np.argmax(seen[:, ::-1], axis=1)
        return np.where(seen.any(axis=1), self.time[last], -np.inf)


def find_at_risk(panel: Panel, days: Numbers, rows: Numbers, staying: list[Numbers]) -> Numbers:
    """The weight at risk on some days; weights as in ``find_path``, of one line."""
    found = np.zeros(len(days))
    interval = np.searchsorted(panel.begins, days) - 1
    for k, size in each_interval(panel):
        part, inside = panel.leaving(k), interval == k
        weights = rows[:size] * staying[k][0]
        sums = weights[:part.start].sum() + np.append(0.0, weights[part].cumsum())
        count = np.searchsorted(-panel.time, -days[inside], side="right")
        found[inside] = sums[count - part.start]
    return found


def find_path(panel: Panel, moments: Moments, rows: Numbers, staying: list[Numbers] | None) -> Path:
    """The path where each row weighs ``rows`` (lines by rows) times ``staying`` of the interval, if given."""
    shape = (len(rows), len(moments.time))
    at_risk, own, every = (np.zeros(shape) for _ in range(3))
    for k, size in each_interval(panel):
        part = panel.leaving(k)
        inside = moments.interval == k
        weights = rows[:, :size] if staying is None else rows[:, :size] * staying[k]
        before = weights[:, :part.start].sum(axis=1, keepdims=True)
        first = moments.first[inside] - part.start
        leaving, cause = weights[:, part], panel.cause[part]
        if len(first):
            leaves = np.add.reduceat(leaving, first, axis=1)
            at_risk[:, inside] = before + leaves.cumsum(axis=1)
            own[:, inside] = np.add.reduceat(leaving * (cause == 1), first, axis=1)
            every[:, inside] = np.add.reduceat(leaving * (cause > 0), first, axis=1)
    return Path(moments.time[::-1], at_risk[:, ::-1], own[:, ::-1], every[:, ::-1])
