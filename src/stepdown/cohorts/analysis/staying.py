"""The chance of staying in view, interval by interval: pooled logistic models of one group's panel.

The rows of an interval share what they had on the index day, and what was seen since is one of a few states,
so that no table of rows by intervals is ever built. Rows are taken in blocks that stay in the processor's
cache through all their intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

import numpy as np

from stepdown.cohorts.analysis.follow_up import Mask, Numbers
from stepdown.cohorts.analysis.panel import Panel
from stepdown.cohorts.survival.cox_newton import find_estimable
from stepdown.cohorts.weighting.logistic import Slope, find_probability, find_start, find_top

#: The intervals of a model, each with the rows that are asked (None: all).
Asked = tuple[tuple[int, Mask | None], ...]
#: Rows taken at a time.
BLOCK = 8192
#: On how many blocks of a larger panel the search for coefficients begins.
_BLOCKS_TO_BEGIN = 6


def each_block(size: int) -> Iterator[slice]:
    """Slices that cut so many rows into blocks."""
    return (slice(first, min(first + BLOCK, size)) for first in range(0, size, BLOCK))


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

    def find_predictors(self, rows: slice, coefficients: Numbers) -> Numbers:
        """The part of the linear predictor that does not change (lines of coefficients by rows)."""
        base = self.panel.base[rows]
        return np.asarray(coefficients[:, :base.shape[1]] @ base.T)

    def find_chances(self, k: int, rows: slice, predictors: Numbers, coefficients: Numbers) -> Numbers:
        """The chance of going out of view in interval ``k`` of the rows followed into it; 0 if not asked."""
        states = self.panel.states[k][rows]
        moving = coefficients[:, self.panel.base.shape[1]:] @ self.panel.tables[k].T
        chances = find_probability(predictors[:, :len(states)] + np.take(moving, states, axis=1))
        for asked, mask in self.asked:
            if asked == k:
                return chances if mask is None else chances * mask[rows]
        return np.zeros_like(chances)

    def asks(self, k: int) -> bool:
        """Whether interval ``k`` is one of its own."""
        return any(asked == k for asked, _ in self.asked)

    def find_leavers(self, k: int, rows: slice) -> tuple[slice, Mask]:
        """The rows of a block (counted in it) whose follow-up ends in interval ``k``; who left this way."""
        part = self.panel.leaving(k)
        first, stop = max(part.start, rows.start), min(part.stop, rows.stop)
        found = slice(first - rows.start, max(stop, first) - rows.start)
        return found, self.panel.reason[first:max(stop, first)] == self.reason

    def evaluate(self, coefficients: Numbers, every: int = 1) -> Slope:
        """What the panel says at some coefficients of those kept."""
        found, kept = self.sum_up(self.spread(coefficients), every), list(self.kept)
        return replace(found, score=found.score[kept], information=found.information[np.ix_(kept, kept)])

    def spread(self, values: Numbers) -> Numbers:
        """Values of the coefficients kept among all, 0 for the others (along the last axis)."""
        spread = np.zeros((*values.shape[:-1], self.panel.width))
        spread[..., list(self.kept)] = values
        return spread

    def sum_up(self, coefficients: Numbers, every: int = 1) -> Slope:
        """What the panel says of all columns; of one in so many of its blocks if ``every`` is not 1."""
        width = self.panel.width
        total = Slope(0.0, np.zeros(width), np.zeros((width, width)), 1.0, 0.0)
        for rows in islice(each_block(len(self.panel.row)), 0, None, every):
            part = self._sum_block(rows, coefficients[None])
            total = Slope(total.deviance + part.deviance, total.score + part.score,
                          total.information + part.information, min(total.lowest, part.lowest),
                          max(total.highest, part.highest))
        return total

    def _sum_block(self, rows: slice, coefficients: Numbers) -> Slope:
        """The same for a block of rows: information of base, of base with states, and of states."""
        panel, base = self.panel, self.panel.base[rows].astype(np.float64)
        size, count, moving = base.shape[1], len(base), self.panel.width - base.shape[1]
        predictors = self.find_predictors(rows, coefficients)
        pull, left, stays = np.zeros(count), np.zeros(count), np.ones(count)
        across = np.zeros((moving, count))
        score, information = np.zeros(panel.width), np.zeros((panel.width, panel.width))
        chosen, lowest, highest = 0.0, 1.0, 0.0
        for k, mask in self.asked:
            table, states = panel.tables[k], panel.states[k][rows]
            if not len(states):
                continue
            chance = self.find_chances(k, rows, predictors, coefficients)[0]
            part, happened = self.find_leavers(k, rows)
            happened = happened if mask is None else happened & mask[rows][part]
            stay = 1 - chance
            each = chance * stay
            residual = -chance
            residual[part] += happened
            stay[part][happened] = 1.0
            chosen += float(np.log(np.maximum(chance[part][happened], 1e-300)).sum())
            stays[:len(states)] *= stay
            pull[:len(states)] += each
            left[:len(states)] += residual
            for line, column in zip(across, table.T, strict=True):
                line[:len(states)] += each * (column[0] if (column == column[0]).all() else column[states])
            score[size:] += np.bincount(states, residual, len(table)) @ table
            information[size:, size:] += (table.T * np.bincount(states, each, len(table))) @ table
            seen = chance if mask is None else chance[mask[rows]]
            lowest, highest = min(lowest, seen.min(initial=1.0)), max(highest, seen.max(initial=0.0))
        score[:size] = left @ base
        information[:size, :size] = base.T @ (base * pull[:, None])
        information[:size, size:] = (across @ base).T
        information[size:, :size] = information[:size, size:].T
        deviance = -2 * (chosen + float(np.log(np.maximum(stays, 1e-300)).sum()))
        return Slope(deviance, score, information, float(lowest), float(highest))


def fit_staying(panel: Panel, reason: int, asked: Asked, columns: int,
                like: tuple[StayingModel, ...] = ()) -> StayingModel | None:
    """The model of one way out of view on the first ``columns``; None where it is the same in all rows.

    The search begins at the answer of that of ``like`` which asks the same of other rows, if there is one.
    """
    asked = tuple((k, mask) for k, mask in asked if panel.sizes[k])
    empty = StayingModel(panel, reason, asked, np.zeros(panel.width), tuple(range(panel.width)), np.zeros(0))
    everybody = slice(0, len(panel.row))
    times = sum(int(panel.sizes[k] if mask is None else mask.sum()) for k, mask in asked)
    happened = 0
    for k, mask in asked:
        part, out = empty.find_leavers(k, everybody)
        happened += int((out if mask is None else out & mask[part]).sum())
    if not 0 < happened < times:
        return None
    products = 4 * empty.sum_up(np.zeros(panel.width)).information
    scale = np.sqrt(np.maximum(np.diag(products), np.finfo(np.float64).tiny))
    kept = tuple(j for j in find_estimable(products, scale) if j < columns)
    model, means = replace(empty, kept=kept), products[0] / times
    spread = (np.diag(products) / times - means**2)[list(kept)]
    every = max(1, len(panel.row) // (BLOCK * _BLOCKS_TO_BEGIN))
    start = _begin_like(model, like, columns, means)
    if start is None and every > 1:
        start = find_start(partial(model.evaluate, every=every), happened / times, len(kept))
    top = find_top(model.evaluate, happened / times, np.maximum(spread, 0.0), start=start)
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
    everybody = slice(0, len(panel.row))
    score, information = np.zeros((len(panel.row), len(kept))), np.zeros((len(panel.row), len(upper)))
    predictors = model.find_predictors(everybody, model.coefficients[None])
    for k, mask in model.asked:
        size = len(panel.states[k])
        chance = model.find_chances(k, everybody, predictors, model.coefficients[None])[0]
        columns = np.hstack([panel.base[:size], panel.tables[k][panel.states[k]]])[:, kept]
        part, happened = model.find_leavers(k, everybody)
        residual = -chance
        residual[part] += happened if mask is None else happened & mask[part]
        score[:size] += residual[:, None] * columns
        information[:size] += (chance * (1 - chance))[:, None] * columns[:, upper] * columns[:, lower]
    return score, information
