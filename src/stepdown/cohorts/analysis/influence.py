"""How much each row moves the estimates of its group: by itself, and by way of the models of the weights.

The derivative of an estimate in the weight of a row (the infinitesimal jackknife), summed by person and
squared, is the variance of the estimate (Lin and Wei, J Am Stat Assoc 1989;84:1074). Where weights come from
models it goes on through their coefficients (Stefanski and Boos, Am Stat 2002;56:29): taking weights as
given would make intervals too wide or, for weights against censoring, too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, Codes, Numbers
from stepdown.cohorts.analysis.panel import Panel, each_interval
from stepdown.cohorts.analysis.paths import Path
from stepdown.cohorts.analysis.staying import StayingModel, find_residuals
from stepdown.cohorts.survival.influence import at_place
from stepdown.cohorts.survival.restricted_mean import Area
from stepdown.cohorts.survival.risk_influence import find_path as find_risk_path
from stepdown.cohorts.survival.risk_table import RiskTable

#: The influence of time spent at risk: from a place to a place among moments, and from a day to a day;
#: and what an event (1 outcome, 2 death) at the end adds to it. One column an estimate.
Spent = Callable[[Codes, Codes, Numbers, Numbers, Codes], Numbers]


def to_table(path: Path) -> RiskTable:
    """A path of one line as a risk table of two causes; who leaves when is not in it."""
    nobody = np.zeros(0, dtype=np.int64)
    events = np.stack([path.own[0], path.every[0] - path.own[0]])
    return RiskTable(path.time, path.at_risk[0], events, np.zeros_like(path.time), nobody, nobody, nobody)


def build_spent(path: Path, asked: Numbers, until: float) -> Spent:
    """The influence on the risks at the days asked, and (the last column) on the years without any event."""
    table = to_table(path)
    risk, area = find_risk_path(table, 1), Area.under(table, until)
    limits = np.searchsorted(path.time, asked, side="right")
    step, own = (np.append(values, 0.0) for values in (risk.step, risk.own))

    def spent(enters: Codes, leaves: Codes, begin: Numbers, end: Numbers, cause: Codes) -> Numbers:
        found = np.empty((len(enters), len(asked) + 1))
        summed = at_place(risk.summed, enters)
        last = np.maximum(leaves - 1, 0)
        later = at_place(risk.summed, leaves) - summed - step[last] * (cause > 0)
        for column, limit in enumerate(limits.tolist()):
            first, stop = np.minimum(enters, limit), np.minimum(leaves, limit)
            moved = at_place(risk.probability, stop)
            exposed = (at_place(risk.drift, stop) - at_place(risk.drift, first)
                       - at_place(risk.summed, first) * (moved - at_place(risk.probability, first)))
            still = at_place(risk.probability, np.array([limit]))[0] - moved
            has_left = leaves <= limit
            found[:, column] = exposed + has_left * (own[last] * (cause == 1) + later * still)
        found[:, -1] = _find_area(area, until, begin, end, summed, later)
        return found

    return spent


def _find_area(area: Area, until: float, begin: Numbers, end: Numbers, summed: Numbers,
               later: Numbers) -> Numbers:
    first, last = np.minimum(begin, until), np.minimum(end, until)
    lived = [np.interp(day, area.time, area.lived) for day in (first, last)]
    weighted = [np.interp(day, area.time, area.weighted) for day in (first, last)]
    watched = weighted[1] - weighted[0] - summed * (lived[1] - lived[0])
    return np.asarray((watched + later * (area.lived[-1] - lived[1])) / DAYS_PER_YEAR)


@dataclass(frozen=True)
class Moved:
    """The influence of each row (rows by estimates), and how the estimates move with each model.

    ``by_weight`` is the same sum without the models; ``slopes`` has one table for each model of staying
    (columns of the model by estimates).
    """

    rows: Numbers
    slopes: tuple[Numbers, ...]


def move_rows(panel: Panel, path: Path, spent: Spent, rows: Numbers, staying: list[Numbers] | None,
              models: tuple[StayingModel, ...] = (), free: list[Numbers] | None = None) -> Moved:
    """Sum the influence of each row over its intervals, the last first, and find how the models move it.

    ``rows`` weighs rows, ``staying`` them in each interval; ``free`` is 0 where a weight was cut to a bound,
    which does not move with its model.
    """
    size = panel.base.shape[1]
    predictors = [model.find_predictors(model.coefficients[None]) for model in models]
    total: Numbers | None = None
    for k, count in reversed(list(each_interval(panel))):
        weights = rows[:count] if staying is None else rows[:count] * staying[k][0]
        each = _spend_interval(panel, path, spent, k, count)
        each *= weights[:, None]
        if total is None:
            total = np.zeros((len(panel.row), each.shape[1]))
            moving = np.zeros_like(total)
            pulls = [np.zeros_like(total) for _ in models]
            slopes = [np.zeros((panel.width, each.shape[1])) for _ in models]
        for place, (model, fixed) in enumerate(zip(models, predictors, strict=True)):
            if k in model.intervals:
                chance = model.find_chances(k, fixed, model.coefficients[None])[0]
                pull = chance[:, None] * moving[:count]
                pulls[place][:count] += pull
                for column in range(pull.shape[1]):
                    sums = np.bincount(panel.states[k], pull[:, column], len(panel.tables[k]))
                    slopes[place][size:, column] += sums @ panel.tables[k]
        total[:count] += each
        moving[:count] += each if free is None else each * free[k][0][:, None]
    if total is None:
        return Moved(np.zeros((0, 0)), ())
    for slope, pull in zip(slopes, pulls, strict=True):
        slope[:size] = panel.base.T @ pull
    return Moved(total, tuple(slopes))


def _spend_interval(panel: Panel, path: Path, spent: Spent, k: int, count: int) -> Numbers:
    """What each row followed into an interval spends in it: the same for all who go through it."""
    begin, end, part = panel.begins[k], panel.ends[k], panel.leaving(k)
    enters = int(np.searchsorted(path.time, begin, side="right"))
    stop = panel.time[part]
    places = np.searchsorted(path.time, stop, side="right")
    leavers = spent(np.full(len(stop), enters), places, np.full(len(stop), begin), stop, panel.cause[part])
    found = np.empty((count, leavers.shape[1]))
    found[part] = leavers
    if part.start:
        through = int(np.searchsorted(path.time, end, side="right"))
        found[:part.start] = spent(np.array([enters]), np.array([through]), np.array([begin]),
                                   np.array([end]), np.array([0]))
    return found


def add_model(influence: Numbers, model: StayingModel, slope: Numbers) -> Numbers:
    """The influence of rows with what they do to a model's coefficients, and these to the estimates."""
    kept = list(model.kept)
    found = model.evaluate(model.coefficients[kept])
    effect = np.zeros_like(slope)
    effect[kept] = np.linalg.pinv(found.information + np.diag(model.penalty), hermitian=True) @ slope[kept]
    plain, moving = find_residuals(model)
    size = model.panel.base.shape[1]
    influence += plain[:, None] * (model.panel.base @ effect[:size]) + moving @ effect[size:]
    return influence
