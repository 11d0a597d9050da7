"""How much longer do people of one group stay without the event, up to a limit: difference and ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.estimates.contrasts import Comparison
from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers, read_follow_up
from stepdown.cohorts.survival.intervals import find_quantile
from stepdown.cohorts.survival.restricted_mean import find_mean_influence, find_mean_warnings
from stepdown.cohorts.survival.risk_table import sum_by
from stepdown.cohorts.weighting.treatment import read_groups


@dataclass(frozen=True)
class MeanContrast:
    """Restricted mean times of the untreated and the treated, and what lies between them."""

    until: float
    untreated: float
    treated: float
    difference: Comparison
    ratio: Comparison
    standard_error: float
    level: float
    warnings: tuple[str, ...]


def compare_restricted_means(time: ArrayLike, event: ArrayLike, treated: ArrayLike, until: float, *,
                             entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                             person: ArrayLike | None = None, level: float = 0.95) -> MeanContrast:
    """The mean time without the event up to ``until`` in both groups, treated less untreated and over it.

    The error sums the influence of each person on both means (see ``survival.estimate_restricted_mean``), so
    that ``person`` may have rows in both groups. FollowUpError when an array cannot be read or a group is
    empty.
    """
    if not 0 < until < np.inf:
        raise FollowUpError("until must be a time above 0.")
    rows = read_follow_up(time, event, entry, weights, person)
    group = read_groups(treated)[rows.kept]
    codes = np.arange(len(group)) if rows.cluster is None else rows.cluster
    size = int(codes.max()) + 1
    means: list[float] = []
    persons: list[Numbers] = []
    warnings: tuple[str, ...] = ()
    if not 0 < group.sum() < len(group):
        raise FollowUpError("all rows of one group weigh nothing: there are no two groups to compare.")
    for side in (~group, group):
        mean, influence = find_mean_influence(rows.take(side), until)
        means.append(mean)
        persons.append(sum_by(codes[side], influence, size))
        warnings += find_mean_warnings(rows.take(side), until)
    return _describe(until, means, persons, level, tuple(dict.fromkeys(warnings)))


def _describe(until: float, means: list[float], persons: list[Numbers], level: float,
              warnings: tuple[str, ...]) -> MeanContrast:
    z, apart = find_quantile(level), means[1] - means[0]
    error = float(np.sqrt(((persons[1] - persons[0]) ** 2).sum()))
    ratio, relative = float("nan"), float("nan")
    if min(means) > 0:
        ratio = means[1] / means[0]
        relative = z * float(np.sqrt(((persons[1] / means[1] - persons[0] / means[0]) ** 2).sum()))
    return MeanContrast(
        until, means[0], means[1], Comparison(apart, apart - z * error, apart + z * error),
        Comparison(ratio, float(ratio * np.exp(-relative)), float(ratio * np.exp(relative))), error, level,
        warnings)
