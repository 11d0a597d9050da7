"""The chance of staying in view, interval by interval: pooled logistic models of one group's panel.

The rows of an interval share what they had on the index day, and what was seen since is one of a few states,
so that no table of rows by intervals is ever built.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from stepdown.cohorts.analysis.follow_up import Mask, Numbers
from stepdown.cohorts.analysis.panel import Panel
from stepdown.cohorts.survival.cox_newton import find_estimable
from stepdown.cohorts.weighting.logistic import Slope, find_probability, find_top

#: The intervals of a model, each with the rows that are asked (None: all).
Asked = tuple[tuple[int, Mask | None], ...]


@dataclass(frozen=True)
class StayingModel:
    """A model of one way out of view (``reason``) in the intervals where it is ``asked``, and of which rows.

    ``coefficients`` are of the columns of ``base``, then of the states; 0 for what cannot be estimated, which
    ``kept`` leaves out. ``penalty`` is that of a ridge.
    """

    panel: Panel
    reason: int
    asked: Asked
    coefficients: Numbers
    kept: tuple[int, ...]
    penalty: Numbers

    def find_predictors(self, coefficients: Numbers) -> Numbers:
        """The part of the linear predictor that does not change (one line for each line of coefficients)."""
        return np.asarray(coefficients[:, :self.panel.base.shape[1]] @ self.panel.base.T)

    def find_chances(self, k: int, predictors: Numbers, coefficients: Numbers) -> Numbers:
        """The chance of going out of view in interval ``k``, 0 where it is not asked."""
        states, size = self.panel.states[k], len(self.panel.states[k])
        moving = coefficients[:, self.panel.base.shape[1]:] @ self.panel.tables[k].T
        chances = find_probability(predictors[:, :size] + moving[:, states])
        mask = dict(self.asked)[k]
        return chances if mask is None else chances * mask

    @cached_property
    def intervals(self) -> frozenset[int]:
        """The intervals in which it is asked."""
        return frozenset(k for k, _ in self.asked)

    def find_outcomes(self, k: int) -> Numbers:
        """Who goes out of view in interval ``k`` for this reason: 1, else 0."""
        happened = np.zeros(len(self.panel.states[k]))
        rows = self.panel.leaving(k)
        happened[rows] = self.panel.reason[rows] == self.reason
        mask = dict(self.asked)[k]
        return happened if mask is None else happened * mask

    def evaluate(self, coefficients: Numbers) -> Slope:
        """What the panel says at some coefficients of those kept."""
        sums = self.sum_up(self.spread(coefficients)[None])
        kept = list(self.kept)
        return Slope(sums.deviance, sums.score[kept], sums.information[np.ix_(kept, kept)], sums.lowest,
                     sums.highest)

    def spread(self, values: Numbers) -> Numbers:
        """Values of the coefficients kept among all, 0 for the others (along the last axis)."""
        spread = np.zeros((*values.shape[:-1], self.panel.width))
        spread[..., list(self.kept)] = values
        return spread

    def sum_up(self, coefficients: Numbers) -> Slope:
        """The same for all columns: information in three parts, of base, of base with states, of states."""
        panel, size = self.panel, self.panel.base.shape[1]
        predictors = self.find_predictors(coefficients)
        pull, left = np.zeros(len(panel.row)), np.zeros(len(panel.row))
        across = np.zeros((panel.width - size, len(panel.row)))
        score, information = np.zeros(panel.width), np.zeros((panel.width, panel.width))
        deviance, lowest, highest = 0.0, 1.0, 0.0
        for k, mask in self.asked:
            states, table = panel.states[k], panel.tables[k]
            chance = self.find_chances(k, predictors, coefficients)[0]
            happened, each = self.find_outcomes(k), chance * (1 - chance)
            pull[:len(states)] += each
            left[:len(states)] += happened - chance
            across[:, :len(states)] += each * table.T[:, states]
            score[size:] += np.bincount(states, happened - chance, len(table)) @ table
            information[size:, size:] += (table.T * np.bincount(states, each, len(table))) @ table
            seen = chance if mask is None else chance[mask]
            right = np.where(happened == 1, chance, 1 - chance)
            deviance -= 2 * float(np.log(np.maximum(right, 1e-300)).sum())
            lowest, highest = min(lowest, seen.min(initial=1.0)), max(highest, seen.max(initial=0.0))
        score[:size] = left @ panel.base
        information[:size, :size] = (panel.base.T * pull) @ panel.base
        information[:size, size:] = (across @ panel.base).T
        information[size:, :size] = information[:size, size:].T
        return Slope(deviance, score, information, float(lowest), float(highest))


def fit_staying(panel: Panel, reason: int, asked: Asked, columns: int) -> StayingModel | None:
    """The model of one way out of view on the first ``columns``; None where it is the same in all rows."""
    asked = tuple((k, mask) for k, mask in asked if panel.sizes[k])
    empty = StayingModel(panel, reason, asked, np.zeros(panel.width), tuple(range(panel.width)), np.zeros(0))
    times = sum(int(panel.sizes[k] if mask is None else mask.sum()) for k, mask in asked)
    happened = sum(float(empty.find_outcomes(k).sum()) for k, _ in asked)
    if not 0 < happened < times:
        return None
    products = 4 * empty.sum_up(np.zeros((1, panel.width))).information
    scale = np.sqrt(np.maximum(np.diag(products), np.finfo(np.float64).tiny))
    kept = tuple(j for j in find_estimable(products, scale) if j < columns)
    model = replace(empty, kept=kept)
    means = products[0] / times
    spread = (np.diag(products) / times - means**2)[list(kept)]
    top = find_top(model.evaluate, happened / times, np.maximum(spread, 0.0))
    return replace(model, coefficients=model.spread(top.coefficients), penalty=top.penalty)


def sum_parts(model: StayingModel) -> tuple[Numbers, Numbers]:
    """What each row adds to the score and to the information (its upper half), at the fit.

    Rows by columns kept, and rows by pairs of them. For few rows: people are then resampled.
    """
    kept, (upper, lower) = list(model.kept), np.triu_indices(len(model.kept))
    rows = len(model.panel.row)
    score, information = np.zeros((rows, len(kept))), np.zeros((rows, len(upper)))
    predictors = model.find_predictors(model.coefficients[None])
    for k, _ in model.asked:
        states = model.panel.states[k]
        chance = model.find_chances(k, predictors, model.coefficients[None])[0]
        columns = np.hstack([model.panel.base[:len(states)], model.panel.tables[k][states]])[:, kept]
        score[:len(states)] += (model.find_outcomes(k) - chance)[:, None] * columns
        information[:len(states)] += (chance * (1 - chance))[:, None] * columns[:, upper] * columns[:, lower]
    return score, information


def find_residuals(model: StayingModel) -> tuple[Numbers, Numbers]:
    """What happened less its chance, summed over the intervals of each row; and times the states' columns."""
    panel = model.panel
    plain = np.zeros(len(panel.row))
    moving = np.zeros((len(panel.row), panel.width - panel.base.shape[1]))
    predictors = model.find_predictors(model.coefficients[None])
    for k, _ in model.asked:
        states = panel.states[k]
        left = model.find_outcomes(k) - model.find_chances(k, predictors, model.coefficients[None])[0]
        plain[:len(states)] += left
        moving[:len(states)] += left[:, None] * panel.tables[k][states]
    return plain, moving


