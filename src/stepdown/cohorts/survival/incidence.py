"""The risk of each cause when others compete with it: Aalen-Johansen curves with robust errors.

Aalen and Johansen, Scand J Stat 1978;5:141. The default error is that of the influence of persons (R's
survfit on several states); ``variance="aalen"`` is the formula of R's cmprsk (Aalen, Ann Stat 1978;6:534),
for rows without weights, clusters or late entry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.follow_up import (
    Codes,
    FollowUp,
    FollowUpError,
    Numbers,
    read_follow_up,
    read_numbers,
)
from stepdown.cohorts.survival.influence import at_place, sum_squares
from stepdown.cohorts.survival.intervals import find_bounds
from stepdown.cohorts.survival.kaplan_meier import describe_influence, find_product, split_rows
from stepdown.cohorts.survival.risk_influence import find_path
from stepdown.cohorts.survival.risk_table import RiskTable, count_at_risk

VARIANCES = ("influence", "aalen")


@dataclass(frozen=True)
class IncidenceCurves:
    """The probability of having had each cause by each time; one line a cause, causes numbered from 1.

    ``event_free`` is the probability of none of them. Errors and bounds are those of ``probability``.
    """

    time: Numbers
    n_risk: Numbers
    n_event: Numbers
    rows_at_risk: Codes
    event_free: Numbers
    event_free_error: Numbers
    probability: Numbers
    standard_error: Numbers
    lower: Numbers
    upper: Numbers
    interval: str
    level: float
    n_rows: int

    @property
    def n_causes(self) -> int:
        """How many causes there are."""
        return len(self.probability)

    def at(self, times: ArrayLike) -> IncidencePoints:
        """The curves at given times; beyond the last follow-up they are unknown, unless nobody was left."""
        asked = read_numbers("times", np.atleast_1d(np.asarray(times)))
        place = np.searchsorted(self.time, asked, side="right")
        known = (asked <= self.time[-1]) | (self.event_free[-1] == 0)

        def take(values: Numbers, first: float = 0.0) -> Numbers:
            padded = np.concatenate([np.full((*values.shape[:-1], 1), first), values], axis=-1)
            return np.where(known, padded[..., place], np.nan)

        next_place = np.searchsorted(self.time, asked, side="left")
        return IncidencePoints(
            asked, np.append(self.n_risk, 0.0)[next_place], np.append(self.rows_at_risk, 0)[next_place],
            take(self.event_free, 1.0), take(self.event_free_error), take(self.probability),
            take(self.standard_error), take(self.lower), take(self.upper))

    def find_mean_times(self, until: float) -> Numbers:
        """The mean time from 0 to ``until`` spent without any event (first) and after each cause."""
        inside = self.time < until
        width = np.diff(np.concatenate([[0.0], self.time[inside], [until]]))
        states = np.vstack([self.event_free, self.probability])[:, inside]
        first = np.zeros((len(states), 1))
        first[0] = 1.0
        return np.asarray(np.hstack([first, states]) @ width)


@dataclass(frozen=True)
class IncidencePoints:
    """Aalen-Johansen curves read at given times; one line a cause."""

    time: Numbers
    n_risk: Numbers
    rows_at_risk: Codes
    event_free: Numbers
    event_free_error: Numbers
    probability: Numbers
    standard_error: Numbers
    lower: Numbers
    upper: Numbers


def estimate_incidence(time: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None,
                       weights: ArrayLike | None = None, cluster: ArrayLike | None = None,
                       variance: str = "influence", interval: str = "log",
                       level: float = 0.95) -> IncidenceCurves:
    """The probability of each cause by each time. ``event`` is 0 (censored) or the number of the cause.

    The other arrays are those of ``estimate_survival``. FollowUpError when an array cannot be read.
    """
    rows = read_follow_up(time, event, entry, weights, cluster, causes=True)
    return _find_curves(rows, max(1, int(rows.event.max())), variance, interval, level)


def estimate_incidence_by(group: ArrayLike, time: ArrayLike, event: ArrayLike, *,
                          entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                          cluster: ArrayLike | None = None, variance: str = "influence",
                          interval: str = "log", level: float = 0.95) -> dict[object, IncidenceCurves]:
    """The curves of each label of ``group``; the other arguments are those of ``estimate_incidence``."""
    rows = read_follow_up(time, event, entry, weights, cluster, causes=True)
    causes = max(1, int(rows.event.max()))
    return {label: _find_curves(part, causes, variance, interval, level)
            for label, part in split_rows(rows, group)}


def _find_curves(rows: FollowUp, causes: int, variance: str, interval: str, level: float) -> IncidenceCurves:
    if variance not in VARIANCES:
        raise FollowUpError(f"there is no variance {variance!r}; choose one of {', '.join(VARIANCES)}.")
    if variance == "aalen" and (rows.entry is not None or rows.is_robust):
        raise FollowUpError("the variance 'aalen' is for rows without weights, clusters or entry.")
    table = count_at_risk(rows, causes)
    survival, numbers = find_product(table), range(1, causes + 1)
    probability = np.stack([find_path(table, cause).probability for cause in numbers])
    find = _find_aalen_variance if variance == "aalen" else _find_influence_variance
    error = np.sqrt(np.stack([find(rows, table, cause) for cause in numbers]))
    lower, upper = find_bounds(probability, error, interval, level)
    free_error = survival * np.sqrt(
        sum_squares(rows, table, *describe_influence(rows, table, per_survivor=True)))
    return IncidenceCurves(table.time, table.at_risk, table.events, table.rows_at_risk, survival, free_error,
                           probability, error, lower, upper, interval, level, len(rows.time))


def _find_influence_variance(rows: FollowUp, table: RiskTable, cause: int) -> Numbers:
    """The influence on the probability P of a cause is a sum of 1, P(t) and F(t), changed on leaving.

    While at risk from e on, a row adds F(t) - F(e) - A(e) (P(t) - P(e)), where A is ``summed`` and F the
    ``drift`` of ``find_path``; later its influence on those still without an event goes on to move with P.
    """
    path, weight = find_path(table, cause), rows.weight[:, None]
    enters, leaves = table.enters, table.leaves
    at_entry = at_place(path.summed, enters)
    entering = np.column_stack([
        at_entry * at_place(path.probability, enters) - at_place(path.drift, enters), -at_entry,
        np.ones(len(enters))])
    left = path.summed[leaves] - path.step[leaves] * (rows.event > 0)
    own = path.own[leaves] * (rows.event == cause)
    leaving = np.column_stack([
        path.drift[leaves] + own - left * path.probability[leaves], left, -np.ones(len(leaves))])
    functions = np.stack([np.ones_like(path.drift), path.probability, path.drift])
    return sum_squares(rows, table, weight * entering, weight * leaving, functions)


def _find_aalen_variance(_: FollowUp, table: RiskTable, cause: int) -> Numbers:
    """The variance of cmprsk: delta method on the events of the cause and on those of all others."""
    probability, at_risk = find_path(table, cause).probability, table.at_risk
    before = np.concatenate([[1.0], find_product(table)[:-1]])
    own, others = table.events[cause - 1], table.events.sum(axis=0) - table.events[cause - 1]
    survival = before * (1 - table.hazard)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(survival > 0, 1 / survival, 0.0)
        spread = {True: _spread(own, before, at_risk), False: _spread(others, before, at_risk)}
    spread[False] = np.where(survival > 0, spread[False], 0.0)
    share = {True: 1 + inverse * probability, False: inverse * probability}
    v1, v2, v3 = (sum((spread[is_own] * share[is_own]**power * inverse**(2 - power)).cumsum()
                      for is_own in (True, False)) for power in (2, 1, 0))
    variance = v1 + probability**2 * v3 - 2 * probability * v2
    latest = np.maximum.accumulate(np.where(own > 0, np.arange(len(own)), -1))
    return np.where(latest < 0, 0.0, np.maximum(variance, 0)[latest])


def _spread(events: Numbers, before: Numbers, at_risk: Numbers) -> Numbers:
    """The variance that events together at one time bring, with the correction for drawing without return."""
    apart = np.where(events > 1, 1 - (events - 1) / (at_risk - 1), 1.0)
    return np.asarray(before**2 * apart * events / at_risk**2)
