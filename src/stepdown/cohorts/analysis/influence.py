"""How much each row moves the estimates of its group: by itself, and by way of the models of the weights.

The derivative of an estimate in the weight of a row (the infinitesimal jackknife), summed by person and
squared, is the variance of the estimate (Lin and Wei, J Am Stat Assoc 1989;84:1074). Where weights come from
models it goes on through their coefficients (Stefanski and Boos, Am Stat 2002;56:29): taking weights as
given would make intervals too wide or, for weights against censoring, too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.cells import Cells
from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, Codes, Numbers
from stepdown.cohorts.analysis.panel import Panel
from stepdown.cohorts.analysis.paths import Path
from stepdown.cohorts.analysis.staying import StayingModel
from stepdown.cohorts.survival.influence import at_place
from stepdown.cohorts.survival.restricted_mean import Area
from stepdown.cohorts.survival.risk_influence import find_path as find_risk_path
from stepdown.cohorts.survival.risk_table import RiskTable

#: The influence of time spent at risk: from a place to a place among moments, and from a day to a day;
#: and what an event (1 outcome, 2 death) at the end adds to it. One column an estimate.
Spent = Callable[[Codes, Codes, Numbers, Numbers, Codes], Numbers]
#: None, the outcome, death.
CAUSES = 3
#: How many blocks are moved at a time, and how many rows where it is simple.
AT_ONCE, CRUDE_AT_ONCE = 64, 262_144


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
class Spending:
    """What the rows of a panel spend: ``whole`` in an interval that they go through, ``last`` where they end.

    ``code`` is whose of ``last`` is whose. ``rows`` weighs rows, ``staying`` them in each interval, if given;
    ``free`` is 0 where a weight was cut to a bound, which does not move with its model.
    """

    panel: Panel
    whole: Numbers
    last: Numbers
    code: NDArray[np.int32]
    rows: Numbers
    staying: list[Numbers] | None
    free: list[Numbers] | None = None

    @classmethod
    def of(cls, panel: Panel, path: Path, spent: Spent, rows: Numbers, staying: list[Numbers] | None,
           free: list[Numbers] | None = None) -> Spending:
        """That of a path of the panel."""
        whole = np.vstack([_spend_whole(panel, path, spent, k) for k in range(len(panel.begins))])
        return cls(panel, whole, *_list_last(panel, path, spent), rows, staying, free)

    @property
    def width(self) -> int:
        """How many estimates there are."""
        return int(self.whole.shape[1])

    def move_crude(self) -> Iterator[tuple[slice, Numbers]]:
        """The influence of rows (rows by estimates), some at a time, where intervals weigh nothing."""
        before = np.vstack([np.zeros(self.width), self.whole.cumsum(axis=0)])
        for first in range(0, len(self.panel.row), CRUDE_AT_ONCE):
            part = slice(first, first + CRUDE_AT_ONCE)
            ends, code = self.panel.last[part], self.code[part]
            found = np.empty((len(ends), self.width), order="F")
            for column, earlier, last in zip(found.T, before.T, self.last.T, strict=True):
                np.multiply(earlier[ends] + last[code], self.rows[part], out=column)
            yield part, found

    def move(self, block: slice, cells: Cells, weights: Numbers) -> tuple[Numbers, Numbers]:
        """What each row of a block spends by the intervals that it goes through, and in its last."""
        ends = self.panel.last[block]
        at_end = weights[ends, np.arange(cells.size)][:, None] * self.last[self.code[block]]
        return cells.drop_last(weights, ends), at_end

    def weigh(self, block: slice) -> Numbers:
        """The weights of a block's rows (intervals by rows)."""
        assert self.staying is not None, "only what is weighed by interval is asked block by block"
        return _stack(self.staying, block) * self.rows[block]


def find_slopes(spending: Spending, models: tuple[StayingModel, ...], pull: Numbers | None) -> list[Numbers]:
    """How the estimates move with each model of staying (columns of the model by estimates).

    After these, how they move with the propensity, if ``pull`` says how the weight of each row does.
    """
    sums = [np.zeros((spending.panel.width, spending.width)) for _ in models]
    sums += [] if pull is None else [np.zeros((spending.panel.base.shape[1], spending.width))]
    for block, cells in spending.panel.blocks if sums else ():
        part = _find_slopes(spending, block, cells, models, pull)
        for slope, more in zip(sums, part, strict=True):
            slope += more
    return sums


def _find_slopes(spending: Spending, block: slice, cells: Cells, models: tuple[StayingModel, ...],
                 pull: Numbers | None) -> list[Numbers]:
    weights, through = spending.weigh(block), spending.whole[:len(cells.counts)]
    base, slopes = spending.panel.base[block].astype(np.float64), []
    moves = weights if spending.free is None else weights * _stack(spending.free, block)
    goes_on, at_end = spending.move(block, cells, moves)
    ends, every = spending.panel.last[block], np.arange(cells.size)
    for model in models:
        chance = _find_chances(model, block, cells, base)
        earlier = chance.cumsum(axis=0) - chance
        pulled = (goes_on * earlier).T @ through + earlier[ends, every][:, None] * at_end
        slopes.append(np.vstack([base.T @ pulled, _sum_pulls(
            cells, cells.drop_last(chance, ends), goes_on, through, at_end)]))
    if pull is not None:
        all_goes_on, all_at_end = (goes_on, at_end) if spending.free is None else spending.move(
            block, cells, weights)
        slopes.append(base.T @ ((all_goes_on.T @ through + all_at_end) * pull[block][:, None]))
    return slopes


def move_rows(spending: Spending, models: tuple[StayingModel, ...] = (),
              effects: Sequence[Numbers] = ()) -> Iterator[tuple[slice, Numbers]]:
    """The influence of rows (rows by estimates), some at a time: by themselves, and by way of the models.

    What a row does to a model of staying is what happened to it less its chance, in each interval;
    ``effects`` say how that moves the estimates.
    """
    blocks = spending.panel.blocks
    for first in range(0, len(blocks), AT_ONCE):
        part = blocks[first:first + AT_ONCE]
        chosen = slice(part[0][0].start, part[-1][0].stop)
        found = np.concatenate([_move_block(spending, *block, models, effects) for block in part])
        yield chosen, found


def _move_block(spending: Spending, block: slice, cells: Cells, models: tuple[StayingModel, ...],
                effects: Sequence[Numbers]) -> Numbers:
    goes_on, at_end = spending.move(block, cells, spending.weigh(block))
    found: Numbers = goes_on.T @ spending.whole[:len(goes_on)] + at_end
    base = spending.panel.base[block].astype(np.float64)
    size = base.shape[1]
    for model, effect in zip(models, effects, strict=True):
        left = -_find_chances(model, block, cells, base)
        left[model.find_leavers(block)] += 1
        found += left.sum(axis=0)[:, None] * (base @ effect[:size])
        found += cells.sum_columns(left).T @ effect[size:]
    return found


def _stack(values: list[Numbers], block: slice) -> Numbers:
    """Values of the rows of a block in each of their intervals (intervals by rows)."""
    parts = [part for part in (each[0, block] for each in values) if len(part)]
    stacked = np.zeros((len(parts), block.stop - block.start))
    for line, part in zip(stacked, parts, strict=True):
        line[:len(part)] = part
    return stacked


def _spend_whole(panel: Panel, path: Path, spent: Spent, k: int) -> Numbers:
    """What a row spends in an interval that it goes through."""
    begin, end = panel.begins[k:k + 1], panel.ends[k:k + 1]
    places = [np.searchsorted(path.time, day, side="right") for day in (begin, end)]
    return spent(places[0], places[1], begin, np.minimum(end, 1e9), np.zeros(1, dtype=np.int64))


def _list_last(panel: Panel, path: Path, spent: Spent) -> tuple[Numbers, NDArray[np.int32]]:
    """What rows spend in the interval in which their follow-up ends, by its day and cause; which is whose."""
    code = (np.searchsorted(path.time, panel.time) * CAUSES + panel.cause).astype(np.int32)
    stop, cause = np.repeat(path.time, CAUSES), np.tile(np.arange(CAUSES), len(path.time))
    begin = panel.begins[np.maximum(np.searchsorted(panel.begins, stop) - 1, 0)]
    places = [np.searchsorted(path.time, day, side="right") for day in (begin, stop)]
    return spent(places[0], places[1], begin, stop, cause), code


def _find_chances(model: StayingModel, block: slice, cells: Cells, base: Numbers) -> Numbers:
    odds = model.find_odds(cells, block, base @ model.coefficients[:base.shape[1]], model.coefficients)
    return odds / (1 + odds)


def _sum_pulls(cells: Cells, chance: Numbers, goes_on: Numbers, through: Numbers,
               at_end: Numbers) -> Numbers:
    """The sum over intervals of chances times the columns of what was seen times all that is spent later."""
    tables, seen = cells.tables, (cells.line, cells.state)
    sums = np.triu(chance @ goes_on.T, 1) @ through + chance @ at_end
    found = tables[:, 0].T @ sums
    later = np.where(np.arange(len(through)) > cells.line[:, None], goes_on[:, cells.row].T, 0.0) @ through
    spent = chance[cells.line, cells.row][:, None] * (later + at_end[cells.row])
    return np.asarray(found + (tables[seen] - tables[cells.line, 0]).T @ spent)


def find_effect(model: StayingModel, slope: Numbers) -> Numbers:
    """How the estimates move with what is said of each column of a model."""
    kept, effect = list(model.kept), np.zeros_like(slope)
    effect[kept] = np.linalg.pinv(model.information + np.diag(model.penalty), hermitian=True) @ slope[kept]
    return effect
