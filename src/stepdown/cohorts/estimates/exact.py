"""How many had the event, and at what rate, with exact intervals.

Clopper and Pearson, Biometrika 1934;26:404, for a proportion; Garwood, Biometrika 1936;28:437, for events
over person-time; the ratio of two rates from the binomial distribution given their sum (Przyborowski and
Wilenski, Biometrika 1940;31:313).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.follow_up import FollowUpError
from stepdown.evidence.meta.exact import find_clopper_pearson, find_garwood


@dataclass(frozen=True)
class Proportion:
    """Events among people, with the exact interval; not a number among nobody."""

    events: int
    people: int
    value: float
    lower: float
    upper: float
    level: float


@dataclass(frozen=True)
class Rate:
    """Events per unit of person-time (per year, if time is in years), with the exact interval."""

    events: int
    person_time: float
    value: float
    lower: float
    upper: float
    level: float


@dataclass(frozen=True)
class RateRatio:
    """The rate of the treated over that of the untreated, with its exact interval."""

    value: float
    lower: float
    upper: float
    level: float


def estimate_proportion(events: int, people: int, level: float = 0.95) -> Proportion:
    """The share of people with the event. FollowUpError unless 0 <= events <= people."""
    if not 0 <= events <= people:
        raise FollowUpError("events must lie between 0 and the number of people.")
    if people == 0:
        return Proportion(0, 0, float("nan"), 0.0, 1.0, level)
    lower, upper = find_clopper_pearson(events, people, level)
    return Proportion(events, people, events / people, float(lower), float(upper), level)


def estimate_rate(events: int, person_time: float, level: float = 0.95) -> Rate:
    """Events per unit of person-time. FollowUpError unless events are 0 or more and time is above 0.

    The interval takes events to come independently; if few people have many events (relapses), resample by
    person instead.
    """
    if events < 0 or not 0 < person_time < np.inf:
        raise FollowUpError("events must be 0 or more and person_time above 0.")
    lower, upper = find_garwood(events, level)
    return Rate(events, person_time, events / person_time, float(lower) / person_time,
                float(upper) / person_time, level)


def compare_rates(untreated: Rate, treated: Rate) -> RateRatio:
    """The ratio of two rates; unknown when neither group had an event."""
    level, time_ratio = treated.level, untreated.person_time / treated.person_time
    both = treated.events + untreated.events
    if both == 0:
        return RateRatio(float("nan"), 0.0, float("inf"), level)
    odds = [_to_odds(p) * time_ratio for p in
            (treated.events / both, *find_clopper_pearson(treated.events, both, level))]
    return RateRatio(odds[0], odds[1], odds[2], level)


def _to_odds(p: float) -> float:
    return p / (1 - p) if p < 1 else float("inf")
