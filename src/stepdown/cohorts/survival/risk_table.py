"""How many were at risk, had each event or were censored at each time: one sort, then sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.follow_up import Codes, FollowUp, Numbers

# What is left of a risk set by rounding when all in it have the event together.
ROUNDING = 1e-11


@dataclass(frozen=True)
class RiskTable:
    """Sums of weights at each distinct end of follow-up; ``events`` has one line a cause, from cause 1 on.

    ``leaves`` is, for each row, the place of its time; ``enters`` the first place at which it is at risk.
    """

    time: Numbers
    at_risk: Numbers
    events: Numbers
    censored: Numbers
    rows_at_risk: Codes
    leaves: Codes
    enters: Codes

    @property
    def hazard(self) -> Numbers:
        """The share of those at risk who have an event of any cause, at each time."""
        events = self.events.sum(axis=0)
        nobody_left = np.abs(self.at_risk - events) <= ROUNDING * self.at_risk
        return np.where(nobody_left, 1.0, events / self.at_risk)


def count_at_risk(rows: FollowUp, causes: int = 1) -> RiskTable:
    """The risk table of the rows; events above ``causes`` count as censored."""
    time, leaves = np.unique(rows.time, return_inverse=True)
    enters = _find_entries(rows, time)
    size, weight = len(time), rows.weight
    events = np.stack([sum_by(leaves, weight * (rows.event == cause), size)
                       for cause in range(1, causes + 1)])
    is_censored = (rows.event == 0) | (rows.event > causes)
    return RiskTable(
        time, sum_at_risk(leaves, enters, weight, size), events,
        sum_by(leaves, weight * is_censored, size),
        sum_at_risk(leaves, enters, np.ones(len(leaves)), size).astype(np.int64), leaves, enters)


def _find_entries(rows: FollowUp, time: Numbers) -> Codes:
    if rows.entry is None:
        return np.zeros(len(rows.time), dtype=np.int64)
    return np.searchsorted(time, rows.entry, side="right")


def sum_by(place: Codes, values: Numbers, size: int) -> Numbers:
    """The sum of the values at each place from 0 to ``size`` - 1."""
    return np.asarray(np.bincount(place, values, size), dtype=np.float64)


def sum_lines(place: Codes, values: Numbers, size: int) -> Numbers:
    """The same for each line of values."""
    return np.array([sum_by(place, line, size) for line in values]).reshape(len(values), size)


def sum_at_risk(leaves: Codes, enters: Codes, weight: Numbers, size: int) -> Numbers:
    """At each time, the weights of all who have entered and not left before it."""
    later = sum_by(leaves, weight, size)[::-1].cumsum()[::-1]
    if not enters.any():
        return later
    not_yet = sum_by(enters, weight, size + 1)[::-1].cumsum()[::-1][1:]
    return np.asarray(later - not_yet)
