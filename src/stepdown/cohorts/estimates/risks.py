"""The risk of an event by given times, when people leave at different times and other events compete.

The value is that of the Aalen-Johansen curve (with one kind of event: one less Kaplan-Meier). The interval is
formed on the scale log(-log) of being free of it. When nobody had the event by a time the curve cannot say
how sure that is; the upper bound is then the exact one for those still at risk at that time, who are a part
of all who bear witness, so that it errs on the safe side. No events are never "no risk".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.follow_up import FollowUp, FollowUpError, Numbers, read_follow_up, read_numbers
from stepdown.cohorts.survival.influence import has_one_person
from stepdown.cohorts.survival.intervals import find_bounds
from stepdown.cohorts.survival.kaplan_meier import split_rows
from stepdown.cohorts.survival.risk_influence import find_risk_influence

CURVE, EXACT, UNKNOWN = "curve", "exact bound", "unknown"


@dataclass(frozen=True)
class Risk:
    """The risk by the time ``at``. ``how`` says where the interval comes from: curve, exact bound or unknown.

    ``events`` and ``still_at_risk`` count rows. A risk beyond the last follow-up is not a number and ``why``
    says so.
    """

    at: float
    value: float
    lower: float
    upper: float
    standard_error: float
    events: int
    still_at_risk: int
    how: str
    why: str


def estimate_risks(time: ArrayLike, event: ArrayLike, at: ArrayLike, *, cause: int = 1,
                   entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                   cluster: ArrayLike | None = None, level: float = 0.95) -> tuple[Risk, ...]:
    """The risk of a cause by each of the times ``at``; ``event`` is 0, or the number of the cause.

    The other arrays are those of ``survival.estimate_incidence``. FollowUpError when one cannot be read.
    """
    rows = read_follow_up(time, event, entry, weights, cluster, causes=True)
    return find_risks(rows, read_times(at), cause, level)


def estimate_risks_by(group: ArrayLike, time: ArrayLike, event: ArrayLike, at: ArrayLike, *, cause: int = 1,
                      entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                      cluster: ArrayLike | None = None,
                      level: float = 0.95) -> dict[object, tuple[Risk, ...]]:
    """The same for each label of ``group``."""
    rows = read_follow_up(time, event, entry, weights, cluster, causes=True)
    return {label: find_risks(part, read_times(at), cause, level) for label, part in split_rows(rows, group)}


def read_times(at: ArrayLike) -> Numbers:
    """Times from 0 up, one or several."""
    times = read_numbers("at", np.atleast_1d(np.asarray(at)))
    if (times < 0).any():
        raise FollowUpError("at holds a negative time; count time from the index date.")
    return times


def find_risks(rows: FollowUp, times: Numbers, cause: int, level: float) -> tuple[Risk, ...]:
    """The risks of rows that were checked before."""
    values, influence = find_risk_influence(rows, cause, times)
    if rows.cluster is not None:
        influence = np.stack([np.bincount(rows.cluster, column) for column in influence.T], axis=1)
    errors = np.sqrt((influence**2).sum(axis=0)) * (np.nan if has_one_person(rows) else 1)
    return tuple(_describe(rows, float(t), float(p), float(e), cause, level)
                 for t, p, e in zip(times, values, errors, strict=True))


def _describe(rows: FollowUp, at: float, value: float, error: float, cause: int, level: float) -> Risk:
    events = int(((rows.event == cause) & (rows.time <= at)).sum())
    still = rows.time >= at if rows.entry is None else (rows.time >= at) & (rows.entry < at)
    count = int(still.sum())
    unknown = float("nan")
    if at > rows.time.max() and not _is_everybody_gone(rows):
        return Risk(at, unknown, unknown, unknown, unknown, events, 0, UNKNOWN,
                    "nobody was followed to this time")
    if value in (0, 1) or error == 0:
        return _describe_certain(rows.weight[still], at, value, events, count, level)
    lower, upper = (1 - float(bound[0]) for bound in reversed(
        find_bounds(np.array([1 - value]), np.array([error]), "log-log", level)))
    return Risk(at, value, lower, upper, error, events, count, CURVE, "")


def _is_everybody_gone(rows: FollowUp) -> bool:
    """Whether the last of all had an event, after which nothing more can happen."""
    last = rows.time == rows.time.max()
    return bool((rows.event[last] > 0).all())


def _describe_certain(weights: Numbers, at: float, value: float, events: int, count: int,
                      level: float) -> Risk:
    """A risk of 0 or 1 in the data: the exact bound, if somebody is left to bear witness."""
    unknown = float("nan")
    if value != 0 or count == 0:
        why = "everybody had the event" if value == 1 else "nobody is left to say how sure this is"
        return Risk(at, value, unknown, unknown, unknown, events, count, UNKNOWN, why)
    effective = float(weights.sum()) ** 2 / float((weights**2).sum())
    upper = 1 - ((1 - level) / 2) ** (1 / effective)
    return Risk(at, 0.0, 0.0, upper, unknown, events, count, EXACT,
                "nobody had the event; the upper bound is that of those still at risk")
