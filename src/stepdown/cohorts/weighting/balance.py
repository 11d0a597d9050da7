"""Are the two groups alike in each covariate, before and after weighting?

Standardised mean differences divide by the standard deviation of the groups before weighting, so that before
and after stand on one scale (Austin and Stuart, Stat Med 2015;34:3661; R's cobalt does so too). Under 0.1 is
commonly taken as alike. A covariate that is the same in both groups has no standard deviation and its
difference is 0 if the means agree, else not a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.cox import read_covariates
from stepdown.cohorts.survival.follow_up import Numbers, read_labels, read_numbers
from stepdown.cohorts.weighting.logistic import BLOCK, Table
from stepdown.cohorts.weighting.treatment import Treated, find_effective_size, read_groups

# Whose standard deviation divides the difference of means: of both groups, or of one for ATT and ATC.
SPREADS = ("pooled", "treated", "untreated")


@dataclass(frozen=True)
class CovariateBalance:
    """One covariate: means of the untreated and the treated, their distance, and their variances' ratio."""

    name: str
    means_before: tuple[float, float]
    means_after: tuple[float, float]
    difference_before: float
    difference_after: float
    variance_ratio_before: float
    variance_ratio_after: float


@dataclass(frozen=True)
class Balance:
    """All covariates, with the sizes of the untreated and the treated before and after weighting."""

    covariates: tuple[CovariateBalance, ...]
    sizes: tuple[int, int]
    effective_sizes: tuple[float, float]

    @property
    def largest_difference(self) -> float:
        """The largest standardised difference after weighting, whatever its sign; NaN if one is unknown."""
        return max((abs(line.difference_after) for line in self.covariates),
                   key=lambda value: (np.isnan(value), value))


def measure_balance(treated: ArrayLike, covariates: ArrayLike | Mapping[str, ArrayLike],
                    weights: ArrayLike, spread: str = "pooled") -> Balance:
    """Compare the groups before and after ``weights``; rows and arrays as in ``find_treatment_weights``.

    FollowUpError when an array cannot be read or one group is empty.
    """
    group = read_groups(treated)
    names, table = read_covariates(covariates, len(group))
    return _measure(group, names, table, read_numbers("weights", weights, len(group)), spread)


def measure_balance_within(subgroup: ArrayLike, treated: ArrayLike,
                           covariates: ArrayLike | Mapping[str, ArrayLike], weights: ArrayLike,
                           spread: str = "pooled") -> dict[object, Balance | None]:
    """The same within each label of ``subgroup``; None where one of the two groups has nobody."""
    numbers = np.asarray(treated, dtype=np.float64)
    names, table = read_covariates(covariates, len(numbers))
    group, weight = read_groups(treated), read_numbers("weights", weights, len(numbers))
    labels, codes = read_labels("subgroup", subgroup, len(numbers))
    found: dict[object, Balance | None] = {}
    for code, label in enumerate(labels):
        inside = codes == code
        if 0 < group[inside].sum() < inside.sum():
            found[label] = _measure(group[inside], names, table[inside], weight[inside], spread)
        else:
            found[label] = None
    return found


def _measure(group: Treated, names: tuple[str, ...], table: Numbers, weight: Numbers, spread: str) -> Balance:
    return measure_groups(names, (table[~group], table[group]), (weight[~group], weight[group]), spread)


def measure_groups(names: tuple[str, ...], tables: tuple[Table, Table], weights: tuple[Numbers, Numbers],
                   spread: str = "pooled") -> Balance:
    """The same for the checked rows of the untreated and of the treated, a column for each name."""
    none, treated = (_find_moments(table, weight) for table, weight in zip(tables, weights, strict=True))
    lines = tuple(_compare(name, none[..., place], treated[..., place], spread)
                  for place, name in enumerate(names))
    sizes = [find_effective_size(weight) for weight in weights]
    return Balance(lines, (len(weights[0]), len(weights[1])), (sizes[0], sizes[1]))


def _find_moments(table: Table, weights: Numbers) -> Numbers:
    """Means and variances (2), unweighted and weighted (2), of each column.

    Variances are unbiased for weights of one; for others as cobalt: sum w / ((sum w)^2 - sum w^2).
    """
    shift, size = table[:1].astype(np.float64), table.shape[1]
    total, squares, first, second = np.zeros(2), np.zeros(2), np.zeros((2, size)), np.zeros((2, size))
    for begin in range(0, len(table), BLOCK):
        rows = table[begin:begin + BLOCK] - shift  # near the mean, so that nothing is lost in the difference
        each = np.vstack([np.ones(len(rows)), weights[begin:begin + BLOCK]])
        total, squares = total + each.sum(axis=1), squares + (each**2).sum(axis=1)
        first, second = first + each @ rows, second + each @ rows**2
    with np.errstate(divide="ignore", invalid="ignore"):
        means = first / total[:, None]
        spread = np.maximum(second - means * first, 0.0) * (total / (total**2 - squares))[:, None]
    return np.stack([means + shift, np.where(total**2 > squares, spread.T, np.nan).T])


def _compare(name: str, none: Numbers, treated: Numbers, spread: str) -> CovariateBalance:
    """One covariate from the moments of both groups."""
    before, after = ([float(group[0, kind]) for group in (none, treated)] for kind in (0, 1))
    variances, weighted = ([float(group[1, kind]) for group in (none, treated)] for kind in (0, 1))
    chosen = {"pooled": sum(variances) / 2, "treated": variances[1], "untreated": variances[0]}[spread]
    return CovariateBalance(
        name, (before[0], before[1]), (after[0], after[1]), _standardise(before, chosen),
        _standardise(after, chosen), _divide(variances[1], variances[0]), _divide(weighted[1], weighted[0]))


def _standardise(means: list[float], variance: float) -> float:
    apart = means[1] - means[0]
    return 0.0 if apart == 0 else _divide(apart, float(np.sqrt(variance)))


def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("nan")
