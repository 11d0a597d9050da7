"""How much higher or lower is the risk in one group than in the other: difference and ratio at given times.

Two ways to the interval. ``bootstrap`` draws people with replacement (Efron and Tibshirani 1993, percentile
interval) and can fit the weights anew in each resample, which is what makes the interval of a weighted
comparison honest. ``influence`` sums each person's influence on both risks (Lin and Wei 1989) and takes
weights as given: fast, and usually too wide for estimated treatment weights, not too narrow. When a group had
no event, neither says anything: the interval then comes from the exact bounds of each group (Newcombe, Stat
Med 1998;17:873; Donner and Zou, Stat Methods Med Res 2012;21:347).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.estimates.resampling import ResampledRisks, Reweigh, draw_people
from stepdown.cohorts.estimates.risks import CURVE, Risk, find_risks, read_times
from stepdown.cohorts.survival.follow_up import Codes, FollowUp, FollowUpError, Numbers, read_follow_up
from stepdown.cohorts.survival.intervals import find_quantile
from stepdown.cohorts.survival.risk_influence import find_risk_influence
from stepdown.cohorts.weighting.treatment import Treated, read_groups

METHODS = ("bootstrap", "influence")


@dataclass(frozen=True)
class Comparison:
    """A value that compares the treated with the untreated, with its interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class RiskContrast:
    """The risks of both groups by the time ``at``, their difference and their ratio (treated to untreated).

    ``method`` is how the interval came about: bootstrap, influence or exact bounds; ``warnings`` says what
    to keep in mind.
    """

    at: float
    untreated: Risk
    treated: Risk
    difference: Comparison
    ratio: Comparison
    method: str
    resamples: int
    seed: int | None
    level: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Arms:
    """Checked rows of the untreated and the treated, with their places among all rows kept."""

    rows: tuple[FollowUp, FollowUp]
    places: tuple[Codes, Codes]
    person: Codes
    people: int
    cause: int
    times: Numbers
    level: float


def compare_risks(time: ArrayLike, event: ArrayLike, treated: ArrayLike, at: ArrayLike, *, cause: int = 1,
                  entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                  person: ArrayLike | None = None, method: str = "bootstrap", resamples: int = 1000,
                  seed: int = 1, reweigh: Reweigh | None = None,
                  level: float = 0.95) -> tuple[RiskContrast, ...]:
    """Compare the risk of a cause by each of the times ``at`` between the ``treated`` and the untreated.

    Arrays have one value a row, as in ``estimate_risks``; ``person`` names whose row it is, so that a person
    with rows in both groups is drawn with all of them. ``reweigh`` takes how often each row's person was
    drawn and gives the weights fitted to that resample (see ``weighting.fit_logistic(weights=)``); without it
    ``weights`` stay as they are. The same ``seed`` gives the same interval. FollowUpError when an array
    cannot be read or one group is empty.
    """
    if method not in METHODS:
        raise FollowUpError(f"there is no method {method!r}; choose one of {', '.join(METHODS)}.")
    follow_up = read_follow_up(time, event, entry, weights, person, causes=True)
    group = read_groups(treated)
    if len(group) != len(follow_up.kept):
        raise FollowUpError(f"treated has {len(group)} rows where time has {len(follow_up.kept)}.")
    arms = _split(follow_up, group[follow_up.kept], cause, read_times(at), level)
    risks = [find_risks(rows, arms.times, cause, level) for rows in arms.rows]
    if method == "bootstrap":
        find = _resample(arms, follow_up.kept, resamples, seed, reweigh)
    else:
        find = _sum_influence(arms)
    return tuple(_compare(before, after, find[k], arms, method, resamples, seed)
                 for k, (before, after) in enumerate(zip(*risks, strict=True)))


def _split(follow_up: FollowUp, group: Treated, cause: int, times: Numbers, level: float) -> _Arms:
    if not 0 < group.sum() < len(group):
        raise FollowUpError("all rows of one group weigh nothing: there are no two groups to compare.")
    places = np.flatnonzero(~group), np.flatnonzero(group)
    codes = np.arange(len(group)) if follow_up.cluster is None else np.unique(
        follow_up.cluster, return_inverse=True)[1]
    rows = follow_up.take(places[0]), follow_up.take(places[1])
    return _Arms(rows, places, codes, int(codes.max()) + 1, cause, times, level)


@dataclass(frozen=True)
class _Interval:
    """Bounds of difference and ratio at one time, and in how many resamples the ratio was unknown."""

    difference: tuple[float, float]
    ratio: tuple[float, float]
    unknown: float


def _resample(arms: _Arms, kept: Treated, resamples: int, seed: int,
              reweigh: Reweigh | None) -> list[_Interval]:
    """Percentile intervals over resamples of people."""
    both = [ResampledRisks(rows, arms.cause, arms.times) for rows in arms.rows]
    found: list[list[Numbers]] = [[], []]
    for drawn in draw_people(arms.people, resamples, seed, len(arms.person)):
        often = drawn[:, arms.person]
        fitted = None if reweigh is None else _reweigh_each(often, kept, reweigh)
        for side, group in enumerate(both):
            inside = often[:, arms.places[side]]
            weights = arms.rows[side].weight if fitted is None else fitted[:, arms.places[side]]
            found[side].append(group.find(inside * weights))
    untreated, treated = (np.vstack(lines) for lines in found)
    return [_find_percentiles(untreated[:, k], treated[:, k], arms.level) for k in range(len(arms.times))]


def _reweigh_each(often: Numbers, kept: Treated, reweigh: Reweigh) -> Numbers:
    """The weights fitted to each resample; rows that weigh nothing in the whole are not drawn."""
    fitted = np.empty_like(often)
    for line, drawn in zip(fitted, often, strict=True):
        whole = np.zeros(len(kept))
        whole[kept] = drawn
        line[:] = np.asarray(reweigh(whole), dtype=np.float64)[kept]
    return fitted


def _find_percentiles(untreated: Numbers, treated: Numbers, level: float) -> _Interval:
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(treated - untreated, tails)
    known = (treated > 0) | (untreated > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.sort((treated / untreated)[known])
    bounds = (float("nan"), float("nan")) if not len(ratios) else tuple(
        float(ratios[min(round(tail * (len(ratios) - 1)), len(ratios) - 1)]) for tail in tails)
    return _Interval((float(low), float(high)), (bounds[0], bounds[1]), float((~known).mean()))


def _sum_influence(arms: _Arms) -> list[_Interval]:
    """Normal intervals from the influence of each person on both risks."""
    values, persons = [], []
    for rows, places in zip(arms.rows, arms.places, strict=True):
        value, influence = find_risk_influence(rows, arms.cause, arms.times)
        values.append(value)
        persons.append(np.stack([np.bincount(arms.person[places], column, arms.people)
                                 for column in influence.T]))
    z = find_quantile(arms.level)
    return [_find_normal(values[0][k], values[1][k], persons[0][k], persons[1][k], z)
            for k in range(len(arms.times))]


def _find_normal(untreated: float, treated: float, left: Numbers, right: Numbers, z: float) -> _Interval:
    reach = z * float(np.sqrt(((right - left) ** 2).sum()))
    apart = treated - untreated
    if min(untreated, treated) <= 0:
        return _Interval((apart - reach, apart + reach), (float("nan"), float("nan")), 0.0)
    spread = z * float(np.sqrt(((right / treated - left / untreated) ** 2).sum()))
    middle = float(np.log(treated / untreated))
    return _Interval((apart - reach, apart + reach),
                     (float(np.exp(middle - spread)), float(np.exp(middle + spread))), 0.0)


def _compare(untreated: Risk, treated: Risk, found: _Interval, arms: _Arms, method: str, resamples: int,
             seed: int) -> RiskContrast:
    apart = treated.value - untreated.value
    ratio = _divide(treated.value, untreated.value) if untreated.value or treated.value else float("nan")
    warnings = _find_warnings(untreated, treated, found)
    if untreated.how != CURVE or treated.how != CURVE:
        method, found = "exact bounds", _join_bounds(untreated, treated)
    count, origin = (resamples, seed) if method == "bootstrap" else (0, None)
    return RiskContrast(untreated.at, untreated, treated, Comparison(apart, *found.difference),
                        Comparison(ratio, *found.ratio), method, count, origin, arms.level, warnings)


def _join_bounds(untreated: Risk, treated: Risk) -> _Interval:
    """The interval of a comparison from the interval of each side (method of variance estimates recovery)."""
    apart = treated.value - untreated.value
    low = apart - np.hypot(treated.value - treated.lower, untreated.upper - untreated.value)
    high = apart + np.hypot(treated.upper - treated.value, untreated.value - untreated.lower)
    ratio = (_divide(treated.lower, untreated.upper), _divide(treated.upper, untreated.lower))
    return _Interval((float(low), float(high)), ratio, 0.0)


def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("nan") if np.isnan(bottom) or np.isnan(top) else float("inf")


def _find_warnings(untreated: Risk, treated: Risk, found: _Interval) -> tuple[str, ...]:
    warnings = []
    for name, risk in (("untreated", untreated), ("treated", treated)):
        if risk.how != CURVE:
            warnings.append(f"{name}: {risk.why}; the interval comes from the bounds of each group.")
    if found.unknown > 0.01:
        warnings.append("In more than one in a hundred resamples neither group had an event; the interval of "
                        "the ratio leaves these out.")
    return tuple(warnings)
