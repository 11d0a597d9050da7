"""Did predictions hold all the time? Risk-adjusted CUSUM charts over the calendar, with simulated limits.

A chart adds, day by day, the log likelihood ratio of so many times the predicted hazard against the predicted
one, and starts anew whenever it speaks for the latter (Biswas and Kalbfleisch, Stat Med 2008;27:3382; for
procedures Steiner, Cook, Farewell and Treasure, Biostatistics 2000;1:441). On the clock of expected events,
events come as a Poisson process of rate 1 if predictions hold, whatever the risks are (the random time change
of counting processes): so a limit depends on the expected events of the span and on nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.audit.rules import Rules

Numbers = NDArray[np.float64]
#: The longest span that is simulated as a whole; longer ones are made of such spans.
_LONGEST = 1_000.0
#: How many steps of simulated paths are held in memory at a time.
_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Series:
    """Events and expected events of each day from ``first_day`` on (days since 1970)."""

    first_day: int
    observed: NDArray[np.int64]
    expected: Numbers

    def __len__(self) -> int:
        return len(self.observed)


@dataclass(frozen=True, eq=False)
class Chart:
    """A CUSUM for ``ratio`` times the predicted hazard: its height at the end of each day, and its limit.

    ``signal_day`` is the first day on which it rose above the limit, None if it did not; ``since_day`` the
    last day before at which it stood at nought: from about then on.
    """

    ratio: float
    limit: float
    false_alarms: float
    height: Numbers
    signal_day: int | None
    since_day: int | None


def draw_chart(series: Series, ratio: float, false_alarms: float, rules: Rules) -> Chart:
    """The chart of a series for one ratio, with a limit for its own span of expected events."""
    total = float(f"{series.expected.sum():.3g}")  # to three digits: a limit changes by less than it is known
    limit = find_limit(ratio, total, false_alarms, rules.cusum_runs, rules.cusum_seed)
    height = find_heights(series.observed[None, :], np.cumsum(series.expected)[None, :], ratio)[0]
    above = np.flatnonzero(height.max(axis=1) > limit + 1e-9)
    signal = int(above[0]) if above.size else None
    since = None
    if signal is not None:
        standing = np.flatnonzero(height[:signal, 1] <= 0)
        since = int(standing[-1]) + 1 if standing.size else 0
    return Chart(ratio, limit, false_alarms, height[:, 1], _to_day(series, signal), _to_day(series, since))


def _to_day(series: Series, place: int | None) -> int | None:
    return None if place is None else series.first_day + place


def find_heights(events: NDArray[np.int64], clock: Numbers, ratio: float) -> Numbers:
    """The height of charts, a row each, before and after the events of each moment.

    ``clock`` is the expected events up to the moment. Before them a chart for fewer events stands highest.
    """
    gain = math.log(ratio)
    so_far = np.cumsum(events, axis=1)
    before = gain * (so_far - events) - (ratio - 1) * clock
    path = np.stack([before, before + gain * events], axis=2)
    flat = path.reshape(len(path), -1)
    lowest = np.minimum(np.minimum.accumulate(flat, axis=1), 0.0)
    return np.asarray((flat - lowest).reshape(path.shape))


@cache
def find_limit(ratio: float, expected: float, false_alarms: float, runs: int, seed: int) -> float:
    """The height that a chart passes in so many of all spans of so many expected events if predictions hold.

    Simulated with a fixed seed. Of a span too long to simulate the same holds part by part, each of which
    may then pass it the more rarely.
    """
    span = min(expected, _LONGEST)
    alarms = 1 - (1 - false_alarms) ** (span / expected) if expected > 0 else false_alarms
    highest = simulate_highest(ratio, span, runs, seed)
    return float(np.quantile(highest, 1 - alarms, method="higher"))


def simulate_highest(ratio: float, expected: float, runs: int, seed: int) -> Numbers:
    """The greatest height of charts over so many expected events if predictions hold, a run each."""
    rng = np.random.default_rng(seed)
    found = [_simulate(rng, ratio, expected, count) for count in _cut(runs, expected)]
    return np.concatenate(found)


def _cut(runs: int, expected: float) -> Iterator[int]:
    at_once = max(1, int(_AT_ONCE / (expected + 6 * math.sqrt(expected) + 10)))
    for start in range(0, runs, at_once):
        yield min(at_once, runs - start)


def _simulate(rng: np.random.Generator, ratio: float, expected: float, runs: int) -> Numbers:
    counts = rng.poisson(expected, runs)
    most = int(counts.max(initial=0)) + 1
    is_event = np.arange(most) < counts[:, None]
    clock = np.sort(np.where(is_event, rng.random((runs, most)), 1.0), axis=1) * expected
    return np.asarray(find_heights(is_event.astype(np.int64), clock, ratio).max(axis=(1, 2)))
