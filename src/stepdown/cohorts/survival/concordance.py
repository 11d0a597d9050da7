"""Does a score rank people by who has the event first? The concordance, with its error by person.

Harrell, Lee and Mark, Stat Med 1996;15:361, for right-censored and start-stop rows, with weights and strata;
the error is that of the influence of persons (Therneau and Watson, R survival, 2017). The sums over
pairs are found in n log n by sorting the scores bit by bit (a wavelet matrix), never pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.follow_up import (
    Codes,
    FollowUp,
    Numbers,
    read_follow_up,
    read_numbers,
    read_strata,
)
from stepdown.cohorts.survival.intervals import find_quantile
from stepdown.cohorts.survival.risk_table import sum_by


@dataclass(frozen=True)
class Concordance:
    """The share of comparable pairs in which the higher score had the event first; ties count one half.

    The pairs are sums of products of weights. Not a number when no pair can be compared.
    """

    value: float
    standard_error: float
    lower: float
    upper: float
    concordant: float
    discordant: float
    tied: float
    level: float


def measure_concordance(time: ArrayLike, event: ArrayLike, score: ArrayLike, *,
                        entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                        strata: ArrayLike | None = None, cluster: ArrayLike | None = None,
                        level: float = 0.95) -> Concordance:
    """How well ``score`` (higher: sooner) ranks the rows; the other arrays are those of ``fit_cox``.

    Pairs are compared within strata, at each event with those still at risk. FollowUpError when an array
    cannot be read.
    """
    rows = read_follow_up(time, event, entry, weights, cluster)
    scores = read_numbers("score", score, len(rows.kept))[rows.kept]
    stratum = read_strata(strata, len(rows.kept))[1][rows.kept]
    pairs = _count_pairs(rows, np.unique(scores, return_inverse=True)[1], stratum)
    return _summarise(rows, pairs, find_quantile(level), level)


@dataclass(frozen=True)
class _Pairs:
    """For each row the weights of its partners: in concordant, discordant and tied pairs (three lines).

    ``total`` is the same over all pairs, each counted once.
    """

    partners: Numbers
    total: Numbers


def _summarise(rows: FollowUp, pairs: _Pairs, z: float, level: float) -> Concordance:
    concordant, discordant, tied = (float(x) for x in pairs.total)
    count = concordant + discordant + tied
    somers = (concordant - discordant) / count if count else float("nan")
    excess = pairs.partners[0] - pairs.partners[1] - somers * pairs.partners.sum(axis=0)
    persons = rows.weight * excess / (count or 1.0)
    if rows.cluster is not None:
        persons = sum_by(rows.cluster, persons, int(rows.cluster.max()) + 1)
    value, error = (somers + 1) / 2, float(np.sqrt((persons**2).sum())) / 2
    return Concordance(value, error, value - z * error, value + z * error, concordant, discordant, tied,
                       level)


def _count_pairs(rows: FollowUp, rank: Codes, stratum: Codes) -> _Pairs:
    """The partners of each row: as the one with the event, and as one who was still at risk then."""
    clock = np.unique(rows.time if rows.entry is None else np.concatenate([rows.entry, rows.time]))
    width = len(clock)
    left = stratum * width + np.searchsorted(clock, rows.time)
    entered = stratum * width + (-1 if rows.entry is None else np.searchsorted(clock, rows.entry))
    happened = np.flatnonzero(rows.event)
    after = _look_after(rows, rank, left, happened, (stratum[happened] + 1) * width)
    if rows.entry is not None:
        after -= _look_later(rows, rank, entered, left[happened], happened, (stratum[happened] + 1) * width)
    before = _look_before(rows, rank, left, entered, happened)
    partners = before[[1, 0, 2]]
    partners[:, happened] += after
    return _Pairs(partners, after @ rows.weight[happened])


def _look_after(rows: FollowUp, rank: Codes, left: Codes, happened: Codes, ends: Codes) -> Numbers:
    """For each event: weights of lower, higher and equal scores among those who left after it."""
    key = 2 * left + (rows.event == 0)
    order = np.argsort(key, kind="stable")
    start = np.searchsorted(key[order], 2 * left[happened] + 1)
    return sum_by_score(rank[order], rows.weight[order], rank[happened], start,
                        np.searchsorted(key[order], 2 * ends))


def _look_later(rows: FollowUp, rank: Codes, entered: Codes, at: Codes, happened: Codes,
                ends: Codes) -> Numbers:
    """The same among those who had not yet entered."""
    order = np.argsort(entered, kind="stable")
    return sum_by_score(rank[order], rows.weight[order], rank[happened],
                        np.searchsorted(entered[order], at), np.searchsorted(entered[order], ends))


def _look_before(rows: FollowUp, rank: Codes, left: Codes, entered: Codes, happened: Codes) -> Numbers:
    """For each row: weights of lower, higher and equal scores among the events it was there to see."""
    order = happened[np.argsort(left[happened], kind="stable")]
    times = left[order]
    last = np.where(rows.event > 0, np.searchsorted(times, left), np.searchsorted(times, left, side="right"))
    return sum_by_score(rank[order], rows.weight[order], rank, np.searchsorted(times, entered, side="right"),
                        last)


def sum_by_score(rank: Codes, weight: Numbers, asked: Codes, start: Codes, end: Codes) -> Numbers:
    """For each query the weights from ``start`` up to ``end`` of ranks below, above and equal to its own.

    A wavelet matrix: from the highest bit of the ranks down, places are sorted by the bit; a query whose bit
    is 1 takes the weights of the zeros in its stretch, and follows its own bit to the next level.
    """
    start, end = start.copy(), np.maximum(start, end)
    running = np.concatenate([[0.0], weight.cumsum()])
    every, below = running[end] - running[start], np.zeros(len(asked))
    highest = int(max(rank.max(initial=0), asked.max(initial=0))).bit_length()
    for bit in reversed(range(highest)):
        is_zero = (rank >> bit & 1) == 0
        zeros = np.concatenate([[0], is_zero.cumsum()])
        running = np.concatenate([[0.0], (weight * is_zero).cumsum()])
        is_one = (asked >> bit & 1) == 1
        below += np.where(is_one, running[end] - running[start], 0.0)
        start, end = (np.where(is_one, zeros[-1] + place - zeros[place], zeros[place])
                      for place in (start, end))
        rank, weight = (np.concatenate([x[is_zero], x[~is_zero]]) for x in (rank, weight))
    running = np.concatenate([[0.0], weight.cumsum()])
    equal = running[end] - running[start]
    return np.stack([below, every - below - equal, equal])
