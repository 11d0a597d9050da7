"""Estimates with their intervals in the one form that results have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.results import Interval
from stepdown.cohorts.estimates import estimate_proportion, estimate_rate

_NONE = float("nan")
_WIDTH = 1.959964


def find_proportion(events: int, people: int) -> Interval:
    """A proportion with its exact interval."""
    if people == 0:
        return Interval(_NONE, _NONE, _NONE, "nobody in this group")
    found = estimate_proportion(events, people)
    return Interval(found.value, found.lower, found.upper)


def find_rate(events: int, years: float) -> Interval:
    """A rate per person-year with its exact interval."""
    if not years > 0:
        return Interval(_NONE, _NONE, _NONE, "no time was observed")
    found = estimate_rate(events, years)
    return Interval(found.value, found.lower, found.upper)


def from_replicates(value: float, replicates: NDArray[np.float64], *, ratio: bool = False) -> Interval:
    """A normal interval with the spread of bootstrap replicates; on the log scale for a ratio."""
    known = replicates[np.isfinite(replicates)]
    if not np.isfinite(value):
        return Interval(_NONE, _NONE, _NONE, "no estimate: nobody followed so long, or no events")
    if len(known) < 0.9 * len(replicates) or len(known) < 2:
        return Interval(value, _NONE, _NONE, "too few events for an interval by resampling")
    if not ratio:
        spread = _WIDTH * float(known.std(ddof=1))
        return Interval(value, value - spread, value + spread)
    known = known[known > 0]
    if len(known) < 2 or value <= 0:
        return Interval(value, _NONE, _NONE, "too few events for an interval by resampling")
    factor = float(np.exp(_WIDTH * np.log(known).std(ddof=1)))
    return Interval(value, value / factor, value * factor)
