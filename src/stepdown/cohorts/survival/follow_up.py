"""The follow-up of each row of an analysis table: checked, near-equal times made equal, ready to count.

A row is watched from ``entry`` (not included) to ``time`` (included); it was at risk in between. One person
may have several rows; ``cluster`` then says whose they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.ms.errors import UserError

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

# R survival (aeqSurv, 3.5) calls two times equal below this distance, absolute or relative to the mean time:
# dates turned into years differ in the last digit and would otherwise break ties.
TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


class FollowUpError(UserError):
    """The arrays cannot be read as follow-up; the sentence names the array and the first row."""


@dataclass(frozen=True)
class FollowUp:
    """Checked rows: event 0 is censored, 1 and above are causes; None for weights means one each.

    ``cluster`` numbers persons from 0; None means that each row is a person of its own. ``kept`` says which
    rows of the arrays these are: those of weight zero say nothing and are left out.
    """

    time: Numbers
    event: Codes
    entry: Numbers | None
    weights: Numbers | None
    cluster: Codes | None
    kept: NDArray[np.bool_]
    is_robust: bool

    @property
    def weight(self) -> Numbers:
        """The weight of each row."""
        return np.ones(len(self.time)) if self.weights is None else self.weights

    def take(self, rows: NDArray[np.bool_] | Codes) -> FollowUp:
        """The same for some of the rows."""
        return replace(
            self, time=self.time[rows], event=self.event[rows],
            entry=None if self.entry is None else self.entry[rows],
            weights=None if self.weights is None else self.weights[rows],
            cluster=None if self.cluster is None else self.cluster[rows])


def read_follow_up(time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None,
                   weights: ArrayLike | None = None, cluster: ArrayLike | None = None,
                   causes: bool = False, robust: bool | None = None) -> FollowUp:
    """Check the arrays of an analysis table, one value a row; times equal but for rounding become equal.

    ``event`` is 0/1 or true/false; with ``causes`` also the numbers of other causes. Standard errors are
    robust if ``robust`` says so, and by default with weights or clusters. FollowUpError: a length that
    differs, a missing or infinite value, a negative time or weight, an event that is neither, an entry that
    is not before its time.
    """
    stop = read_numbers("time", time)
    if len(stop) == 0:
        raise FollowUpError("time is empty: there is nobody to follow.")
    start = None if entry is None else read_numbers("entry", entry, len(stop))
    refuse_rows("time", stop < 0, "is negative; count time from the index date")
    if start is not None:
        refuse_rows("entry", start < 0, "is negative; count time from the index date")
        refuse_rows("entry", start >= stop, "is not before its time; a row must be watched for a while")
    start, stop = match_times(start, stop)
    weight = read_weights(weights, len(stop))
    persons = None if cluster is None else read_labels("cluster", cluster, len(stop))[1]
    kept = np.ones(len(stop), dtype=np.bool_) if weight is None else weight > 0
    if not kept.any():
        raise FollowUpError("weights are all zero: there is nobody to follow.")
    is_robust = (weight is not None or persons is not None) if robust is None else robust
    found = FollowUp(stop, read_events(event, len(stop), causes), start, weight, persons, kept, is_robust)
    return found if bool(kept.all()) else found.take(kept)


def read_numbers(name: str, values: ArrayLike, length: int | None = None) -> Numbers:
    """One finite number a row, or a FollowUpError that names the array and the first row at fault."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise FollowUpError(f"{name} holds something that is not a number; give one number a row.") from None
    if numbers.ndim != 1:
        raise FollowUpError(f"{name} has {numbers.ndim} dimensions; give one number a row.")
    _check_length(name, len(numbers), length)
    refuse_rows(name, ~np.isfinite(numbers), "is missing or infinite; leave such rows out, and say how many")
    return numbers


def _check_length(name: str, found: int, wanted: int | None) -> None:
    if wanted is not None and found != wanted:
        raise FollowUpError(f"{name} has {found} rows where time has {wanted}; give one value a row.")


def refuse_rows(name: str, wrong: NDArray[np.bool_], why: str) -> None:
    """Raise a FollowUpError for the first row that is wrong, counting rows from 0 as numpy does."""
    if wrong.any():
        first, count = int(np.argmax(wrong)), int(wrong.sum())
        more = f" (and {count - 1} more)" if count > 1 else ""
        raise FollowUpError(f"{name} in row {first}{more}, counting from 0, {why}.")


def read_events(event: ArrayLike, length: int, causes: bool) -> Codes:
    """Whole numbers from 0 (censored) up; true and false are 1 and 0. Above 1 only where causes are meant."""
    numbers = read_numbers("event", event, length)
    refuse_rows("event", (numbers < 0) | (numbers != np.floor(numbers)),
                "is no whole number from 0 up; 0 means censored")
    refuse_rows("event", (numbers > 1) & (not causes),
                "is above 1; say which cause you mean (event == 1), or use estimate_incidence")
    return numbers.astype(np.int64)


def read_weights(weights: ArrayLike | None, length: int) -> Numbers | None:
    """Finite weights from 0 up; None stays None."""
    if weights is None:
        return None
    numbers = read_numbers("weights", weights, length)
    refuse_rows("weights", numbers < 0, "is negative")
    return numbers


def read_labels(name: str, values: ArrayLike, length: int) -> tuple[tuple[object, ...], Codes]:
    """The distinct labels in order and the number of each row's label; words and numbers alike."""
    labels = np.asarray(values)
    if labels.dtype.kind in "US":  # numpy would turn a missing label beside words into the word "nan"
        labels = np.asarray(values, dtype=object)
    if labels.ndim != 1:
        raise FollowUpError(f"{name} has {labels.ndim} dimensions; give one label a row.")
    _check_length(name, len(labels), length)
    refuse_rows(name, is_missing(labels), "is missing; leave such rows out, or give them their own label")
    try:
        distinct, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        raise FollowUpError(f"{name} mixes words and numbers; give labels of one kind.") from None
    return tuple(distinct.tolist()), codes.astype(np.int64)


def read_strata(strata: ArrayLike | None, length: int) -> tuple[tuple[object, ...], Codes]:
    """The strata and each row's number; without strata all rows are in one."""
    if strata is None:
        return ("all",), np.zeros(length, dtype=np.int64)
    return read_labels("strata", strata, length)


def is_missing(labels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which labels are None or not a number."""
    if labels.dtype.kind == "f":
        return np.asarray(np.isnan(labels))
    if labels.dtype.kind == "O":
        return np.array([label is None or label != label for label in labels.tolist()], dtype=np.bool_)
    return np.zeros(len(labels), dtype=np.bool_)


def match_times(entry: Numbers | None, time: Numbers) -> tuple[Numbers | None, Numbers]:
    """The same times with those made equal that differ by rounding alone, as R survival does (aeqSurv)."""
    distinct = np.unique(time if entry is None else np.concatenate([entry, time]))
    apart = np.diff(distinct)
    scale = max(1.0, float(np.mean(np.abs(distinct))))
    tied = apart <= TIE_TOLERANCE * scale
    if not tied.any():
        return entry, time
    firsts = distinct[np.concatenate([[True], ~tied])]
    matched = [None if x is None else firsts[np.searchsorted(firsts, x, side="right") - 1]
               for x in (entry, time)]
    _refuse_vanished(*matched)
    return matched[0], matched[1]  # type: ignore[return-value]


def _refuse_vanished(entry: Numbers | None, time: Numbers | None) -> None:
    if entry is not None and time is not None:
        refuse_rows("entry", entry >= time, "is before its time by rounding alone")
