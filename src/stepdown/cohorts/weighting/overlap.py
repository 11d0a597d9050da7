"""Could everybody have been in either group? The spread of propensity scores and of weights.

Positivity (Petersen and others, Stat Methods Med Res 2012;21:31): where scores come close to 0 or 1, a few
people stand for many who have no like in the other group, and the data cannot answer for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers, read_numbers
from stepdown.cohorts.weighting.treatment import find_effective_size, read_groups

EXTREME = 0.05
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True)
class Overlap:
    """Scores and weights of the untreated (first) and the treated.

    ``quantiles`` are those of the scores at ``SHARES``; ``common`` is the range of scores found in both
    groups, and ``outside`` counts rows beyond it; ``extreme`` counts scores within 0.05 of 0 or 1;
    ``heaviest`` is the share of its group's weight that the heaviest hundredth carries. ``warnings`` says in
    words what speaks against a comparison.
    """

    sizes: tuple[int, int]
    effective_sizes: tuple[float, float]
    quantiles: tuple[Numbers, Numbers]
    common: tuple[float, float]
    outside: tuple[int, int]
    extreme: tuple[int, int]
    largest_weight: float
    heaviest: tuple[float, float]
    warnings: tuple[str, ...]


def check_overlap(treated: ArrayLike, score: ArrayLike, weights: ArrayLike) -> Overlap:
    """Describe how far the two groups overlap; arrays as in ``find_treatment_weights``."""
    group = read_groups(treated)
    scores = read_numbers("score", score, len(group))
    weight = read_numbers("weights", weights, len(group))
    sides = (~group, group)
    low, high = (float(choose(end(scores[side]) for side in sides))
                 for choose, end in ((max, np.min), (min, np.max)))
    outside, extreme = ([int(where[side].sum()) for side in sides] for where in (
        (scores < low) | (scores > high), (scores < EXTREME) | (scores > 1 - EXTREME)))
    sizes = [int(side.sum()) for side in sides]
    effective = [find_effective_size(weight[side]) for side in sides]
    heaviest = [_find_heaviest(weight[side]) for side in sides]
    quantiles = [np.quantile(scores[side], SHARES) for side in sides]
    return Overlap(
        (sizes[0], sizes[1]), (effective[0], effective[1]), (quantiles[0], quantiles[1]), (low, high),
        (outside[0], outside[1]), (extreme[0], extreme[1]), float(weight.max()), (heaviest[0], heaviest[1]),
        _find_warnings(sizes, effective, outside, extreme, low > high))


def _find_heaviest(weight: Numbers) -> float:
    count = max(1, len(weight) // 100)
    return float(np.sort(weight)[-count:].sum() / max(float(weight.sum()), 1e-300))


def _find_warnings(sizes: list[int], effective: list[float], outside: list[int], extreme: list[int],
                   is_apart: bool) -> tuple[str, ...]:
    if is_apart:
        return ("No score is found in both groups: nobody has a like in the other group, and the groups "
                "cannot be compared by weighting.",)
    found = []
    if sum(extreme) > 0.05 * sum(sizes):
        found.append("More than one in twenty scores lies within 0.05 of 0 or 1: for such people one choice "
                     "was nearly certain, and the data say little about the other.")
    if any(left < size / 2 for left, size in zip(effective, sizes, strict=True)):
        found.append("The weights leave less than half of a group's size: a few people stand for many.")
    if sum(outside) > 0.1 * sum(sizes):
        found.append("More than one in ten people have a score that the other group does not reach.")
    return tuple(found)


def refuse_apart(overlap: Overlap) -> None:
    """Raise a FollowUpError when no score is found in both groups."""
    if overlap.common[0] > overlap.common[1]:
        raise FollowUpError(overlap.warnings[0])
