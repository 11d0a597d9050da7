"""Do groups differ in their survival? The log-rank test, with strata, weights and several rows a person.

Mantel 1966 and the G-rho family of Harrington and Fleming, Biometrika 1982;69:553 (rho 1: Peto and Peto).
Without weights the variance is hypergeometric, as in R's survdiff. With weights or clusters it is that of
the summed influence of persons, which makes the test the robust score test of a Cox model with Breslow's
ties (Lin and Wei, J Am Stat Assoc 1989;84:1074).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.follow_up import (
    Codes,
    FollowUp,
    FollowUpError,
    Numbers,
    read_follow_up,
    read_labels,
    read_strata,
)
from stepdown.cohorts.survival.influence import at_place
from stepdown.cohorts.survival.risk_table import RiskTable, count_at_risk, sum_at_risk, sum_by

NOTHING_TO_COMPARE = ("No event happened while people of two groups were at risk: the groups cannot be "
                      "compared, which does not show that they are alike.")


@dataclass(frozen=True)
class SurvivalComparison:
    """Events seen and expected in each group (lines) and stratum (columns), and the test of no difference.

    ``variance`` is that of observed less expected, summed over strata. ``p_value`` is not a number, and
    ``warnings`` says why, when there is nothing to compare.
    """

    groups: tuple[object, ...]
    strata: tuple[object, ...]
    observed: Numbers
    expected: Numbers
    variance: Numbers
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    is_robust: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """One stratum: observed, expected, variance, and the influence of each row on observed less expected."""

    observed: Numbers
    expected: Numbers
    variance: Numbers
    influence: Numbers


def compare_survival(group: ArrayLike, time: ArrayLike, event: ArrayLike, *, strata: ArrayLike | None = None,
                     entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                     cluster: ArrayLike | None = None, rho: float = 0.0,
                     robust: bool | None = None) -> SurvivalComparison:
    """Test whether the groups have the same survival; each row has a group and, if given, a stratum.

    ``rho`` 0 is the log-rank test, 1 Peto and Peto's; the other arrays are those of ``estimate_survival``.
    FollowUpError when an array cannot be read or there are fewer than two groups.
    """
    rows = read_follow_up(time, event, entry, weights, cluster, robust=robust)
    groups, codes = read_labels("group", group, len(rows.kept))
    if len(groups) < 2:
        raise FollowUpError("group has one label only; a comparison needs two or more.")
    layers, layer = read_strata(strata, len(rows.kept))
    codes, layer = codes[rows.kept], layer[rows.kept]
    parts, influence = [], np.zeros((len(codes), len(groups)))
    for stratum in range(len(layers)):
        inside = layer == stratum
        parts.append(_compare_part(rows.take(inside), codes[inside], len(groups), rho))
        influence[inside] = parts[-1].influence
    return _test(rows, groups, layers, parts, influence)


def _compare_part(rows: FollowUp, codes: Codes, groups: int, rho: float) -> _Part:
    table = count_at_risk(rows)
    events, at_risk = (np.stack(lines) for lines in zip(*(
        _count_group(rows, table, codes == code) for code in range(groups)), strict=True))
    before = np.concatenate([[1.0], np.cumprod(1 - table.hazard)[:-1]]) ** rho
    share, died = at_risk / table.at_risk, table.events[0]
    left = np.where(table.at_risk > 1, (table.at_risk - died) / np.maximum(table.at_risk - 1, 1), 0.0)
    spread = before**2 * died * left
    variance = np.diag(share @ spread) - (share * spread) @ share.T
    return _Part(events @ before, share @ (before * died), variance,
                 _find_influence(rows, table, codes, share, before))


def _count_group(rows: FollowUp, table: RiskTable, inside: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Events and people at risk of one group, at the times of all."""
    size, weight = len(table.time), rows.weight * inside
    return (sum_by(table.leaves, weight * rows.event, size),
            sum_at_risk(table.leaves, table.enters, weight, size))


def _find_influence(rows: FollowUp, table: RiskTable, codes: Codes, share: Numbers,
                    before: Numbers) -> Numbers:
    """What each row adds to observed less expected of each group: its event, less its exposure."""
    step = before * table.events[0] / table.at_risk
    columns = []
    for code in range(len(share)):
        own = (codes == code).astype(np.float64)
        gained = before[table.leaves] * rows.event * (own - share[code][table.leaves])
        total, shared = step.cumsum(), (step * share[code]).cumsum()
        exposed = total[table.leaves] - at_place(total, table.enters)
        expected = shared[table.leaves] - at_place(shared, table.enters)
        columns.append(rows.weight * (gained - own * exposed + expected))
    return np.column_stack(columns)


def _test(rows: FollowUp, groups: tuple[object, ...], layers: tuple[object, ...], parts: list[_Part],
          influence: Numbers) -> SurvivalComparison:
    observed = np.column_stack([part.observed for part in parts])
    expected = np.column_stack([part.expected for part in parts])
    variance = np.sum([part.variance for part in parts], axis=0)
    if rows.is_robust:
        variance = _sum_by_person(rows, influence)
    seen, awaited = observed.sum(axis=1), expected.sum(axis=1)
    chi_square, freedom = find_chi_square(seen, awaited, variance, awaited > 0)
    return SurvivalComparison(
        groups, layers, observed, expected, variance, chi_square, freedom, find_p_value(chi_square, freedom),
        rows.is_robust, () if freedom else (NOTHING_TO_COMPARE,))


def _sum_by_person(rows: FollowUp, influence: Numbers) -> Numbers:
    if rows.cluster is not None:
        influence = np.column_stack([np.bincount(rows.cluster, column) for column in influence.T])
    return influence.T @ influence


def find_chi_square(observed: Numbers, expected: Numbers, variance: Numbers,
                    used: NDArray[np.bool_]) -> tuple[float, int]:
    """The test on the groups in use; no degrees of freedom if these are under two or nothing varies."""
    kept = np.flatnonzero(used)
    if len(kept) < 2 or not np.diag(variance)[kept[1:]].all():
        return float("nan"), 0
    apart, spread = (observed - expected)[kept][1:], variance[np.ix_(kept, kept)][1:, 1:]
    return float(apart @ np.linalg.lstsq(spread, apart, rcond=1e-12)[0]), len(kept) - 1


def find_p_value(chi_square: float, freedom: int) -> float:
    """The chance of a larger chi-square; not a number without degrees of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi_square)) if freedom else float("nan")
