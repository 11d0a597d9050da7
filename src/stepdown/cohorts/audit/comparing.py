"""Observed over expected events, with its interval, and how large a shift it could have shown.

The expected events are the predicted cumulative hazards of all people, each over the own time at risk: their
difference from the observed ones is nought on average where predictions hold, whatever ended follow-up
(a martingale; Andersen, Borgan, Gill and Keiding, Statistical Models Based on Counting Processes, 1993).
Mid-P limits of the Poisson count: Cohen and Yang, Stat Med 1994;13:2189.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.audit.rules import Rules

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Ratio:
    """Observed over expected events with its interval; without expected events there is no number (NaN)."""

    observed: int
    expected: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Power:
    """The hazard, as a multiple of the predicted one, that would have been seen with the stated probability.

    ``more`` and ``fewer`` may be infinite or nought: nothing would. ``expected_needed`` is how many expected
    events it takes until predictions that hold can be said to agree.
    """

    probability: float
    more: float
    fewer: float
    expected_needed: float


def compare(observed: int, expected: float, level: float) -> Ratio:
    """Observed over expected events; ``level`` is that of the interval."""
    if expected <= 0:
        return Ratio(observed, 0.0, math.nan, 0.0, math.inf)
    low, high = _find_limits(observed, level)
    return Ratio(observed, expected, observed / expected, low / expected, high / expected)


@lru_cache(maxsize=4096)
def _find_limits(observed: int, level: float) -> tuple[float, float]:
    """The limits for one count."""
    low, high = find_mid_p(np.array([observed]), level)
    return float(low[0]), float(high[0])


def find_mid_p(observed: NDArray[np.int64], level: float) -> tuple[Numbers, Numbers]:
    """The means of Poisson counts that mid-P tests do not refuse: of 0 the lower limit is 0."""
    tail, count = (1 - level) / 2, np.asarray(observed, dtype=np.float64)
    top = count + 10 * np.sqrt(count + 1) + 20
    low = _bisect(lambda mean: tail - _mid_p_above(count, mean), np.zeros_like(top), top)
    high = _bisect(lambda mean: 1 - tail - _mid_p_above(count, mean), np.zeros_like(top), top)
    return np.where(count == 0, 0.0, low), high


def _mid_p_above(count: Numbers, mean: Numbers) -> Numbers:
    """P(more than so many) and half of P(exactly so many); grows with the mean."""
    from scipy.special import gammainc, gammaln

    exactly = np.exp(count * np.log(np.maximum(mean, 1e-300)) - mean - gammaln(count + 1))
    return np.asarray(gammainc(count + 1, mean) + exactly / 2)


def _bisect(falling: object, low: Numbers, high: Numbers) -> Numbers:
    """Where a falling function of arrays crosses nought, to many digits."""
    assert callable(falling)
    for _ in range(55):
        middle = (low + high) / 2
        above = falling(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


def find_power(expected: float, rules: Rules) -> Power:
    """What shift would have been called so, and how many expected events are needed to see agreement."""
    from scipy.special import gammaincinv

    counts = np.arange(int(6 * expected + 60))
    low, high = find_mid_p(counts, rules.level)
    more = counts[low > rules.tolerated.high * expected]
    fewer = counts[high < rules.tolerated.low * expected]
    most = float(gammaincinv(more[0], rules.power)) / expected if len(more) and expected > 0 else math.inf
    least = float(gammaincinv(fewer[-1] + 1, 1 - rules.power)) / expected if len(fewer) else 0.0
    return Power(rules.power, most, least, find_needed(rules))


@lru_cache(maxsize=8)
def find_needed(rules: Rules) -> float:
    """The fewest expected events at which as many observed ones are enough to say that they agree."""
    counts = np.arange(1, 2_000)
    low, high = find_mid_p(counts, rules.level)
    enough = (low / counts >= rules.agreed.low) & (high / counts <= rules.agreed.high)
    return float(counts[enough][0])
