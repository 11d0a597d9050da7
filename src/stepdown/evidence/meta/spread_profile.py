"""The profile likelihood interval of the spread between studies in a one-stage model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stepdown.evidence.meta.bayesian import MeanPrior, ReportsModel
from stepdown.evidence.meta.distributions import Floats, critical_value

POINTS = 13


def find_spread_interval(model: ReportsModel, mean: float, spread: float, top: float,
                         level: float) -> tuple[float, float]:
    """Where the log likelihood, maximised over the mean, has fallen by half the chi-squared quantile."""
    flat = replace(model, prior=MeanPrior(0.0, np.inf), start=mean)
    drop = top - critical_value(level) ** 2 / 2
    high = _find_crossing(flat, drop, spread, _find_far_side(flat, drop, spread), falling=True)
    at_none = _profile(flat, np.array([1e-4]))[0]
    return 0.0 if at_none >= drop else _find_crossing(flat, drop, 1e-4, spread, falling=False), high


def _profile(model: ReportsModel, spread: Floats) -> Floats:
    return model.log_density(spread, model.find_peaks(spread)[0])


def _find_far_side(model: ReportsModel, drop: float, spread: float) -> float:
    """A spread so large that it is excluded."""
    trial = np.maximum(spread, 0.1) * 2.0 ** np.arange(1, 7)
    below = np.flatnonzero(_profile(model, trial) < drop)
    return float(trial[below[0]] if below.size else trial[-1])


def _find_crossing(model: ReportsModel, drop: float, low: float, high: float, falling: bool) -> float:
    """The crossing between two spreads, on a grid laid twice."""
    for _ in range(2):
        grid = np.linspace(low, high, POINTS)
        above = _profile(model, np.maximum(grid, 1e-4)) >= drop
        index = int(np.argmin(above)) if falling else int(np.argmax(above))
        low, high = float(grid[max(index - 1, 0)]), float(grid[index])
    return (low + high) / 2
