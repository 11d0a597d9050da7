"""Strategies with a grace period: everybody is followed under each strategy until they leave it.

Clone, censor, weight (Hernan and Robins, Am J Epidemiol 2016;183:758; Hernan, BMJ 2018;360:k182): at the
index date a person agrees with "stop within the grace period" and with "continue". A copy goes into each arm
and is censored when it no longer agrees; ``find_censoring_weights`` then makes up for those censored.
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
    refuse_rows,
)


@dataclass(frozen=True)
class Clones:
    """Two copies of each row as given (``row``), first of the arm continue, then of the arm stop.

    ``time`` and ``event`` are those under the strategy; ``left`` marks copies censored because they left it.
    """

    row: Codes
    arm: NDArray[np.str_]
    time: Numbers
    event: NDArray[np.bool_]
    left: NDArray[np.bool_]


def clone_people(time: ArrayLike, event: ArrayLike, stopped_at: ArrayLike, grace: float, *,
                 left_at: ArrayLike | None = None) -> Clones:
    """Copy each person into the arms continue and stop; one row a person, times from the index date.

    ``stopped_at`` is when the person stopped, not a number for those who did not while in view. The copy in
    stop leaves its arm at ``grace`` if it has not stopped by then; the copy in continue leaves when it stops,
    at any time, or at ``left_at``, when something was done that neither arm allows. An event at the very time
    of leaving still counts. FollowUpError when an array cannot be read.
    """
    if not 0 < grace < np.inf:
        raise FollowUpError("grace must be a time above 0.")
    rows = read_follow_up(time, event)
    stopped = _read_times("stopped_at", stopped_at, len(rows.time))
    left = stopped if left_at is None else _read_times("left_at", left_at, len(rows.time))
    leaves_stop = np.where(stopped <= grace, np.inf, grace)
    arms = [_follow(rows, leaves) for leaves in (np.minimum(stopped, left), leaves_stop)]
    size = len(rows.time)
    times, events, has_left = (np.concatenate(parts) for parts in zip(*arms, strict=True))
    return Clones(np.tile(np.arange(size), 2), np.repeat(["continue", "stop"], size), times, events, has_left)


def _read_times(name: str, values: ArrayLike, size: int) -> Numbers:
    """Times with infinity for "never"."""
    times = np.asarray(values, dtype=np.float64)
    if times.shape != (size,):
        raise FollowUpError(f"{name} has {len(times)} rows where time has {size}.")
    refuse_rows(name, times < 0, "is negative; count time from the index date")
    return np.where(np.isnan(times), np.inf, times)


def _follow(rows: FollowUp, leaves: Numbers) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]:
    """Time, event, and whether the copy left its strategy before either."""
    left = leaves < rows.time
    left |= (leaves == rows.time) & (rows.event == 0)
    return np.minimum(rows.time, leaves), (rows.event > 0) & ~left, left


@dataclass(frozen=True)
class CutRows:
    """Pieces of rows: which row each is of, from when to when, and whether it ends in the event."""

    row: Codes
    start: Numbers
    stop: Numbers
    event: NDArray[np.bool_]


def cut_follow_up(time: ArrayLike, event: ArrayLike, cuts: ArrayLike, *,
                  entry: ArrayLike | None = None) -> CutRows:
    """Cut each row of follow-up at the given times (R: survSplit); pieces come in order of row and time."""
    rows = read_follow_up(time, event, entry)
    begin = np.zeros(len(rows.time)) if rows.entry is None else rows.entry
    edges = np.unique(np.asarray(cuts, dtype=np.float64))
    first = np.searchsorted(edges, begin, side="right")
    pieces = np.maximum(np.searchsorted(edges, rows.time, side="left") - first, 0) + 1
    row = np.repeat(np.arange(len(pieces)), pieces)
    place = np.arange(len(row)) - np.repeat(pieces.cumsum() - pieces, pieces) + first[row]
    is_first, is_last = np.diff(row, prepend=-1) > 0, np.diff(row, append=len(pieces)) > 0
    padded = np.append(edges, np.inf)
    start = np.where(is_first, begin[row], padded[np.maximum(place - 1, 0)])
    stop = np.where(is_last, rows.time[row], padded[place])
    return CutRows(row, start, stop, is_last & (rows.event[row] > 0))
