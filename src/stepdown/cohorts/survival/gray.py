"""Do groups differ in the risk of one cause when others compete with it? Gray's test.

Gray, Ann Stat 1988;16:1141: groups are compared in the hazard of the subdistribution, in which people with a
competing event stay at risk. The variance adds, over the events of each group and cause, the squares of what
such an event changes in the scores.
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
from stepdown.cohorts.survival.logrank import find_chi_square, find_p_value
from stepdown.cohorts.survival.risk_table import sum_by


@dataclass(frozen=True)
class IncidenceComparison:
    """Events of the cause less those expected in each group, and the test that groups are alike.

    ``p_value`` is not a number, and ``warnings`` says why, when there is nothing to compare.
    """

    groups: tuple[object, ...]
    cause: int
    scores: Numbers
    variance: Numbers
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Counts:
    """Groups by times: at risk, events of the cause and of others, event-free and risk before each time."""

    at_risk: Numbers
    own: Numbers
    other: Numbers
    free: Numbers
    risk: Numbers


NOTHING = ("The cause did not occur while people of two groups were at risk: the groups cannot be compared, "
           "which does not show that they are alike.")


def compare_incidence(group: ArrayLike, time: ArrayLike, event: ArrayLike, *, cause: int = 1,
                      strata: ArrayLike | None = None, rho: float = 0.0) -> IncidenceComparison:
    """Test whether groups have the same risk of a cause over time (R: cmprsk::cuminc).

    ``event`` is 0 (censored) or the number of the cause; ``rho`` weighs times by (1 - risk)^rho. Rows have
    neither weights nor late entry. FollowUpError when an array cannot be read or there is one group only.
    """
    rows = read_follow_up(time, event, causes=True)
    groups, codes = read_labels("group", group, len(rows.time))
    if len(groups) < 2:
        raise FollowUpError("group has one label only; a comparison needs two or more.")
    layers, layer = read_strata(strata, len(rows.time))
    parts = [_score(_count(rows.take(layer == k), codes[layer == k], len(groups), cause), rho)
             for k in range(len(layers))]
    scores, variance = (np.sum([part[place] for part in parts], axis=0) for place in (0, 1))
    used = np.array([bool(((codes == k) & (rows.time > 0)).any()) for k in range(len(groups))])
    chi_square, freedom = find_chi_square(scores, np.zeros_like(scores), variance, used)
    return IncidenceComparison(groups, cause, scores, variance, chi_square, freedom,
                               find_p_value(chi_square, freedom), () if freedom else (NOTHING,))


def _count(rows: FollowUp, codes: Codes, groups: int, cause: int) -> _Counts:
    """What happened in each group at each time at which anybody had an event."""
    times = np.unique(rows.time[rows.event > 0])
    place, size = np.searchsorted(times, rows.time, side="right"), len(times)

    def count(which: NDArray[np.bool_]) -> Numbers:
        return np.stack([sum_by(place[which & (codes == k)], np.ones(int((which & (codes == k)).sum())),
                                size + 1)[1:] for k in range(groups)])

    present = np.stack([sum_by(place[codes == k], np.ones(int((codes == k).sum())), size + 1)
                        for k in range(groups)])
    at_risk = present[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    own, other = count(rows.event == cause), count((rows.event > 0) & (rows.event != cause))
    some = np.where(at_risk > 0, at_risk, 1.0)
    free = np.hstack([np.ones((groups, 1)), np.cumprod(1 - (own + other) / some, axis=1)])
    risk = np.hstack([np.zeros((groups, 1)), (free[:, :-1] * own / some).cumsum(axis=1)])
    return _Counts(at_risk, own, other, free, risk)


def _score(counts: _Counts, rho: float) -> tuple[Numbers, Numbers]:
    """Scores of all groups in one stratum and their variance."""
    at_risk, free = counts.at_risk, counts.free[:, :-1]
    pull = np.divide(at_risk, free, out=np.zeros_like(at_risk), where=(at_risk > 0) & (free > 0))
    total, events = pull.sum(axis=0), counts.own.sum(axis=0)
    step = np.divide(events, total, out=np.zeros_like(total), where=total > 0)
    pooled = step.cumsum()
    before = np.concatenate([[0.0], pooled[:-1]])
    emphasis = (1 - before) ** rho
    subset = pull * (1 - counts.risk[:, :-1])
    shares = np.divide(subset, subset.sum(axis=0), out=np.zeros_like(subset), where=subset.sum(axis=0) > 0)
    scores = ((counts.own - events * shares) * emphasis).sum(axis=1)
    return scores, _find_variance(counts, pull, total, step, pooled, before, emphasis)


def _find_variance(counts: _Counts, pull: Numbers, total: Numbers, step: Numbers, pooled: Numbers,
                   before: Numbers, emphasis: Numbers) -> Numbers:
    """Sum, over groups and times, the squared change of the scores per event of either kind."""
    part = np.divide(pull, total, out=np.zeros_like(pull), where=total > 0)
    direct = emphasis * pull * (np.eye(len(pull))[:, :, None] - part[:, None, :])
    drift = (direct * (step / np.maximum(1 - before, 1e-300))).cumsum(axis=2)
    later = drift[:, :, -1:] - drift if drift.shape[2] else drift
    free, after, at_risk = counts.free[:, :-1], counts.free[:, 1:], counts.at_risk
    alive = np.divide(1 - pooled, after, out=np.zeros_like(after), where=after > 0)
    some = np.where(at_risk > 0, at_risk, 1.0)
    expected = np.where(at_risk > 0, _thin(counts.own.sum(axis=0), total * free) * free * step / some, 0.0)
    others = np.where(after > 0, _thin(counts.other, some) * free**2 * counts.other / some**2, 0.0)
    by_own, by_other = direct + (1 - alive) * later, alive * later
    return np.asarray(np.einsum("ikt,jkt,kt->ij", by_own, by_own, expected)
                      + np.einsum("ikt,jkt,kt->ij", by_other, by_other, others))


def _thin(events: Numbers, people: Numbers) -> Numbers:
    """The correction for drawing several events at once without putting anybody back."""
    return np.where(events > 1, 1 - (events - 1) / np.where(people > 1, people - 1, 1.0), 1.0)
