"""The probability of something for each row, from a logistic model; the propensity score among others.

Iteratively reweighted least squares as in R's glm, but climbed to the top (glm stops a little below it), so
that overlap weights balance the covariates exactly. When some covariates separate the two kinds of rows
there is no finite answer: the model is then fitted anew with a ridge penalty on standardised covariates (Le
Cessie and van Houwelingen, Appl Stat 1992;41:191), and the result says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.cox import read_covariates
from stepdown.cohorts.survival.follow_up import (
    FollowUpError,
    Numbers,
    read_numbers,
    read_weights,
    refuse_rows,
)

# The relative change of the deviance at which the search stops, and the most steps.
TOLERANCE, MOST_STEPS = 1e-12, 40
# qr's tolerance in glm.fit: a column with less left of it after those before is redundant.
REDUNDANT = 1e-11
# A fitted probability this close to 0 or 1 is a sign of separation.
CERTAIN = 1e-8
# The penalty of the second attempt: one on the log-likelihood per squared standard deviation, as a normal
# prior with standard deviation 1 on each coefficient would be.
RIDGE = 1.0


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
class _Search:
    coefficients: Numbers
    probabilities: Numbers
    information: Numbers
    deviance: float
    iterations: int
    has_converged: bool


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
    kept = find_independent(design)
    found, ridge = _search(design[:, kept], outcome, weight, 0.0), 0.0
    if not found.has_converged or _is_certain(found.probabilities[weight > 0], may_be_never):
        found, ridge = _search_with_ridge(design[:, kept], outcome, weight), RIDGE
    left_out = tuple(name for j, name in enumerate(names, 1) if j not in kept)
    return _describe(names, left_out, kept, found, ridge)


def _is_certain(probabilities: Numbers, may_be_never: bool) -> bool:
    never = (probabilities < CERTAIN) & (not may_be_never)
    return bool((never | (probabilities > 1 - CERTAIN)).any())


def _describe(names: tuple[str, ...], left_out: tuple[str, ...], kept: list[int], found: _Search,
              ridge: float) -> LogisticFit:
    size, warnings = len(names) + 1, []
    coefficients, covariance = np.full(size, np.nan), np.full((size, size), np.nan)
    coefficients[kept], covariance[np.ix_(kept, kept)] = found.coefficients, np.linalg.pinv(found.information)
    if left_out:
        warnings.append(f"{', '.join(left_out)}: the same in every row, or given by others; left out.")
    if ridge:
        warnings.append("The covariates tell the two kinds of rows apart almost surely, so a ridge penalty "
                        f"of {ridge:g} on standardised covariates was used; look at the overlap first.")
    if not found.has_converged:
        warnings.append("The search for the coefficients did not settle; the figures are not final.")
    return LogisticFit(names, coefficients, covariance, found.probabilities, found.deviance, found.iterations,
                       found.has_converged, ridge, left_out, tuple(warnings))


def find_independent(design: Numbers) -> list[int]:
    """The columns that are not a sum of those before them."""
    kept: list[int] = []
    basis = np.zeros((len(design), 0))
    for j, column in enumerate(design.T):
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        size = float(np.linalg.norm(left))
        if size > REDUNDANT * max(float(np.linalg.norm(column)), 1e-300):
            kept.append(j)
            basis = np.column_stack([basis, left / size])
    return kept


def _search(design: Numbers, outcome: Numbers, weight: Numbers, penalty: float | Numbers) -> _Search:
    """Climb from R's start; with a penalty the deviance includes it."""
    start = (weight * outcome + 0.5) / (weight + 1)
    predictor, before = np.log(start / (1 - start)), _find_deviance(start, outcome, weight)
    ridge = np.broadcast_to(np.asarray(penalty, dtype=np.float64), design.shape[1])
    for step in range(1, MOST_STEPS + 1):
        probability = find_probability(predictor)
        pull = np.maximum(probability * (1 - probability), np.finfo(np.float64).eps)
        scaled = design * (weight * pull)[:, None]
        information = scaled.T @ design + np.diag(ridge)
        aim = scaled.T @ (predictor + (outcome - probability) / pull)
        coefficients: Numbers = np.asarray(np.linalg.lstsq(information, aim, rcond=None)[0])
        predictor = design @ coefficients
        probability = find_probability(predictor)
        deviance = _find_deviance(probability, outcome, weight) + float(ridge @ coefficients**2)
        if abs(deviance - before) / (abs(deviance) + 0.1) < TOLERANCE:
            return _Search(coefficients, probability, information, deviance, step, True)
        before = deviance
    return _Search(coefficients, probability, information, deviance, step, False)


def _search_with_ridge(design: Numbers, outcome: Numbers, weight: Numbers) -> _Search:
    """The same with a penalty on all but the intercept, in units of each covariate's standard deviation."""
    spread = design.std(axis=0)
    return _search(design, outcome, weight, np.where(spread > 0, RIDGE * spread**2, 0.0))


def find_probability(predictor: Numbers) -> Numbers:
    """The logistic function."""
    from scipy.special import expit

    return np.asarray(expit(predictor))


def _find_deviance(probability: Numbers, outcome: Numbers, weight: Numbers) -> float:
    """Minus twice the log-likelihood."""
    chance = np.where(outcome == 1, probability, 1 - probability)
    used: NDArray[np.bool_] = weight > 0
    return float(-2 * weight[used] @ np.log(np.maximum(chance[used], 1e-300)))
