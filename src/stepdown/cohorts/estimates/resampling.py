"""Risks of many resamples of people at once: each person is drawn with replacement, with all their rows.

Efron and Tibshirani, An Introduction to the Bootstrap, 1993. A resample is a number for each person, how
often they were drawn; the curves of all resamples are computed together, as lines of one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.survival.cox_rows import Stretches
from stepdown.cohorts.survival.follow_up import Codes, FollowUp, Numbers

# Numbers held at once while resampling: about 64 MB.
HELD_AT_ONCE = 8_000_000
Reweigh = Callable[[Numbers], Numbers]


def draw_people(people: int, resamples: int, seed: int, width: int) -> Iterator[Numbers]:
    """How often each person is drawn (resamples by people), in batches that fit ``width`` numbers a line."""
    random = np.random.default_rng(seed)
    share, batch = np.full(people, 1 / people), max(1, HELD_AT_ONCE // max(width, 1))
    for first in range(0, resamples, batch):
        count = min(batch, resamples - first)
        yield random.multinomial(people, share, size=count).astype(np.float64)


class ResampledRisks:
    """The rows of one group, sorted once; ``find`` gives the risks of a cause in each resample."""

    def __init__(self, rows: FollowUp, cause: int, times: Numbers) -> None:
        """Sort the rows by time and find the moments of events that matter for the times asked."""
        self.order = np.lexsort((np.arange(len(rows.time)), rows.time))
        self.rows, self.times = rows.take(self.order), times
        happened = (self.rows.event > 0) & (self.rows.time <= times.max(initial=0.0))
        self.moments = np.unique(self.rows.time[happened])
        size = len(self.rows.time)
        self.leaving = Stretches.between(np.searchsorted(self.rows.time, self.moments), size)
        self.any_event, self.own_event = happened, happened & (self.rows.event == cause)
        self.entering = self._find_entering()

    def _find_entering(self) -> tuple[Codes, Stretches] | None:
        if self.rows.entry is None:
            return None
        order = np.argsort(self.rows.entry, kind="stable")
        places = np.searchsorted(self.rows.entry[order], self.moments)
        return order, Stretches.between(places, len(order))

    def find(self, weights: Numbers) -> Numbers:
        """The risks (resamples by times) when rows, in their given order, weigh this (resamples by rows)."""
        weights = weights[:, self.order]
        if not len(self.moments):
            return np.zeros((len(weights), len(self.times)))
        at_risk = self.leaving.sum_from(weights)
        if self.entering is not None:
            order, stretches = self.entering
            at_risk = at_risk - stretches.sum_from(weights[:, order])
        every, own = (self._sum_events(weights, which) for which in (self.any_event, self.own_event))
        some = np.where(at_risk > 0, at_risk, 1.0)
        free = np.cumprod(1 - np.minimum(every / some, 1.0), axis=1)
        before = np.hstack([np.ones((len(weights), 1)), free[:, :-1]])
        risks = np.hstack([np.zeros((len(weights), 1)), (before * own / some).cumsum(axis=1)])
        return np.asarray(risks[:, np.searchsorted(self.moments, self.times, side="right")])

    def _sum_events(self, weights: Numbers, which: NDArray[np.bool_]) -> Numbers:
        """The weights of events at each moment."""
        rows = np.flatnonzero(which)
        sums = np.zeros((len(weights), len(self.moments)))
        if len(rows):
            places, starts = np.unique(np.searchsorted(self.moments, self.rows.time[rows]), return_index=True)
            sums[:, places] = np.add.reduceat(weights[:, rows], starts, axis=1)
        return sums
