"""The probability of something for each row, from a logistic model; the propensity score among others.

Newton's steps, climbed to the top (R's glm stops a little below it), so that overlap weights balance the
covariates exactly. When some covariates separate the two kinds of rows there is no finite answer: the model
is then fitted anew with a ridge penalty on standardised covariates (Le Cessie and van Houwelingen, Appl Stat
1992;41:191), and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.cox import read_covariates
from stepdown.cohorts.survival.cox_newton import find_estimable
from stepdown.cohorts.survival.follow_up import (
    FollowUpError,
    Numbers,
    read_numbers,
    read_weights,
    refuse_rows,
)

#: Rows by columns, in long or short floats.
Table = NDArray[np.float64] | NDArray[np.float32]
# The share of the deviance that the next step has to gain for the search to go on: from nothing, from an
# answer nearby, and where only a place to begin is sought. The step is taken all the same, and what is left
# after it is the square of what it gained. Then the most steps.
TOLERANCE, NEARBY, ROUGH, MOST_STEPS = 1e-10, 3e-8, 1e-6, 40
# A fitted probability this close to 0 or 1 is a sign of separation.
CERTAIN = 1e-8
# The penalty of the second attempt: one on the log-likelihood per squared standard deviation, as a normal
# prior with standard deviation 1 on each coefficient would be.
RIDGE = 1.0
# Rows taken at a time: their columns stay in the cache of the processor. On how many a search may begin, and
# how many times as many it goes on with.
BLOCK, ROWS_TO_BEGIN, TIMES_MORE = 4096, 49_152, 8
# No predictor is taken as farther from 0 than this: its exponential is finite.
_FARTHEST = 700.0


@dataclass(frozen=True)
class LogisticFit:
    """A logistic model; one coefficient for the intercept, then one for each covariate in ``names``.

    ``probabilities`` are those of the rows. ``ridge`` is the penalty, 0 if none was needed. A covariate in
    ``left_out`` is constant or given by others; its coefficient is not a number. ``warnings`` says all this
    in words.
    """

    names: tuple[str, ...]
    coefficients: Numbers
    covariance: Numbers
    probabilities: Numbers
    deviance: float
    iterations: int
    has_converged: bool
    ridge: float
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def standard_errors(self) -> Numbers:
        """Of the coefficients, from the information; too small to quote when there is a ridge."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


@dataclass(frozen=True)
class Slope:
    """What the data say at some coefficients: minus twice the log-likelihood, its score and information.

    ``lowest`` and ``highest`` are the extremes of the fitted probabilities.
    """

    deviance: float
    score: Numbers
    information: Numbers
    lowest: float
    highest: float


@dataclass(frozen=True)
class Top:
    """Where a search ended: the coefficients, the slope one step before, its steps, and its penalty."""

    coefficients: Numbers
    slope: Slope
    steps: int
    has_converged: bool
    penalty: Numbers


def fit_logistic(happened: ArrayLike, covariates: ArrayLike | Mapping[str, ArrayLike], *,
                 weights: ArrayLike | None = None, may_be_never: bool = False) -> LogisticFit:
    """Fit the probability that ``happened`` (0/1 or true/false, one a row) given the covariates.

    ``covariates`` is a mapping of names to columns, or a table of rows by columns; an intercept is added.
    ``may_be_never`` takes a fitted probability of 0 as an answer (nobody was lost) and not
    as a sign that the model cannot be trusted.
    FollowUpError when an array cannot be read or all rows are of one kind.
    """
    outcome = read_numbers("happened", happened)
    refuse_rows("happened", (outcome != 0) & (outcome != 1), "is neither 0 nor 1")
    if outcome.min(initial=1) == outcome.max(initial=0):
        raise FollowUpError("happened is the same in every row: there is nothing to tell apart.")
    names, table = read_covariates(covariates, len(outcome))
    read = read_weights(weights, len(outcome))
    weight = np.ones(len(outcome)) if read is None else read
    design = np.column_stack([np.ones(len(outcome)), table])
    return fit_tables(names, Tables((design,), (outcome,), (weight,)), may_be_never=may_be_never)


def fit_tables(names: tuple[str, ...], tables: Tables, *, may_be_never: bool = False,
               start: Numbers | None = None) -> LogisticFit:
    """The same for checked tables with a column of ones first; ``start`` may say where to begin.

    Of many rows the search begins at the answer of a part of them.
    """
    kept = tables.find_independent()
    used, share = tables.take(kept), tables.find_share()
    begin = start[kept] if start is not None else used.find_start(share, tables.spread[kept])
    top = find_top(used.evaluate, share, tables.spread[kept], may_be_never, begin)
    top = replace(top, slope=used.evaluate(top.coefficients))
    left_out = tuple(name for j, name in enumerate(names, 1) if j not in kept)
    chances = np.concatenate([find_probability(design @ top.coefficients)
                              for design, _, _ in used.each_block()])
    return _describe(names, left_out, kept, top, chances)


def _describe(names: tuple[str, ...], left_out: tuple[str, ...], kept: list[int], top: Top,
              probabilities: Numbers) -> LogisticFit:
    size, warnings = len(names) + 1, []
    coefficients, covariance = np.full(size, np.nan), np.full((size, size), np.nan)
    information = top.slope.information + np.diag(top.penalty)
    coefficients[kept], covariance[np.ix_(kept, kept)] = top.coefficients, np.linalg.pinv(information)
    ridge = RIDGE if top.penalty.any() else 0.0
    deviance = top.slope.deviance + float(top.penalty @ top.coefficients**2)
    if left_out:
        warnings.append(f"{', '.join(left_out)}: the same in every row, or given by others; left out.")
    if ridge:
        warnings.append("The covariates tell the two kinds of rows apart almost surely, so a ridge penalty "
                        f"of {ridge:g} on standardised covariates was used; look at the overlap first.")
    if not top.has_converged:
        warnings.append("The search for the coefficients did not settle; the figures are not final.")
    return LogisticFit(names, coefficients, covariance, probabilities, deviance, top.steps,
                       top.has_converged, ridge, left_out, tuple(warnings))


@dataclass(frozen=True)
class Tables:
    """Rows in one table or in several: a column for each coefficient, what happened, and what they weigh."""

    designs: tuple[Table, ...]
    outcomes: tuple[Numbers, ...]
    weights: tuple[Numbers, ...]

    def each_block(self) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
        """Columns, outcomes and weights of some rows at a time, in long floats."""
        for design, outcome, weight in zip(self.designs, self.outcomes, self.weights, strict=True):
            for first in range(0, len(design), BLOCK):
                rows = slice(first, first + BLOCK)
                yield design[rows].astype(np.float64, copy=False), outcome[rows], weight[rows]

    def take(self, kept: list[int]) -> Tables:
        """The same rows with some of their columns."""
        if len(kept) == self.designs[0].shape[1]:
            return self
        return replace(self, designs=tuple(design[:, kept] for design in self.designs))

    def find_share(self) -> float:
        """How often it happened, weighted."""
        return float(sum(w @ y for y, w in zip(self.outcomes, self.weights, strict=True))
                     / sum(w.sum() for w in self.weights))

    def find_start(self, share: float, spread: Numbers) -> Numbers | None:
        """Where a search over many rows may begin: the answer of a few of them; None if there is no need."""
        start = None
        for every in list_parts(sum(map(len, self.designs))):
            start = find_start(self._thin(every).evaluate, share, spread, start)
        return start

    def _thin(self, every: int) -> Tables:
        return Tables(tuple(design[::every] for design in self.designs), *(
            tuple(part[::every] for part in parts) for parts in (self.outcomes, self.weights)))

    @cached_property
    def _sums(self) -> tuple[Numbers, Numbers]:
        """The variance of each column, and the products of all with each other."""
        size, count = self.designs[0].shape[1], sum(map(len, self.designs))
        shift = next((design[:1].astype(np.float64) for design in self.designs if len(design)), 0.0)
        total, squares, products = np.zeros(size), np.zeros(size), np.zeros((size, size))
        for design, _, _ in self.each_block():
            part = design - shift
            total += part.sum(axis=0)
            squares += (part**2).sum(axis=0)
            products += design.T @ design
        return np.maximum(squares / count - (total / count) ** 2, 0.0), products

    @property
    def spread(self) -> Numbers:
        """The variance of each column."""
        return self._sums[0]

    def find_independent(self) -> list[int]:
        """The columns that are not a sum of those before them."""
        spread, products = self._sums
        scale = np.where(spread > 0, np.sqrt(spread), 1.0)
        scaled = products / np.outer(scale, scale)
        return find_estimable(scaled, np.sqrt(np.maximum(np.diag(scaled), np.finfo(np.float64).tiny)))

    def evaluate(self, coefficients: Numbers) -> Slope:
        """What the rows say at some coefficients, block by block."""
        size = len(coefficients)
        score, information = np.zeros(size), np.zeros((size, size))
        deviance, lowest, highest = 0.0, 1.0, 0.0
        for design, outcome, weight in self.each_block():
            chance = find_probability(design @ coefficients)
            score += (weight * (outcome - chance)) @ design
            information += design.T @ (design * (weight * chance * (1 - chance))[:, None])
            deviance += find_deviance(chance, outcome, weight)
            used = chance if weight.all() else chance[weight > 0]
            lowest, highest = min(lowest, used.min(initial=1.0)), max(highest, used.max(initial=0.0))
        return Slope(deviance, score, information, float(lowest), float(highest))


def find_top(evaluate: Callable[[Numbers], Slope], share: float, spread: Numbers,
             may_be_never: bool = False, start: Numbers | None = None) -> Top:
    """The coefficients (the intercept first) at which the likelihood is greatest.

    ``share`` is how often it happened, ``spread`` the variance of each column; ``start`` may say where to
    begin. With a ridge penalty where there is no finite answer.
    """
    level, free = _find_level(share, len(spread)), np.zeros(len(spread))
    top = _climb(evaluate, level, free) if start is None else _climb(evaluate, start, free, NEARBY)
    if start is not None and not top.has_converged:
        top = _climb(evaluate, level, free)
    certain = top.slope.highest > 1 - CERTAIN or (top.slope.lowest < CERTAIN and not may_be_never)
    if top.has_converged and not certain:
        return top
    return _climb(evaluate, level, RIDGE * spread)


def list_parts(rows: int) -> list[int]:
    """One in how many rows are asked before all are, a few first and then more; none where rows are few."""
    parts, every = [], rows // ROWS_TO_BEGIN
    while every > 1:
        parts.append(every)
        every //= TIMES_MORE
    return parts


def find_start(evaluate: Callable[[Numbers], Slope], share: float, spread: Numbers,
               start: Numbers | None = None) -> Numbers:
    """Where a search over all rows may begin: the answer of a part of them.

    With a penalty of one or more on every column but the first: in a few rows nothing may have happened to
    those of a rare kind, and from a start at which all of them are certain the search leads nowhere.
    """
    here = _find_level(share, len(spread)) if start is None else start
    penalty = RIDGE * np.maximum(spread, 1.0)
    penalty[0] = 0.0
    return _climb(evaluate, here, penalty, ROUGH).coefficients


def _find_level(share: float, size: int) -> Numbers:
    """The coefficients that give everybody the same chance."""
    level = np.zeros(size)
    level[0] = np.log(share / (1 - share))
    return level


def _climb(evaluate: Callable[[Numbers], Slope], here: Numbers, penalty: Numbers,
           tolerance: float = TOLERANCE) -> Top:
    """Newton's steps, halved where they do not rise, until the next would gain next to nothing.

    The last step is taken without looking again: what is left after it is the square of what it gained.
    """
    found, step = evaluate(here), 0
    value = found.deviance + float(penalty @ here**2)
    for step in range(1, MOST_STEPS + 1):
        slope, information = found.score - penalty * here, found.information + np.diag(penalty)
        move: Numbers = np.asarray(np.linalg.lstsq(information, slope, rcond=None)[0])
        if move @ slope < tolerance * (abs(value) + 0.1):
            return Top(here + move, found, step, True, penalty)
        higher = _rise(evaluate, here, move, value, penalty)
        if higher is None:
            break
        here, found, value = higher
    return Top(here, found, step, False, penalty)


def _rise(evaluate: Callable[[Numbers], Slope], here: Numbers, move: Numbers, value: float,
          penalty: Numbers) -> tuple[Numbers, Slope, float] | None:
    """The first of a step and its halves that rises; None if none does."""
    for halvings in range(10):
        there = here + move / 2**halvings
        tried = evaluate(there)
        now = tried.deviance + float(penalty @ there**2)
        if now <= value + TOLERANCE * abs(value):
            return there, tried, now
    return None


def find_probability(predictor: Numbers) -> Numbers:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-np.clip(predictor, -_FARTHEST, _FARTHEST))))


def find_deviance(probability: Numbers, outcome: Numbers, weight: Numbers) -> float:
    """Minus twice the log-likelihood."""
    chance = np.where(outcome == 1, probability, 1 - probability)
    return float(-2 * weight @ np.log(np.maximum(chance, 1e-300)))
