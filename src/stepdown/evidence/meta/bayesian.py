"""The two models behind a posterior: any mix of reports with a study effect, and normal estimates.

Both have a normal prior on the pooled mean and a half-normal prior on the spread between studies,
and are integrated by quadrature; no random numbers are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.study_effect import GroupedRows, Marginal, integrate_studies

LARGEST_STEP = 3.0


@dataclass(frozen=True)
class MeanPrior:
    """A normal prior on the pooled mean; an infinite sd is a flat one."""

    mean: float
    sd: float

    @property
    def precision(self) -> float:
        """One over the variance; 0 for a flat prior."""
        return 0.0 if np.isinf(self.sd) else self.sd**-2


@dataclass(frozen=True)
class ReportsModel:
    """Rows of reports, each study with its own normal effect around the pooled mean."""

    rows: GroupedRows
    prior: MeanPrior
    start: float
    nodes: int

    def marginal(self, spread: Floats, mean: Floats) -> Marginal:
        """The studies' likelihoods with their effects integrated out."""
        return integrate_studies(self.rows, mean, spread, self.nodes)

    def log_density(self, spread: Floats, mean: Floats) -> Floats:
        """Log likelihood plus log prior of the mean."""
        prior = -0.5 * self.prior.precision * (mean - self.prior.mean) ** 2
        return np.asarray(self.marginal(spread, mean).log_likelihood.sum(axis=0) + prior)

    def find_peaks(self, spread: Floats) -> tuple[Floats, Floats]:
        """Newton steps in the mean for all spreads at once, kept between the slopes already seen.

        The log density is concave in the mean, so the peak lies where the slope changes sign.
        """
        mean, modes, bend = np.full(spread.size, self.start), None, np.full(spread.size, -1.0)
        low, high = np.full(spread.size, -np.inf), np.full(spread.size, np.inf)
        for _ in range(40):
            part = integrate_studies(self.rows, mean, spread, self.nodes, modes)
            slope, bend, modes = self._slope(part, mean), self._bend(part), part.mode
            low, high = np.where(slope > 0, mean, low), np.where(slope > 0, high, mean)
            trial = mean + np.clip(-slope / bend, -LARGEST_STEP, LARGEST_STEP)
            step = np.where((trial < low) | (trial > high), (low + high) / 2, trial) - mean
            mean = mean + step
            if np.all(np.abs(step) < 0.02 / np.sqrt(-bend)):
                break
        return mean, 1 / np.sqrt(-bend)

    def _slope(self, part: Marginal, mean: Floats) -> Floats:
        return np.asarray(part.slope.sum(axis=0) - self.prior.precision * (mean - self.prior.mean))

    def _bend(self, part: Marginal) -> Floats:
        # no study bends the log density upwards; quadrature errors at extreme spreads can
        return np.asarray(np.minimum(part.bend.sum(axis=0), -1e-8) - self.prior.precision)


@dataclass(frozen=True)
class NormalModel:
    """Normal estimates with known standard errors, each around its study's own true value."""

    value: Floats
    se: Floats
    prior: MeanPrior

    def find_peaks(self, spread: Floats) -> tuple[Floats, Floats]:
        """The conditional posterior of the mean is normal: weighted average and its standard deviation."""
        weight = 1 / (self.se**2 + spread[:, None] ** 2)
        precision = weight.sum(axis=1) + self.prior.precision
        total = weight @ self.value + self.prior.precision * self.prior.mean
        return np.asarray(total / precision), np.asarray(precision**-0.5)

    def log_density(self, spread: Floats, mean: Floats) -> Floats:
        """Log likelihood plus log prior of the mean."""
        variance = self.se**2 + spread[:, None] ** 2
        residual = self.value - mean[:, None]
        prior = -0.5 * self.prior.precision * (mean - self.prior.mean) ** 2
        return np.asarray(-0.5 * np.sum(np.log(variance) + residual**2 / variance, axis=1) + prior)
