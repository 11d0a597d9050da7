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
    sides = (~group, group)
    lines = tuple(_compare(name, [column[side] for side in sides], [weight[side] for side in sides], spread)
                  for name, column in zip(names, table.T, strict=True))
    sizes = [find_effective_size(weight[side]) for side in sides]
    return Balance(lines, (int((~group).sum()), int(group.sum())), (sizes[0], sizes[1]))


def _compare(name: str, values: list[Numbers], weights: list[Numbers], spread: str) -> CovariateBalance:
    plain = [np.ones(len(x)) for x in values]
    before, after = ([_find_mean(x, w) for x, w in zip(values, each, strict=True)]
                     for each in (plain, weights))
    variances = [_find_variance(x, w) for x, w in zip(values, plain, strict=True)]
    weighted = [_find_variance(x, w) for x, w in zip(values, weights, strict=True)]
    chosen = {"pooled": sum(variances) / 2, "treated": variances[1], "untreated": variances[0]}[spread]
    return CovariateBalance(
        name, (before[0], before[1]), (after[0], after[1]), _standardise(before, chosen),
        _standardise(after, chosen), _divide(variances[1], variances[0]), _divide(weighted[1], weighted[0]))


def _find_mean(values: Numbers, weights: Numbers) -> float:
    return _divide(float(weights @ values), float(weights.sum()))


def _find_variance(values: Numbers, weights: Numbers) -> float:
    """Unbiased for weights of one; for others as cobalt: sum w / (sum w)^2 - sum w^2."""
    total = float(weights.sum())
    squares = float(weights @ (values - _find_mean(values, weights)) ** 2)
    return _divide(total * squares, total**2 - float((weights**2).sum()))


def _standardise(means: list[float], variance: float) -> float:
    apart = means[1] - means[0]
    return 0.0 if apart == 0 else _divide(apart, float(np.sqrt(variance)))


def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("nan")
