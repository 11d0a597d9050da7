"""Covariates that are missing: filled in several times and combined, or marked as missing.

Multiple imputation by chained equations with predictive mean matching (van Buuren, Flexible Imputation of
Missing Data, 2nd ed. 2018; White, Royston and Wood, Stat Med 2011;30:377); the outcome belongs among the
covariates, as its cumulative hazard and whether it happened (White and Royston, Stat Med 2009;28:1982).
Rubin's rules combine (Rubin 1987), with the degrees of freedom of Barnard and Rubin, Biometrika 1999;86:948.
The missing-indicator method keeps everybody in a weighting model (D'Agostino and Rubin, JASA 2000;95:749).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers

# As R's mice: people whose predicted value is nearest, from whom the value is drawn.
DONORS = 5
# Keeps a regression on nearly redundant covariates from running away, as in mice.
RIDGE = 1e-5


@dataclass(frozen=True)
class Combined:
    """One estimate from several imputations, with the interval that allows for what was missing.

    ``fraction_missing`` is the share of the variance that comes from not knowing the missing values.
    """

    value: float
    standard_error: float
    lower: float
    upper: float
    p_value: float
    degrees_of_freedom: float
    fraction_missing: float
    imputations: int


def combine_imputations(values: ArrayLike, standard_errors: ArrayLike, *, complete: float = np.inf,
                        level: float = 0.95) -> Combined:
    """Combine estimates of the same thing (on a scale where they are normal, such as log hazard ratios).

    ``complete`` is the degrees of freedom had nothing been missing. FollowUpError with fewer than two
    imputations or a value that is not a number: what could not be estimated once cannot be combined.
    """
    from scipy.special import stdtr, stdtrit

    q, errors = np.asarray(values, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    if q.shape != errors.shape or q.ndim != 1 or len(q) < 2:
        raise FollowUpError("give the estimate and the standard error of two or more imputations.")
    if not np.isfinite(np.concatenate([q, errors])).all():
        raise FollowUpError("an imputation has no estimate; what could not be estimated cannot be combined.")
    within, between, m = float((errors**2).mean()), float(q.var(ddof=1)), len(q)
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total else 0.0
    freedom = _find_freedom(share, m, complete)
    error, value = float(np.sqrt(total)), float(q.mean())
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    chance = float(2 * stdtr(freedom, -abs(value) / error)) if error else float("nan")
    missing = (share + 2 / (freedom + 3) * (1 - share)) if share else 0.0
    return Combined(value, error, value - reach, value + reach, chance, freedom, missing, m)


def _find_freedom(share: float, imputations: int, complete: float) -> float:
    """Barnard and Rubin's degrees of freedom; 1e9 stands for normal."""
    if share == 0:
        return float(min(complete, 1e9))
    old = (imputations - 1) / share**2
    if not np.isfinite(complete):
        return float(min(old, 1e9))
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    return float(old * observed / (old + observed))


def impute_covariates(covariates: Mapping[str, ArrayLike], *, imputations: int = 20, rounds: int = 10,
                      seed: int = 1) -> list[dict[str, Numbers]]:
    """Fill in what is missing (not a number), ``imputations`` times; all else stays as it is.

    Give treatment, outcome and its cumulative hazard (``survival.estimate_survival``) among the covariates,
    or their ties to what is missing are lost. Values come from people whose predicted value is near, so that
    scores stay scores and 0/1 stays 0/1. FollowUpError when a covariate is missing everywhere.
    """
    names, table = list(covariates), _read_table(covariates)
    missing = np.isnan(table)
    for name, column in zip(names, missing.T, strict=True):
        if column.all():
            raise FollowUpError(f"{name} is missing in every row; there is nothing to fill it in from.")
    filled = [_impute_once(table, missing, rounds, np.random.default_rng([seed, number]))
              for number in range(imputations)]
    return [dict(zip(names, one.T, strict=True)) for one in filled]


def _read_table(covariates: Mapping[str, ArrayLike]) -> Numbers:
    columns = [np.asarray(column, dtype=np.float64) for column in covariates.values()]
    if not columns or len({len(column) for column in columns}) > 1:
        raise FollowUpError("covariates must name one or more columns of the same length.")
    return np.column_stack(columns)


def _impute_once(table: Numbers, missing: NDArray[np.bool_], rounds: int,
                 random: np.random.Generator) -> Numbers:
    """Begin with values drawn from those known, then go round the covariates that have gaps."""
    filled = table.copy()
    gaps = [j for j in np.argsort(missing.sum(axis=0), kind="stable") if missing[:, j].any()]
    for j in gaps:
        known = table[~missing[:, j], j]
        filled[missing[:, j], j] = random.choice(known, int(missing[:, j].sum()))
    for _ in range(rounds if table.shape[1] > 1 else 0):
        for j in gaps:
            filled[missing[:, j], j] = _match(filled, table[:, j], missing[:, j], j, random)
    return filled


def _match(filled: Numbers, column: Numbers, gaps: NDArray[np.bool_], j: int,
           random: np.random.Generator) -> Numbers:
    """Predictive mean matching: predict with the fit for those known, and with a draw for those missing."""
    others = np.delete(filled, j, axis=1)
    spread = others.std(axis=0)
    scaled = (others - others.mean(axis=0)) / np.where(spread > 0, spread, 1)
    design = np.column_stack([np.ones(len(others)), scaled])
    known, target = design[~gaps], column[~gaps]
    squares = known.T @ known
    inverse = np.linalg.inv(squares + np.diag(np.maximum(np.diag(squares), 1.0) * RIDGE))
    fitted = inverse @ (known.T @ target)
    left = target - known @ fitted
    freedom = max(len(target) - design.shape[1], 1)
    noise = np.sqrt(float(left @ left) / random.chisquare(freedom))
    drawn = fitted + noise * np.linalg.cholesky(inverse) @ random.standard_normal(len(fitted))
    return _draw_donors(known @ fitted, target, design[gaps] @ drawn, random)


def _draw_donors(predicted: Numbers, values: Numbers, wanted: Numbers,
                 random: np.random.Generator) -> Numbers:
    """For each wanted prediction the value of one of the nearest known, drawn at random."""
    order = np.argsort(predicted, kind="stable")
    donors = min(DONORS, len(order))
    place = np.searchsorted(predicted[order], wanted)
    around = place[:, None] + np.arange(-donors, donors)
    near = np.clip(around, 0, len(order) - 1)
    distance = np.where(around == near, np.abs(predicted[order][near] - wanted[:, None]), np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :donors]
    chosen = nearest[np.arange(len(wanted)), random.integers(0, donors, len(wanted))]
    return np.asarray(values[order][near[np.arange(len(wanted)), chosen]])


def mark_missing(covariates: Mapping[str, ArrayLike]) -> dict[str, Numbers]:
    """The missing-indicator method: gaps become the mean of those known, and a 0/1 covariate marks them.

    The marker of ``edss`` is ``edss_missing``. It is for the model of treatment, where balance shows what it
    did; in a model of the outcome it can mislead (Groenwold and others, CMAJ 2012;184:1265). FollowUpError
    when a covariate is missing everywhere.
    """
    marked: dict[str, Numbers] = {}
    for name, column in zip(covariates, _read_table(covariates).T, strict=True):
        gaps = np.isnan(column)
        if gaps.all():
            raise FollowUpError(f"{name} is missing in every row; leave it out.")
        marked[name] = np.where(gaps, column[~gaps].mean(), column)
        if gaps.any():
            marked[f"{name}_missing"] = gaps.astype(np.float64)
    return marked
