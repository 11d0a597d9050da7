"""A block of a panel's rows in all their intervals at once: the odds of going out of view as one table.

Rows are in order of how long they were followed, so that a block is nearly a rectangle of intervals by rows.
Odds are a product: of what a row had on the index day, of the time, and of what was seen since, which is
seldom anything. So one exponential a row is enough, and only the cells where something was seen are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.follow_up import Codes, Numbers

#: Rows taken at a time: a table of them stays in the processor's cache.
BLOCK = 4096
#: No predictor is farther from 0 than this, and no odds are more: so many lines multiplied are finite.
_FARTHEST, _MOST_ODDS, _LINES = 300.0, 1e18, 16
Places = NDArray[np.int32]


def each_block(size: int) -> Iterator[slice]:
    """Slices that cut so many rows into blocks."""
    return (slice(first, min(first + BLOCK, size)) for first in range(0, size, BLOCK))


@dataclass(frozen=True)
class Cells:
    """The intervals (lines) of a block of rows: how many rows are followed into each, first the longest.

    ``place`` are the cells, counted along the lines, where something was seen; ``line``, ``row`` and
    ``state`` are theirs. ``tables`` has the columns of each state in each interval.
    """

    counts: Codes
    size: int
    place: Places
    line: Places
    row: Places
    state: Places
    tables: Numbers

    @classmethod
    def of(cls, states: NDArray[np.uint8], counts: Codes, tables: Numbers) -> Cells:
        """Those of some rows by their states (intervals by rows); ``counts`` are followed into each."""
        counts = counts[counts > 0]
        states = states[:len(counts)]
        size = states.shape[1]
        place = np.flatnonzero(states.ravel() != 0).astype(np.int32)
        return cls(counts, size, place, place // size, place % size,
                   states.ravel()[place].astype(np.int32), tables[:len(counts)])

    @cached_property
    def full(self) -> int:
        """How many lines all rows are followed into."""
        return int((self.counts == self.size).sum())

    @cached_property
    def _apart(self) -> tuple[Numbers, list[tuple[int, Numbers]]]:
        """The columns where nothing was seen, and by how much others differ where something was."""
        apart = self.tables[self.line, self.state] - self.tables[self.line, 0]
        return self.tables[:, 0].T.copy(), [(place, column) for place, column in enumerate(apart.T.copy())
                                            if column.any()]

    def find_odds(self, fixed: Numbers, moving: Numbers) -> Numbers:
        """The odds (lines by rows); 0 where a row is not followed so long, or ``moving`` is minus infinity.

        ``fixed`` is the linear predictor of each row, ``moving`` what each line and state adds to it.
        """
        each = np.exp(np.clip(fixed, -_FARTHEST, _FARTHEST))
        factors = np.exp(np.minimum(moving, _FARTHEST))
        odds = np.multiply.outer(factors[:, 0], each)
        odds.ravel()[self.place] = factors[self.line, self.state] * each[self.row]
        for line, count in enumerate(self.counts[self.full:].tolist(), self.full):
            odds[line, count:] = 0.0
        if each.max(initial=0.0) * factors.max(initial=0.0) > _MOST_ODDS:
            np.minimum(odds, _MOST_ODDS, out=odds)
        return odds

    def drop_last(self, values: Numbers, last: NDArray[np.integer]) -> Numbers:
        """A copy in which the last interval of each row and what comes after it is 0."""
        kept = values.copy()
        for line in range(int(last.min(initial=len(values))), len(values)):
            kept[line, last <= line] = 0.0
        return kept

    def sum_states(self, values: Numbers) -> Numbers:
        """The sum of values in each line and state."""
        lines, states = self.tables.shape[:2]
        sums = np.zeros((lines, states))  # of none at all bincount makes whole numbers
        sums += np.bincount(self.line * states + self.state, values.ravel()[self.place],
                            lines * states).reshape(lines, states)
        sums[:, 0] = values.sum(axis=1) - sums.sum(axis=1)
        return sums

    def sum_columns(self, values: Numbers) -> Numbers:
        """For each row the sum over lines of values times the columns of its states (columns by rows)."""
        first, apart = self._apart
        sums, seen = first @ values, values.ravel()[self.place]
        for place, column in apart:
            sums[place] += np.bincount(self.row, seen * column, self.size)
        return np.asarray(sums)


def sum_logarithms(values: Numbers) -> float:
    """The sum of the logarithms of a table of values from 1 up to the most odds."""
    products = (values[first:first + _LINES].prod(axis=0) for first in range(0, len(values), _LINES))
    return float(sum(np.log(product).sum() for product in products))
