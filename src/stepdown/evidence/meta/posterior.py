"""The posterior of a pooled mean and the spread between studies, by quadrature on both.

The spread has a half-normal prior. For each spread the mean is laid on a grid of its own around the
conditional peak, dense in the middle and reaching far into the tails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stepdown.evidence.meta.distributions import Floats, to_normal_probability
from stepdown.evidence.meta.quadrature import gauss_legendre

SPREAD_NODES = 24
MEAN_NODES = 33
# distances from the peak, in standard deviations, at which the width of the grid is chosen
REACHES = np.array([3.0, 5.0, 8.0, 14.0, 22.0])
# log density below the peak at which the tail of the spread is cut
NEGLIGIBLE = 16.0


class MeanGivenSpread(Protocol):
    """What the data and the prior of the mean say, for given spreads."""

    def find_peaks(self, spread: Floats) -> tuple[Floats, Floats]:
        """The most likely mean for each spread, and its standard deviation there."""
        ...

    def log_density(self, spread: Floats, mean: Floats) -> Floats:
        """Log likelihood plus log prior of the mean, pair by pair."""
        ...


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weights over spreads, and over means given each spread."""

    spread: Floats
    spread_density: Floats
    spread_range: tuple[float, float]
    spread_weight: Floats
    peak: Floats
    scale: Floats
    mean: Floats
    weight: Floats
    first_step: Floats
    step: Floats
    cumulative: Floats
    density: Floats

    def mean_moments(self) -> tuple[float, float]:
        """Posterior mean and standard deviation of the pooled mean."""
        centre = float(np.sum(self.weight * self.mean))
        return centre, float(np.sqrt(np.sum(self.weight * (self.mean - centre) ** 2)))

    def mean_quantiles(self, probabilities: Floats) -> Floats:
        """Quantiles of the pooled mean."""
        return _invert(self._mean_cumulative, probabilities, *self.mean_moments())

    def predictive_moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the true value in a new study."""
        centre, sd = self.mean_moments()
        return centre, float(np.sqrt(sd**2 + np.sum(self.weight * self.spread[:, None] ** 2)))

    def predictive_quantiles(self, probabilities: Floats) -> Floats:
        """Quantiles of the true value in a new study."""
        return _invert(self.predictive_below, probabilities, *self.predictive_moments())

    def predictive_below(self, values: Floats) -> Floats:
        """The chance that the true value in a new study lies below each value."""
        z = (np.asarray(values)[:, None, None] - self.mean) / self.spread[:, None]
        return np.asarray(np.sum(self.weight * to_normal_probability(z), axis=(1, 2)))

    def spread_moments(self) -> tuple[float, float]:
        """Posterior mean and standard deviation of the spread."""
        centre = float(self.spread_weight @ self.spread)
        return centre, float(np.sqrt(self.spread_weight @ (self.spread - centre) ** 2))

    def spread_quantiles(self, probabilities: Floats) -> Floats:
        """Quantiles of the spread between studies."""
        low, high = self.spread_range
        fine = np.linspace(low, high, 801)
        below = _integrated_polynomial(self.spread_density, fine, low, high)
        return np.interp(probabilities, np.maximum.accumulate(below / below[-1]), fine)

    def _mean_cumulative(self, values: Floats) -> Floats:
        x = np.arcsinh((np.asarray(values)[:, None] - self.peak) / self.scale / 1.5)
        place = np.clip((x - self.first_step) / self.step, 0, MEAN_NODES - 1 - 1e-9)
        left = place.astype(int)
        row = np.arange(self.peak.size)
        f0, f1 = self.cumulative[row, left], self.cumulative[row, left + 1]
        g0, g1 = self.density[row, left] * self.step, self.density[row, left + 1] * self.step
        return np.asarray(_hermite(place - left, f0, f1, g0, g1) @ self.spread_weight)


def find_posterior(model: MeanGivenSpread, prior_scales: tuple[float, ...]) -> tuple[Posterior, ...]:
    """The posterior under each half-normal prior scale, all from one set of likelihood evaluations."""
    low, high = _find_spread_range(model, prior_scales)
    spread, gauss = gauss_legendre(low, high, SPREAD_NODES)
    peak, scale = model.find_peaks(spread)
    steps = _lay_grid(model, spread, peak, scale)
    mean = peak[:, None] + scale[:, None] * 1.5 * np.sinh(steps)
    flat = model.log_density(np.repeat(spread, MEAN_NODES), mean.ravel()).reshape(mean.shape)
    top, step = flat.max(axis=1), steps[:, 1] - steps[:, 0]
    density = np.exp(flat - top[:, None]) * np.cosh(steps)
    cumulative = _cumulate(density, step[:, None])
    mass = cumulative[:, -1]
    share = density / np.sum(density, axis=1, keepdims=True)
    bare = Posterior(spread, spread, (low, high), gauss, peak, scale, mean, share, steps[:, 0], step,
                     cumulative / mass[:, None], density / mass[:, None])
    log_marginal = top + np.log(mass * scale)
    return tuple(_weigh(bare, log_marginal, gauss, share, s) for s in prior_scales)


def _lay_grid(model: MeanGivenSpread, spread: Floats, peak: Floats, scale: Floats) -> Floats:
    """Grid steps for each spread: on either side as far as the density is not negligible."""
    offsets = np.concatenate([-REACHES, [0.0], REACHES])
    mean = peak[:, None] + scale[:, None] * offsets
    height = model.log_density(np.repeat(spread, offsets.size), mean.ravel()).reshape(mean.shape)
    fallen = height < height[:, [REACHES.size]] - NEGLIGIBLE
    left, right = fallen[:, :REACHES.size], fallen[:, REACHES.size + 1:]
    low, high = (np.arcsinh(_first_reach(side) / 1.5) for side in (left, right))
    return np.asarray(-low[:, None] + (high + low)[:, None] * np.linspace(0.0, 1.0, MEAN_NODES))


def _first_reach(fallen: NDArray[np.bool_]) -> Floats:
    return np.asarray(np.where(fallen.any(axis=1), REACHES[np.argmax(fallen, axis=1)], REACHES[-1]))


def _weigh(bare: Posterior, log_marginal: Floats, gauss: Floats, share: Floats,
           prior_scale: float) -> Posterior:
    log_density = log_marginal - bare.spread**2 / (2 * prior_scale**2)
    density = np.exp(log_density - log_density.max())
    weight = gauss * density / np.sum(gauss * density)
    return replace(bare, spread_density=density, spread_weight=weight, weight=weight[:, None] * share)


def _find_spread_range(model: MeanGivenSpread, prior_scales: tuple[float, ...]) -> tuple[float, float]:
    """Where the spread is not negligible under any of the priors, from Laplace approximations."""
    spread = 5.0 * max(prior_scales) * (np.arange(1, 17) / 16) ** 2
    peak, scale = model.find_peaks(spread)
    marginal = model.log_density(spread, peak) + np.log(scale)
    fine = np.linspace(0.0, spread[-1], 400)
    log_density = np.interp(fine, spread, marginal) - fine**2 / (2 * np.array(prior_scales)[:, None] ** 2)
    kept = np.any(log_density > log_density.max(axis=1, keepdims=True) - NEGLIGIBLE, axis=0)
    index = np.flatnonzero(kept)
    return float(fine[max(index[0] - 1, 0)]), float(fine[min(index[-1] + 1, fine.size - 1)])


def _cumulate(density: Floats, step: Floats) -> Floats:
    """Integral from the left end to each grid point: trapezoids with the end correction by slopes."""
    slope = np.gradient(density, axis=1) / step
    pieces = step * (density[:, 1:] + density[:, :-1]) / 2 - step**2 / 12 * (slope[:, 1:] - slope[:, :-1])
    return np.concatenate([np.zeros((density.shape[0], 1)), np.cumsum(pieces, axis=1)], axis=1)


def _hermite(t: Floats, f0: Floats, f1: Floats, g0: Floats, g1: Floats) -> Floats:
    """The cubic through two values with two slopes, at t between 0 and 1."""
    return ((2 * t**3 - 3 * t**2 + 1) * f0 + (t**3 - 2 * t**2 + t) * g0
            + (3 * t**2 - 2 * t**3) * f1 + (t**3 - t**2) * g1)


def _integrated_polynomial(at_nodes: Floats, where: Floats, low: float, high: float) -> Floats:
    """The integral from low of the polynomial through values at the Gauss-Legendre nodes."""
    legendre = np.polynomial.legendre
    x, w = legendre.leggauss(at_nodes.size)
    basis = legendre.legvander(x, at_nodes.size - 1)
    series = (basis.T @ (w * at_nodes)) * (2 * np.arange(at_nodes.size) + 1) / 2
    return np.asarray(legendre.legval(2 * (where - low) / (high - low) - 1, legendre.legint(series, lbnd=-1)))


def _invert(below: Callable[[Floats], Floats], probabilities: Floats, centre: float, sd: float) -> Floats:
    """Where a cumulative distribution reaches each probability: a table first, then bisection and secants."""
    table = centre + sd * 1.2 * np.sinh(np.linspace(-3.0, 3.0, 41))
    height = np.maximum.accumulate(below(table))
    right = np.clip(np.searchsorted(height, probabilities), 1, table.size - 1)
    low, high = table[right - 1], table[right]
    f_low, f_high = height[right - 1], height[right]
    for turn in range(12):
        share = (probabilities - f_low) / np.where(f_high > f_low, f_high - f_low, 1.0)
        share = np.clip(share, 0.02, 0.98) if turn % 3 < 2 else np.full_like(share, 0.5)
        middle = low + (high - low) * share
        f = below(middle)
        under = f < probabilities
        low, f_low = np.where(under, middle, low), np.where(under, f, f_low)
        high, f_high = np.where(under, high, middle), np.where(under, f_high, f)
    share = (probabilities - f_low) / np.where(f_high > f_low, f_high - f_low, 1.0)
    return np.asarray(low + (high - low) * np.clip(share, 0.0, 1.0))
