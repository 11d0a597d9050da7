"""Proportions that differ between studies by a beta distribution: the beta-binomial model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import (
    Floats,
    critical_value,
    differentiate_log_gamma,
    log_gamma,
    to_logistic,
)
from stepdown.evidence.meta.effect_sizes import Column
from stepdown.evidence.meta.refusals import NotPoolable, ReportError

# below this overdispersion the beta-binomial is the binomial, and rounding would blur it
SMALLEST_LOG_RATIO = -12.0


@dataclass(frozen=True)
class BetaBinomial:
    """The mean proportion over studies as log odds, and the overdispersion rho (0: studies agree)."""

    k: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    rho: float
    log_likelihood: float
    level: float
    converged: bool

    @property
    def proportion(self) -> tuple[float, float, float]:
        """The mean proportion with its interval."""
        low, middle, high = to_logistic(np.array([self.ci_low, self.estimate, self.ci_high]))
        return float(middle), float(low), float(high)


def fit_beta_binomial(events: Column, n: Column, level: float = 0.95) -> BetaBinomial:
    """Pool proportions by the beta-binomial model."""
    x, total = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    if np.any(x < 0) or np.any(x > total) or np.any(total < 1):
        raise ReportError("events must lie between 0 and n, and n must be at least 1")
    if len(x) < 2 or x.sum() == 0 or x.sum() == total.sum():
        raise NotPoolable("a beta-binomial model needs two studies, an event, and a person without one")
    theta, converged = _maximise(x, total)
    variance = _find_covariance(x, total, theta)
    reach = critical_value(level) * float(np.sqrt(variance))
    centre, ratio = float(theta[0]), float(np.exp(theta[1])) if theta[1] > SMALLEST_LOG_RATIO + 1e-6 else 0.0
    top = find_beta_binomial_log_likelihood(x, total, theta)
    return BetaBinomial(len(x), centre, float(np.sqrt(variance)), centre - reach, centre + reach,
                        ratio / (1 + ratio), top, level, converged)


def find_beta_binomial_log_likelihood(x: Floats, n: Floats, theta: Floats) -> float:
    """Log likelihood at (log odds of the mean, log of 1 / (a + b)), binomial coefficients left out."""
    mean, size = to_logistic(theta[0]), np.exp(-theta[1])
    a, b = mean * size, (1 - mean) * size
    return float(np.sum(log_gamma(a + x) - log_gamma(a) + log_gamma(b + n - x) - log_gamma(b)
                        - log_gamma(size + n) + log_gamma(size)))


def _maximise(x: Floats, n: Floats) -> tuple[Floats, bool]:
    from scipy.optimize import minimize

    mean = (x.sum() + 0.5) / (n.sum() + 1)
    best = minimize(lambda t: (-find_beta_binomial_log_likelihood(x, n, t), -_find_slope(x, n, t)),
                    [np.log(mean / (1 - mean)), -2.0], jac=True, method="L-BFGS-B",
                    bounds=[(-15, 15), (SMALLEST_LOG_RATIO, 6)],
                    options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000})
    return np.asarray(best.x), bool(best.success)


def _find_slope(x: Floats, n: Floats, theta: Floats) -> Floats:
    mean, size = float(to_logistic(theta[0])), float(np.exp(-theta[1]))
    a, b, slope = mean * size, (1 - mean) * size, differentiate_log_gamma
    shared = slope(size) - slope(size + n)
    by_a = float(np.sum(slope(a + x) - slope(a) + shared))
    by_b = float(np.sum(slope(b + n - x) - slope(b) + shared))
    return np.array([mean * (1 - mean) * size * (by_a - by_b), -size * (mean * by_a + (1 - mean) * by_b)])


def _find_covariance(x: Floats, n: Floats, theta: Floats) -> float:
    """The variance of the mean log odds, from differences of the log likelihood."""
    step = np.array([1e-3, 1e-3])
    held = theta[1] < -9
    size = 1 if held else 2
    bend = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            moves = [(si * np.eye(2)[i] + sj * np.eye(2)[j]) * step for si in (1, -1) for sj in (1, -1)]
            values = [find_beta_binomial_log_likelihood(x, n, theta + m) for m in moves]
            bend[i, j] = (values[0] - values[1] - values[2] + values[3]) / 4e-6
    return float(np.linalg.inv(-bend)[0, 0])
