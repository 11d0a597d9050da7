"""The probability of something for each row, from a logistic model; the propensity score among others.

Newton's steps, climbed to the top (R's glm stops a little below it), so that overlap weights balance the
covariates exactly. When some covariates separate the two kinds of rows there is no finite answer: the model
is then fitted anew with a ridge penalty on standardised covariates (Le Cessie and van Houwelingen, Appl Stat
1992;41:191), and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

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
# The share of the deviance that the next step has to gain for the search to go on, and the most steps.
TOLERANCE, MOST_STEPS = 1e-10, 40
# A fitted probability this close to 0 or 1 is a sign of separation.
CERTAIN = 1e-8
# The penalty of the second attempt: one on the log-likelihood per squared standard deviation, as a normal
# prior with standard deviation 1 on each coefficient would be.
RIDGE = 1.0
# Rows taken at a time: their columns stay in the cache of the processor.
BLOCK = 16_384


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
    return fit_design(names, design, outcome, weight, may_be_never=may_be_never)


def fit_design(names: tuple[str, ...], design: Table, outcome: Numbers, weight: Numbers, *,
               may_be_never: bool = False) -> LogisticFit:
    """The same for checked arrays; ``design`` has a column of ones first, and may be in short floats."""
    kept = find_independent(design)
    dense = Dense(design if len(kept) == design.shape[1] else design[:, kept], outcome, weight)
    top = find_top(dense.evaluate, float(weight @ outcome / weight.sum()), dense.spread, may_be_never)
    top = replace(top, slope=dense.evaluate(top.coefficients))
    left_out = tuple(name for j, name in enumerate(names, 1) if j not in kept)
    chances = np.concatenate([find_probability(dense.design[rows] @ top.coefficients)
                              for rows in _blocks(len(outcome))])
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


def find_spread(design: Table) -> Numbers:
    """The variance of each column, block by block."""
    shift = design[:1].astype(np.float64)
    total, squares = np.zeros(design.shape[1]), np.zeros(design.shape[1])
    for rows in _blocks(len(design)):
        part = design[rows] - shift
        total += part.sum(axis=0)
        squares += (part**2).sum(axis=0)
    return np.asarray(np.maximum(squares / len(design) - (total / len(design)) ** 2, 0.0))


def find_independent(design: Table) -> list[int]:
    """The columns that are not a sum of those before them."""
    spread = np.sqrt(find_spread(design))
    scale = np.where(spread > 0, spread, 1.0)
    products = np.zeros((design.shape[1], design.shape[1]))
    for rows in _blocks(len(design)):
        part = design[rows] / scale
        products += part.T @ part
    return find_estimable(products, np.sqrt(np.maximum(np.diag(products), np.finfo(np.float64).tiny)))


def _blocks(size: int) -> Iterator[slice]:
    return (slice(first, first + BLOCK) for first in range(0, size, BLOCK))


@dataclass(frozen=True)
class Dense:
    """Rows with a column for each coefficient, what happened in them, and what they weigh."""

    design: Table
    outcome: Numbers
    weight: Numbers

    @property
    def spread(self) -> Numbers:
        """The variance of each column."""
        return find_spread(self.design)

    def evaluate(self, coefficients: Numbers) -> Slope:
        """What the rows say at some coefficients, block by block."""
        size = len(coefficients)
        score, information = np.zeros(size), np.zeros((size, size))
        deviance, lowest, highest = 0.0, 1.0, 0.0
        for rows in _blocks(len(self.outcome)):
            design = self.design[rows].astype(np.float64, copy=False)
            outcome, weight = self.outcome[rows], self.weight[rows]
            chance = find_probability(design @ coefficients)
            score += design.T @ (weight * (outcome - chance))
            information += (design * (weight * chance * (1 - chance))[:, None]).T @ design
            deviance += find_deviance(chance, outcome, weight)
            used = chance[weight > 0]
            lowest, highest = min(lowest, used.min(initial=1.0)), max(highest, used.max(initial=0.0))
        return Slope(deviance, score, information, float(lowest), float(highest))


def find_top(evaluate: Callable[[Numbers], Slope], share: float, spread: Numbers,
             may_be_never: bool = False, start: Numbers | None = None) -> Top:
    """The coefficients (the intercept first) at which the likelihood is greatest.

    ``share`` is how often it happened, ``spread`` the variance of each column; ``start`` may say where to
    begin. With a ridge penalty where there is no finite answer.
    """
    level = np.zeros(len(spread))
    level[0] = np.log(share / (1 - share))
    top = _climb(evaluate, level if start is None else start, np.zeros(len(spread)))
    certain = top.slope.highest > 1 - CERTAIN or (top.slope.lowest < CERTAIN and not may_be_never)
    if top.has_converged and not certain:
        return top
    return _climb(evaluate, level, RIDGE * spread)


def find_start(evaluate: Callable[[Numbers], Slope], share: float, size: int) -> Numbers | None:
    """Where a search over all rows may begin: the answer of a part of them; None if they have no sure one."""
    level = np.zeros(size)
    level[0] = np.log(share / (1 - share))
    top = _climb(evaluate, level, np.zeros(size))
    is_sure = top.has_converged and top.slope.lowest > CERTAIN and top.slope.highest < 1 - CERTAIN
    return top.coefficients if is_sure else None


def _climb(evaluate: Callable[[Numbers], Slope], here: Numbers, penalty: Numbers) -> Top:
    """Newton's steps, halved where they do not rise, until the next would gain next to nothing.

    The last step is taken without looking again: what is left after it is the square of what it gained.
    """
    found, step = evaluate(here), 0
    value = found.deviance + float(penalty @ here**2)
    for step in range(1, MOST_STEPS + 1):
        slope, information = found.score - penalty * here, found.information + np.diag(penalty)
        move: Numbers = np.asarray(np.linalg.lstsq(information, slope, rcond=None)[0])
        if move @ slope < TOLERANCE * (abs(value) + 0.1):
            return Top(here + move, found, step, True, penalty)
        here, found, value = _rise(evaluate, here, move, value, penalty)
    return Top(here, found, step, False, penalty)


def _rise(evaluate: Callable[[Numbers], Slope], here: Numbers, move: Numbers, value: float,
          penalty: Numbers) -> tuple[Numbers, Slope, float]:
    for halvings in range(10):
        there = here + move / 2**halvings
        tried = evaluate(there)
        now = tried.deviance + float(penalty @ there**2)
        if now <= value + TOLERANCE * abs(value):
            break
    return there, tried, now


def find_probability(predictor: Numbers) -> Numbers:
    """The logistic function."""
    from scipy.special import expit

    return np.asarray(expit(predictor))


def find_deviance(probability: Numbers, outcome: Numbers, weight: Numbers) -> float:
    """Minus twice the log-likelihood."""
    chance = np.where(outcome == 1, probability, 1 - probability)
    used = weight > 0
    return float(-2 * weight[used] @ np.log(np.maximum(chance[used], 1e-300)))
