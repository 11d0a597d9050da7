"""Annualised relapse rates: every relapse of the follow-up counts, not the first alone.

Relapses over years watched, each weighed as the risks are: for the group, and for having stayed in view by
the start of its interval. The variance is that of a ratio, summed by person (Huber), with the weights taken
as known, which makes intervals wider rather than narrower.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stepdown.cohorts.analysis.comparing import Prepared, find_weights, prepare
from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, Numbers, follow
from stepdown.cohorts.analysis.intervals import LEAST_EVENTS
from stepdown.cohorts.analysis.panel import Panel, each_interval
from stepdown.cohorts.analysis.results import Interval, RelapseRate, RelapseRates
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Outcome

_WIDTH = 1.959964
_NONE = float("nan")


@dataclass(frozen=True)
class _Sums:
    """Relapses and years of each person in one group, weighted, and the plain counts."""

    relapses: Numbers
    years: Numbers
    counted: int
    watched: float

    @property
    def rate(self) -> float:
        """Relapses per year."""
        return float(self.relapses.sum() / self.years.sum()) if self.years.sum() > 0 else _NONE

    @property
    def influence(self) -> Numbers:
        """What each person does to the logarithm of the rate; nothing where there was no relapse."""
        if not self.counted:
            return np.zeros(len(self.years))
        return np.asarray((self.relapses - self.rate * self.years) / self.relapses.sum())


def find_relapse_rates(data: AnalysisTable, outcome: Outcome, until_first: Prepared) -> RelapseRates:
    """The rate of each group, target last where two are compared, and their ratio.

    Follow-up goes on after a relapse, until death, loss, leaving the strategy or its end. ``until_first`` is
    the outcome made ready with follow-up to the first one.
    """
    protocol = until_first.protocol
    nobody = np.full(len(data.trial), np.nan)
    open_ended = replace(data, outcomes={**data.outcomes, outcome.name: nobody})
    prepared = prepare(open_ended, follow(open_ended, outcome, protocol), until_first.design, protocol,
                       like=until_first.models)
    weighed = find_weights(prepared)
    sides = (0, 1) if len(protocol.strategies) == 2 else (1,)
    sums = [_sum(prepared, data, side, weighed.rows, weighed.staying[side]) for side in sides]
    names = [protocol.target.name] if len(sides) == 1 else [str(protocol.comparator), protocol.target.name]
    rates = tuple(RelapseRate(name, each.counted, each.watched, _bound(each.rate, each.influence, each))
                  for name, each in zip(names, sums, strict=True))
    return RelapseRates(rates, _compare(*sums) if len(sums) == 2 else None)


def _sum(prepared: Prepared, data: AnalysisTable, side: int, rows: Numbers, staying: list[Numbers]) -> _Sums:
    panel = prepared.panels[side]
    weights, years = rows[panel.row], np.zeros(len(panel.row))
    watched = np.zeros(len(panel.row))
    for k, size in each_interval(panel):
        begin = max(float(panel.begins[k]), 0.0)
        spent = np.maximum(np.minimum(panel.time[:size], panel.ends[k]) - begin, 0.0) / DAYS_PER_YEAR
        watched[:size] += spent
        years[:size] += weights[:size] * staying[k][0] * spent
    place, interval = _find_relapses(prepared, data, panel)
    each = np.array([weights[row] * staying[k][0][row] for row, k in zip(place, interval, strict=True)])
    people = int(prepared.person.max(initial=-1)) + 1
    person = prepared.person[panel.row]
    relapses, lived = (np.asarray(np.bincount(whose, what, people), dtype=np.float64) for whose, what in (
        (person[place], each), (person, years)))
    return _Sums(relapses, lived, len(place), float(watched.sum()))


def _find_relapses(prepared: Prepared, data: AnalysisTable, panel: Panel) -> tuple[Numbers, Numbers]:
    """The row and the interval of every relapse while a row was followed; the last day of it counts."""
    trial = data.trial[prepared.followed.row[panel.row]]
    order = np.argsort(trial, kind="stable")
    whose, day = data.relapses
    if not len(order) or not len(whose):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    found = np.minimum(np.searchsorted(trial[order], whose), len(order) - 1)
    row = order[found]
    inside = (trial[row] == whose) & (day <= panel.time[row])
    return row[inside], np.searchsorted(panel.begins, day[inside]) - 1


def _bound(value: float, influence: Numbers, sums: _Sums) -> Interval:
    """A rate or ratio with its interval on the log scale."""
    if sums.counted == 0 or not np.isfinite(value):
        return Interval(0.0 if sums.watched > 0 else _NONE, _NONE, _NONE, "no relapse: no interval")
    if sums.counted < LEAST_EVENTS:
        return Interval(value, _NONE, _NONE, "too few relapses for an interval")
    factor = float(np.exp(_WIDTH * np.sqrt((influence**2).sum())))
    return Interval(value, value / factor, value * factor)


def _compare(comparator: _Sums, target: _Sums) -> Interval:
    if min(comparator.counted, target.counted) == 0:
        return Interval(_NONE, _NONE, _NONE, "a group without a relapse")
    fewer = min(comparator, target, key=lambda each: each.counted)
    return _bound(target.rate / comparator.rate, target.influence - comparator.influence, fewer)
