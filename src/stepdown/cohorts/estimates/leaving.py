"""Why and when people left follow-up: each reason counted over time, nobody lost from the sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.estimates.risks import read_times
from stepdown.cohorts.survival.follow_up import Codes, FollowUpError, Numbers, read_labels, read_numbers


@dataclass(frozen=True)
class Leaving:
    """How many rows had left by each time, for each reason (lines), and how many were still in view.

    At each time, those still in view and those who left for all reasons together are all rows.
    """

    times: Numbers
    reasons: tuple[object, ...]
    left: Codes
    still_in_view: Codes
    rows: int

    @property
    def shares(self) -> Numbers:
        """The share of all rows that had left by each time, for each reason."""
        return self.left / self.rows


def describe_leaving(time: ArrayLike, reason: ArrayLike, at: ArrayLike) -> Leaving:
    """Count the reasons for which follow-up ended by each of the times ``at``.

    ``reason`` has one label a row - the event, a loss, a death, the end of the data - and each is kept as it
    is. FollowUpError when a reason is missing: give what is not known a label of its own.
    """
    ends = read_numbers("time", time)
    if not len(ends):
        raise FollowUpError("time is empty: there is nobody to follow.")
    reasons, codes = read_labels("reason", reason, len(ends))
    return _count(ends, reasons, codes, read_times(at))


def describe_leaving_by(group: ArrayLike, time: ArrayLike, reason: ArrayLike,
                        at: ArrayLike) -> dict[object, Leaving]:
    """The same for each label of ``group``, with the same reasons in all."""
    ends = read_numbers("time", time)
    labels, members = read_labels("group", group, len(ends))
    reasons, codes = read_labels("reason", reason, len(ends))
    return {label: _count(ends[members == code], reasons, codes[members == code], read_times(at))
            for code, label in enumerate(labels)}


def _count(ends: Numbers, reasons: tuple[object, ...], codes: Codes, times: Numbers) -> Leaving:
    left = np.stack([np.searchsorted(np.sort(ends[codes == code]), times, side="right")
                     for code in range(len(reasons))])
    return Leaving(times, reasons, left, len(ends) - left.sum(axis=0), len(ends))
