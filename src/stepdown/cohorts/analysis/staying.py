"""The chance of staying in view, interval by interval: pooled logistic models of one group's panel.

The rows of an interval share what they had on the index day, and what was seen since is one of a few states,
so that no table of rows by intervals is ever built. Rows are taken in blocks that stay in the processor's
cache through all their intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from stepdown.cohorts.analysis.cells import Cells, sum_logarithms
from stepdown.cohorts.analysis.follow_up import Codes, Mask, Numbers
from stepdown.cohorts.analysis.panel import Panel
from stepdown.cohorts.survival.cox_newton import find_estimable
from stepdown.cohorts.weighting.logistic import Slope, find_start, find_top, list_parts

#: The intervals of a model, each with the rows that are asked (None: all).
Asked = tuple[tuple[int, Mask | None], ...]


@dataclass(frozen=True)
class StayingModel:
    """A model of one way out of view (``reason``) in the intervals where it is ``asked``, and of which rows.

    ``coefficients`` are of the columns of ``base``, then of the states; 0 for what cannot be estimated, which
    ``kept`` leaves out. ``penalty`` is that of a ridge; ``information`` is of the kept columns, without it.
    """

    panel: Panel
    reason: int
    asked: Asked
    coefficients: Numbers
    kept: tuple[int, ...]
    penalty: Numbers
    information: Numbers = field(default_factory=lambda: np.zeros((0, 0)))

    def find_odds(self, cells: Cells, rows: slice, fixed: Numbers, coefficients: Numbers) -> Numbers:
        """The odds of going out of view (intervals by rows of a block); 0 where this is not asked.

        ``fixed`` is the part of the linear predictor that does not change.
        """
        moving = np.full(cells.tables.shape[:2], -np.inf)
        lines = [k for k, _ in self.asked if k < len(moving)]
        moving[lines] = cells.tables[lines] @ coefficients[self.panel.base.shape[1]:]
        odds = cells.find_odds(fixed, moving)
        for k, mask in self.asked:
            if mask is not None and k < len(odds):
                chosen = mask[rows]
                odds[k, :len(chosen)] *= chosen
        return odds

    def leave_rows(self) -> StayingModel:
        """The coefficients alone, with nobody whom they are of."""
        return replace(self, panel=self.panel.leave_rows(), asked=tuple((k, None) for k, _ in self.asked))

    @cached_property
    def leavers(self) -> tuple[Codes, Codes]:
        """The interval and the row of each who left this way where it is asked, in order of rows."""
        happened = self.panel.reason == self.reason
        last = self.panel.last
        is_asked = np.zeros(len(self.panel.begins), dtype=np.bool_)
        is_asked[[k for k, _ in self.asked]] = True
        happened &= is_asked[last]
        for k, mask in self.asked:
            if mask is not None:
                happened[:len(mask)] &= mask | (last[:len(mask)] != k)
        row = np.flatnonzero(happened)
        return last[row].astype(np.int64), row

    def find_leavers(self, rows: slice) -> tuple[Codes, Codes]:
        """The same among the rows of a block, counted in it."""
        line, row = self.leavers
        inside = slice(*np.searchsorted(row, [rows.start, rows.stop]))
        return line[inside], row[inside] - rows.start

    def thin(self, every: int) -> StayingModel:
        """The same model of one in so many rows."""
        return replace(self, panel=self.panel.thin(every), asked=tuple(
            (k, None if mask is None else mask[::every]) for k, mask in self.asked))

    def evaluate(self, coefficients: Numbers) -> Slope:
        """What the panel says at some coefficients of those kept."""
        found, kept = self.sum_up(self.spread(coefficients)), list(self.kept)
        return replace(found, score=found.score[kept], information=found.information[np.ix_(kept, kept)])

    def spread(self, values: Numbers) -> Numbers:
        """Values of the coefficients kept among all, 0 for the others (along the last axis)."""
        spread = np.zeros((*values.shape[:-1], self.panel.width))
        spread[..., list(self.kept)] = values
        return spread

    def sum_up(self, coefficients: Numbers) -> Slope:
        """What the panel says of all columns."""
        width = self.panel.width
        total = Slope(0.0, np.zeros(width), np.zeros((width, width)), 1.0, 0.0)
        for part in (self._sum_block(coefficients, *block) for block in self.panel.blocks):
            total = Slope(total.deviance + part.deviance, total.score + part.score,
                          total.information + part.information, min(total.lowest, part.lowest),
                          max(total.highest, part.highest))
        return total

    def _sum_block(self, coefficients: Numbers, rows: slice, cells: Cells) -> Slope:
        """The same for a block of rows: information of base, of base with states, and of states."""
        base = self.panel.base[rows].astype(np.float64)
        size, (line, row) = base.shape[1], self.find_leavers(rows)
        odds = self.find_odds(cells, rows, base @ coefficients[:size], coefficients)
        growth = 1 + odds
        chance = odds / growth
        each = chance / growth
        left, residual = -chance.sum(axis=0), -cells.sum_states(chance)
        left[row] += 1
        np.add.at(residual, (line, self.panel.states[line, rows.start + row]), 1)
        score = np.concatenate([left @ base, residual.ravel() @ cells.tables.reshape(residual.size, -1)])
        happened = float(np.log(np.maximum(odds[line, row], 1e-300)).sum())
        return Slope(-2 * (happened - sum_logarithms(growth)), score, _multiply(cells, base, each),
                     *self._find_extremes(odds, cells))

    def sum_asked(self, rows: slice, cells: Cells) -> Numbers:
        """The products of all columns with each other, of a block's rows in the intervals asked."""
        base = self.panel.base[rows].astype(np.float64)
        return _multiply(cells, base, self.find_odds(cells, rows, np.zeros(cells.size), self.coefficients))

    def _find_extremes(self, odds: Numbers, cells: Cells) -> tuple[float, float]:
        """The least and the greatest chance of those asked."""
        lines = [k for k, _ in self.asked if k < len(odds)]
        parts = [odds[:cells.full]] if len(lines) == len(odds) else []
        parts += [odds[k, :cells.counts[k]] for k in lines if not parts or k >= cells.full]
        least = min((part.min(initial=np.inf) for part in parts), default=np.inf)
        if not least:  # some rows are not asked
            least = odds[odds > 0].min(initial=np.inf)
        most = odds.max(initial=0.0)
        return float(least / (1 + least)) if np.isfinite(least) else 1.0, float(most / (1 + most))


def sum_products(panel: Panel, asked: Asked) -> Numbers:
    """The products of all columns of a panel with each other, summed over the rows and intervals asked."""
    empty = StayingModel(panel, -1, asked, np.zeros(panel.width), tuple(range(panel.width)), np.zeros(0))
    return sum((empty.sum_asked(*block) for block in panel.blocks), np.zeros((panel.width, panel.width)))


def _multiply(cells: Cells, base: Numbers, each: Numbers) -> Numbers:
    """The products of the columns of base and states, where each row counts ``each`` (intervals by rows)."""
    tables, size = cells.tables.reshape(-1, cells.tables.shape[2]), base.shape[1]
    products = np.empty((size + tables.shape[1], size + tables.shape[1]))
    products[:size, :size] = base.T @ (base * each.sum(axis=0)[:, None])
    products[size:, :size] = cells.sum_columns(each) @ base
    products[:size, size:] = products[size:, :size].T
    products[size:, size:] = (tables.T * cells.sum_states(each).ravel()) @ tables
    return products


def fit_staying(panel: Panel, reason: int, asked: Asked, columns: int, like: tuple[StayingModel, ...] = (),
                products: Numbers | None = None) -> StayingModel | None:
    """The model of one way out of view on the first ``columns``; None where it is the same in all rows.

    The search begins at the answer of that of ``like`` which asks the same of other rows, if there is one.
    ``products`` are those of ``sum_products``, where they are known.
    """
    asked = tuple((k, mask) for k, mask in asked if panel.sizes[k])
    empty = StayingModel(panel, reason, asked, np.zeros(panel.width), tuple(range(panel.width)), np.zeros(0))
    times = sum(int(panel.sizes[k] if mask is None else mask.sum()) for k, mask in asked)
    happened = len(empty.leavers[0])
    if not 0 < happened < times:
        return None
    products = sum_products(panel, asked) if products is None else products
    scale = np.sqrt(np.maximum(np.diag(products), np.finfo(np.float64).tiny))
    kept = tuple(j for j in find_estimable(products, scale) if j < columns)
    model, means = replace(empty, kept=kept), products[0] / times
    spread = (np.diag(products) / times - means**2)[list(kept)]
    start, spread = _begin_like(model, like, columns, means), np.maximum(spread, 0.0)
    parts = list_parts(len(panel.row))
    for every in parts if start is None else parts[1:]:
        start = find_start(model.thin(every).evaluate, happened / times, spread, start)
    top = find_top(model.evaluate, happened / times, spread, start=start)
    return replace(model, coefficients=model.spread(top.coefficients), penalty=top.penalty,
                   information=top.slope.information)


def _begin_like(model: StayingModel, like: tuple[StayingModel, ...], columns: int,
                means: Numbers) -> Numbers | None:
    """The coefficients of a model of the same on other rows; what is the same in all of these goes into the
    intercept."""
    same = next((each for each in like if each.reason == model.reason and len(means) == each.panel.width
                 and (max(each.kept) < each.panel.base.shape[1]) == (columns == model.panel.base.shape[1])
                 and not each.penalty.any()), None)
    if same is None:
        return None
    start = same.coefficients.copy()
    fixed = [place for place in range(len(start)) if place not in model.kept]
    start[0] += start[fixed] @ means[fixed]
    return np.asarray(start[list(model.kept)])


def sum_parts(model: StayingModel) -> tuple[Numbers, Numbers]:
    """What each row adds to the score and to the information (its upper half), at the fit.

    Rows by columns kept, and rows by pairs of them. For few rows: people are then resampled.
    """
    panel, kept, (upper, lower) = model.panel, list(model.kept), np.triu_indices(len(model.kept))
    everybody, cells, size = slice(0, len(panel.row)), panel.cells, panel.base.shape[1]
    odds = model.find_odds(cells, everybody, panel.base @ model.coefficients[:size], model.coefficients)
    chance = odds / (1 + odds)
    residual = -chance
    residual[model.leavers] += 1
    score, information = np.zeros((len(panel.row), len(kept))), np.zeros((len(panel.row), len(upper)))
    for k, count in enumerate(cells.counts.tolist()):
        columns = np.hstack([panel.base[:count], panel.tables[k][panel.states[k, :count]]])[:, kept]
        score[:count] += residual[k, :count, None] * columns
        pull = (chance * (1 - chance))[k, :count, None]
        information[:count] += pull * columns[:, upper] * columns[:, lower]
    return score, information
