"""The days on which anybody looked: an outcome that only a scan or a visit can show is seen on these alone.

To follow somebody beyond the last look would count time in which nothing could have been seen, and to count
what a later look shows would count more than that time holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Rows = NDArray[np.intp]
#: More days than anybody is followed after a step: rows are told apart by so many.
_APART = 100_000.0
#: A look on the day of an anniversary is one within the years, whose mean length has a quarter of a day.
_SAME_DAY = 0.9


@dataclass(frozen=True, eq=False)
class Looks:
    """Looks after each step, by its row and the days after it, in order of both."""

    row: Rows
    after: Numbers

    def find_last(self, rows: Rows, until: Numbers) -> Numbers:
        """The last look of each of some rows up to a day; NaN where there is none."""
        keys = self.row * _APART + self.after
        place = np.searchsorted(keys, rows * _APART + until + _SAME_DAY, side="left") - 1
        if not len(keys):
            return np.full(len(rows), np.nan)
        found = (place >= 0) & (self.row[place] == rows)
        return np.where(found, self.after[place], np.nan)

    def keep_confirmable(self, days: float) -> Looks:
        """Only looks that a later one, so many days after it or more, can confirm."""
        last = np.full(int(self.row.max(initial=-1)) + 1, -np.inf)
        np.maximum.at(last, self.row, self.after)
        kept = self.after <= last[self.row] - days
        return Looks(self.row[kept], self.after[kept])

    def of(self, rows: Rows, until: Numbers) -> tuple[Rows, Numbers]:
        """The looks of some rows (each once) up to a day each: the place among the rows, and the day."""
        place = np.full(max(int(self.row.max(initial=-1)), int(rows.max(initial=-1))) + 1, -1)
        place[rows] = np.arange(len(rows))
        own = place[self.row]
        kept = (own >= 0) & (self.after <= until[own] + _SAME_DAY)
        return own[kept].astype(np.intp), self.after[kept]


def join_looks(parts: list[tuple[Rows, Numbers]], sizes: list[int]) -> Looks:
    """The looks of parts of a registry that follow one another; ``sizes`` are their numbers of steps."""
    starts = np.concatenate([[0], np.cumsum(sizes[:-1])]).astype(np.intp)
    rows = [row + start for (row, _), start in zip(parts, starts, strict=True)]
    return Looks(np.concatenate(rows), np.concatenate([after for _, after in parts]))
