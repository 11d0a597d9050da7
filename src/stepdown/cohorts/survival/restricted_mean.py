"""The mean time without the event up to a limit: the area under the survival curve, and its error.

Irwin 1949; Royston and Parmar, BMC Med Res Methodol 2013;13:152. The model error is Greenwood's, as R's
print(survfit, rmean=) gives it; the robust one sums the influence of persons (see ``influence``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.follow_up import FollowUp, FollowUpError, Numbers, read_follow_up
from stepdown.cohorts.survival.influence import at_place, has_one_person
from stepdown.cohorts.survival.intervals import find_quantile
from stepdown.cohorts.survival.risk_table import RiskTable, count_at_risk


@dataclass(frozen=True)
class RestrictedMean:
    """The mean time without the event up to ``until``, in the units of time, with its interval.

    ``standard_error`` is robust with weights or clusters, else it is ``model_error``. ``warnings`` says when
    the curve had to be drawn beyond the last follow-up.
    """

    until: float
    value: float
    standard_error: float
    model_error: float
    lower: float
    upper: float
    level: float
    warnings: tuple[str, ...]


def estimate_restricted_mean(time: ArrayLike, event: ArrayLike, until: float, *,
                             entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                             cluster: ArrayLike | None = None, level: float = 0.95,
                             robust: bool | None = None) -> RestrictedMean:
    """The mean time without the event from 0 to ``until``; the arrays are those of ``estimate_survival``.

    If follow-up ends earlier while some are still without the event, the curve is drawn on level and
    ``warnings`` says so. FollowUpError when an array cannot be read or ``until`` is not above 0.
    """
    rows = read_follow_up(time, event, entry, weights, cluster, robust=robust)
    if not 0 < until < np.inf:
        raise FollowUpError("until must be a time above 0.")
    table = count_at_risk(rows)
    area = Area.under(table, until)
    model = area.find_model_error(table)
    error = float(np.sqrt(_sum_influence(rows, table, area))) if rows.is_robust else model
    value, z = float(area.lived[-1]), find_quantile(level)
    return RestrictedMean(until, value, error, model, value - z * error, value + z * error, level,
                          find_mean_warnings(rows, until))


def find_mean_warnings(rows: FollowUp, until: float) -> tuple[str, ...]:
    """Whether the curve of checked rows had to be drawn beyond the last follow-up."""
    table = count_at_risk(rows)
    if until <= table.time[-1] or table.hazard[-1] == 1:
        return ()
    return ("Nobody was followed to the end of the time asked for: the curve is drawn on level from the last "
            "follow-up, and what happens after it is not known.",)


@dataclass(frozen=True)
class Area:
    """Integrals from 0 to each time up to ``until`` (the last): of S, and of S times the summed step A."""

    time: Numbers
    lived: Numbers
    weighted: Numbers
    step: Numbers
    sum_step: Numbers
    until: float

    @classmethod
    def under(cls, table: RiskTable, until: float) -> Area:
        """The area under the Kaplan-Meier curve of a risk table."""
        hazard = table.hazard
        with np.errstate(divide="ignore"):
            step = np.where(hazard == 1, 0.0, 1 / (table.at_risk * (1 - hazard)))
        sum_step = (step * hazard).cumsum()
        inside = table.time < until
        time = np.concatenate([[0.0], table.time[inside], [until]])
        survival = np.concatenate([[1.0], np.cumprod(1 - hazard)[inside]])
        summed = np.concatenate([[0.0], sum_step[inside]])
        width = np.diff(time)
        lived, weighted = (np.concatenate([[0.0], (width * x).cumsum()])
                           for x in (survival, survival * summed))
        return cls(time, lived, weighted, step, sum_step, until)

    def find_model_error(self, table: RiskTable) -> float:
        """Greenwood's error: the squared area that each time's events cost."""
        inside = table.time < self.until
        still = self.lived[-1] - self.lived[1:-1]
        each = self.step[inside] * table.hazard[inside]
        return float(np.sqrt((still**2 * each).sum()))


def find_mean_influence(rows: FollowUp, until: float) -> tuple[float, Numbers]:
    """The restricted mean of checked rows, and the weighted influence of each row on it."""
    table = count_at_risk(rows)
    area = Area.under(table, until)
    return float(area.lived[-1]), _find_influence(rows, table, area)


def _sum_influence(rows: FollowUp, table: RiskTable, area: Area) -> float:
    """The sum over persons of their squared influence on the area."""
    each = _find_influence(rows, table, area)
    if has_one_person(rows):
        return float("nan")
    persons = each if rows.cluster is None else np.bincount(rows.cluster, each)
    return float((persons**2).sum())


def _find_influence(rows: FollowUp, table: RiskTable, area: Area) -> Numbers:
    """The weighted influence of each row on the area: while it is watched, and after it has left."""
    first = np.zeros(len(rows.time)) if rows.entry is None else np.minimum(rows.entry, area.until)
    last = np.minimum(rows.time, area.until)
    before = at_place(area.sum_step, table.enters)
    lived = [np.interp(t, area.time, area.lived) for t in (first, last)]
    weighted = [np.interp(t, area.time, area.weighted) for t in (first, last)]
    watched = weighted[1] - weighted[0] - before * (lived[1] - lived[0])
    left = area.sum_step[table.leaves] - before - area.step[table.leaves] * (rows.event > 0)
    return np.asarray(rows.weight * (watched + left * (area.lived[-1] - lived[1])))
