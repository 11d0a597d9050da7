"""Where a new study may lie around what the model expects of it: quantiles of the sum of all doubts.

The doubts are the effect of the study (Student t, its scale from the posterior), the deviation of the arm,
and a normal part that differs from row to row: the posterior of the coefficients and the facts not read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, to_normal_probability

_SCALES, _T_NODES = 9, 61
#: Standard deviations of the normal part at which the quantiles are laid down, and interpolated between.
_NORMAL_SDS = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.1, 1.4, 1.8, 2.4, 3.2])
_GRID = np.sinh(np.linspace(-3.7, 3.7, 301))


@dataclass(frozen=True, eq=False)
class SpreadTable:
    """Quantiles of the deviation from the expected log hazard, by the deviation of the normal part."""

    below: Floats

    def quantiles(self, probabilities: Floats, normal_sd: Floats) -> Floats:
        """The deviation below which each probability lies: a row for each deviation."""
        laid = np.stack([np.interp(probabilities, row, _GRID) for row in self.below])
        place = np.clip(
            np.interp(normal_sd, _NORMAL_SDS, np.arange(_NORMAL_SDS.size)), 0, _NORMAL_SDS.size - 1
        )
        left = np.minimum(place.astype(int), _NORMAL_SDS.size - 2)
        share = (place - left)[:, None]
        return np.asarray(laid[left] * (1 - share) + laid[left + 1] * share)


def lay_spread_table(log_spread: Floats, weights: Floats, degrees_of_freedom: float) -> SpreadTable:
    """The table for a posterior of the log spread."""
    scales = np.exp(_weighted_quantiles(log_spread, weights, (np.arange(_SCALES) + 0.5) / _SCALES))
    offsets = (scales[:, None] * _student_quantiles(degrees_of_freedom)).ravel()
    rows = [to_normal_probability((_GRID[:, None] - offsets) / sd).mean(axis=1) for sd in _NORMAL_SDS]
    return SpreadTable(np.stack(rows))


def _student_quantiles(df: float) -> Floats:
    """Evenly spread quantiles of Student's t; scipy's function is loaded on first use."""
    import scipy.special

    return np.asarray(scipy.special.stdtrit(df, (np.arange(_T_NODES) + 0.5) / _T_NODES))


def _weighted_quantiles(values: Floats, weights: Floats, probabilities: Floats) -> Floats:
    order = np.argsort(values)
    return np.interp(probabilities, np.cumsum(weights[order]) - weights[order] / 2, values[order])
