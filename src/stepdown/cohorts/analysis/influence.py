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
from stepdown.cohorts.analysis.panel import Panel
from stepdown.cohorts.analysis.paths import Path
from stepdown.cohorts.analysis.staying import StayingModel, each_block
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

    ``slopes`` has one table for each model of staying (columns of the model by estimates); ``residuals`` what
    happened to each row less its chance, summed over intervals: plain, and times the columns of its states.
    """

    rows: Numbers
    slopes: tuple[Numbers, ...]
    residuals: tuple[tuple[Numbers, Numbers], ...]


def move_rows(panel: Panel, path: Path, spent: Spent, rows: Numbers, staying: list[Numbers] | None,
              models: tuple[StayingModel, ...] = (), free: list[Numbers] | None = None) -> Moved:
    """Sum the influence of each row over its intervals, the last first, and find how the models move it.

    ``rows`` weighs rows, ``staying`` them in each interval; ``free`` is 0 where a weight was cut to a bound,
    which does not move with its model.
    """
    through = np.vstack([_spend_whole(panel, path, spent, k) for k in range(len(panel.begins))])
    width, moving = through.shape[1], panel.width - panel.base.shape[1]
    found = Moved(np.empty((len(panel.row), width)), tuple(np.zeros((panel.width, width)) for _ in models),
                  tuple((np.zeros(len(panel.row)), np.zeros((len(panel.row), moving))) for _ in models))
    for block in each_block(len(panel.row)):
        last = _spend_last(panel, path, spent, block)
        _move_block(panel, block, through, last, rows, staying, models, free, found)
    return found


def _spend_whole(panel: Panel, path: Path, spent: Spent, k: int) -> Numbers:
    """What a row spends in an interval that it goes through."""
    begin, end = panel.begins[k:k + 1], panel.ends[k:k + 1]
    places = [np.searchsorted(path.time, day, side="right") for day in (begin, end)]
    return spent(places[0], places[1], begin, np.minimum(end, 1e9), np.zeros(1, dtype=np.int64))


def _spend_last(panel: Panel, path: Path, spent: Spent, block: slice) -> Numbers:
    """What each row of a block spends in the interval in which its follow-up ends."""
    stop = panel.time[block]
    begin = panel.begins[np.maximum(np.searchsorted(panel.begins, stop) - 1, 0)]
    places = [np.searchsorted(path.time, day, side="right") for day in (begin, stop)]
    return spent(places[0], places[1], begin, stop, panel.cause[block])


def _move_block(panel: Panel, block: slice, through: Numbers, last: Numbers, rows: Numbers,
                staying: list[Numbers] | None, models: tuple[StayingModel, ...], free: list[Numbers] | None,
                found: Moved) -> None:
    size, moving = panel.base.shape[1], np.zeros_like(last)
    total, pulls = moving if free is None else np.zeros_like(last), [np.zeros_like(last) for _ in models]
    fixed = [model.find_predictors(block, model.coefficients[None]) for model in models]
    for k in reversed(range(len(panel.begins))):
        count = len(panel.states[k][block])
        if not count:
            continue
        weights = rows[block][:count] if staying is None else rows[block][:count] * staying[k][0, block]
        for place, (model, predictors) in enumerate(zip(models, fixed, strict=True)):
            if model.asks(k):
                chance = model.find_chances(k, block, predictors, model.coefficients[None])[0]
                _add_residuals(model, k, block, chance, found.residuals[place])
                pull = chance[:, None] * moving[:count]
                pulls[place][:count] += pull
                found.slopes[place][size:] += panel.tables[k][panel.states[k][block]].T @ pull
        goes_on = int(np.clip(panel.sizes[k + 1] - block.start, 0, count))
        each = np.empty((count, last.shape[1]))
        np.multiply(weights[:goes_on, None], through[k], out=each[:goes_on])
        np.multiply(weights[goes_on:, None], last[goes_on:count], out=each[goes_on:])
        moving[:count] += each if free is None else each * free[k][0, block][:, None]
        if free is not None:
            total[:count] += each
    found.rows[block] = total
    for slope, pull in zip(found.slopes, pulls, strict=True):
        slope[:size] += panel.base[block].T @ pull


def _add_residuals(model: StayingModel, k: int, block: slice, chance: Numbers,
                   residuals: tuple[Numbers, Numbers]) -> None:
    """Add what happened in an interval less its chance."""
    states, mask = model.panel.states[k][block], dict(model.asked)[k]
    part, happened = model.find_leavers(k, block)
    left = -chance
    left[part] += happened if mask is None else happened & mask[block][part]
    plain, moving = (each[block] for each in residuals)
    plain[:len(states)] += left
    moving[:len(states)] += left[:, None] * model.panel.tables[k][states]


def add_model(influence: Numbers, model: StayingModel, slope: Numbers,
              residuals: tuple[Numbers, Numbers]) -> Numbers:
    """The influence of rows with what they do to a model's coefficients, and these to the estimates."""
    kept, size = list(model.kept), model.panel.base.shape[1]
    effect = np.zeros_like(slope)
    effect[kept] = np.linalg.pinv(model.information + np.diag(model.penalty), hermitian=True) @ slope[kept]
    for block in each_block(len(influence)):
        plain, moving = (each[block] for each in residuals)
        influence[block] += plain[:, None] * (model.panel.base[block] @ effect[:size])
        influence[block] += moving @ effect[size:]
    return influence
