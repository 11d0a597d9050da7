"""Weights that make two groups alike in what was measured, from their propensity scores.

Inverse probability weights after Rosenbaum, J Am Stat Assoc 1987;82:387 (stabilised: Robins, Hernan and
Brumback, Epidemiology 2000;11:550); overlap weights after Li, Morgan and Zaslavsky, J Am Stat Assoc
2018;113:390; trimming after Crump and others, Biometrika 2009;96:187; truncation after Cole and Hernan,
Am J Epidemiol 2008;168:656.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers, read_numbers, refuse_rows

Treated = NDArray[np.bool_]


def _weigh_all(treated: Treated, score: Numbers) -> Numbers:
    return np.where(treated, 1 / score, 1 / (1 - score))


def _weigh_all_stabilised(treated: Treated, score: Numbers) -> Numbers:
    share = float(treated.mean())
    return _weigh_all(treated, score) * np.where(treated, share, 1 - share)


def _weigh_treated(treated: Treated, score: Numbers) -> Numbers:
    return np.where(treated, 1.0, score / (1 - score))


def _weigh_untreated(treated: Treated, score: Numbers) -> Numbers:
    return np.where(treated, (1 - score) / score, 1.0)


def _weigh_overlap(treated: Treated, score: Numbers) -> Numbers:
    return np.where(treated, 1 - score, score)


# Whom the weighted groups stand for: everybody, everybody (stabilised), the treated, the untreated, those who
# might have been in either group.
ESTIMANDS: dict[str, Callable[[Treated, Numbers], Numbers]] = {
    "ate": _weigh_all, "ate-stabilised": _weigh_all_stabilised, "att": _weigh_treated,
    "atc": _weigh_untreated, "overlap": _weigh_overlap}


@dataclass(frozen=True)
class TreatmentWeights:
    """One weight a row, and what was done to get it.

    ``trimmed`` marks rows whose score lay outside ``trim`` (their weight is 0); ``truncated`` counts weights
    that were cut to ``bounds``. The effective sizes are those of the two groups, treated last.
    """

    weights: Numbers
    estimand: str
    trimmed: Treated
    truncated: int
    bounds: tuple[float, float] | None
    effective_sizes: tuple[float, float]


def find_treatment_weights(treated: ArrayLike, score: ArrayLike, estimand: str = "ate", *,
                           trim: tuple[float, float] | None = None,
                           truncate: tuple[float, float] | None = None) -> TreatmentWeights:
    """Weigh rows by their propensity ``score``, the probability of being ``treated``.

    ``estimand``: ate, ate-stabilised, att, atc, overlap. ``trim`` leaves out rows with scores outside the two
    bounds, such as (0.05, 0.95); fit the score anew on those left if you can. ``truncate`` cuts weights to
    two of their quantiles, such as (0.01, 0.99). FollowUpError when an array cannot be read, a score is 0 or
    1 and would need an infinite weight, or one group is empty.
    """
    if estimand not in ESTIMANDS:
        raise FollowUpError(f"there is no estimand {estimand!r}; choose one of {', '.join(ESTIMANDS)}.")
    group, scores = read_groups(treated), read_numbers("score", score)
    if len(group) != len(scores):
        raise FollowUpError(f"score has {len(scores)} rows where treated has {len(group)}.")
    low, high = _read_range("trim", trim) if trim else (0.0, 1.0)
    trimmed = (scores < low) | (scores > high)
    refuse_rows("score", (scores < 0) | (scores > 1), "is no probability")
    with np.errstate(divide="ignore"):
        weights = np.where(trimmed, 0.0, ESTIMANDS[estimand](group, scores))
    refuse_rows("score", ~np.isfinite(weights), "is 0 or 1 and needs an infinite weight; trim such rows")
    weights, truncated, bounds = truncate_weights(weights, ~trimmed, truncate)
    sizes = tuple(find_effective_size(weights[group == side]) for side in (False, True))
    return TreatmentWeights(weights, estimand, trimmed, truncated, bounds, (sizes[0], sizes[1]))


def read_groups(treated: ArrayLike) -> Treated:
    """Which rows are treated; FollowUpError unless both groups have rows and all are 0 or 1."""
    numbers = read_numbers("treated", treated)
    refuse_rows("treated", (numbers != 0) & (numbers != 1), "is neither 0 nor 1")
    if not 0 < numbers.sum() < len(numbers):
        raise FollowUpError("treated is the same in every row: there are no two groups to compare.")
    return np.asarray(numbers == 1)


def _read_range(name: str, bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = bounds
    if not 0 <= low < high <= 1:
        raise FollowUpError(f"{name} must be two numbers from 0 to 1, the lower first, such as (0.01, 0.99).")
    return low, high


def truncate_weights(
        weights: Numbers, used: Treated,
        quantiles: tuple[float, float] | None) -> tuple[Numbers, int, tuple[float, float] | None]:
    """Cut the weights in use to two of their quantiles; how many were cut, and to what."""
    if quantiles is None:
        return weights, 0, None
    low, high = np.quantile(weights[used], _read_range("truncate", quantiles)).tolist()
    cut = np.where(used, np.clip(weights, low, high), weights)
    return cut, int((cut != weights).sum()), (low, high)


def find_effective_size(weights: Numbers) -> float:
    """How many people of weight one would be as informative: (sum)^2 / sum of squares (Kish 1965)."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0
