"""The variance between studies from normal estimates, by the methods FE, DL, PM, EB, ML and REML.

Iterations stop on relative change: an absolute threshold is far off on small scales such as risk
differences. All functions take estimates y, variances v and a design matrix x (one column of ones
when there are no moderators).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, to_chi2_quantile
from stepdown.evidence.meta.many_sets import (
    RELATIVE,
    find_damping,
    find_intervals_of_sets,
    find_tau2_of_sets,
)


@dataclass(frozen=True, eq=False)
class Weighted:
    """A weighted least squares fit at one variance between studies."""

    weight: Floats
    beta: Floats
    covariance: Floats
    residual: Floats
    design: Floats

    @property
    def q(self) -> float:
        """The weighted residual sum of squares."""
        return float(self.weight @ self.residual**2)

    @property
    def squared_score(self) -> float:
        """y'PPy, with P the projection that removes the fixed part."""
        return float(np.sum((self.weight * self.residual) ** 2))

    @property
    def trace_p(self) -> float:
        """The trace of P."""
        squared = self.design.T @ (self.design * (self.weight**2)[:, None])
        return float(np.sum(self.weight) - np.sum(self.covariance * squared))

    @property
    def trace_pp(self) -> float:
        """The trace of PP."""
        squared = self.design.T @ (self.design * (self.weight**2)[:, None])
        cubed = self.design.T @ (self.design * (self.weight**3)[:, None])
        half = self.covariance @ squared
        return float(np.sum(self.weight**2) - 2 * np.sum(self.covariance * cubed) + np.sum(half * half.T))


def fit_weighted(y: Floats, v: Floats, x: Floats, tau2: float) -> Weighted:
    """Weighted least squares with weights 1 / (v + tau2)."""
    weight = 1 / (v + tau2)
    information = x.T @ (x * weight[:, None])
    covariance: Floats = 1 / information if x.shape[1] == 1 else np.asarray(np.linalg.inv(information))
    beta = covariance @ (x.T @ (weight * y))
    return Weighted(weight, beta, covariance, y - x @ beta, x)


def find_tau2(y: Floats, v: Floats, x: Floats, method: str) -> tuple[float, int, bool]:
    """The variance between studies, the iterations used, and whether they converged."""
    if method == "FE" or len(y) <= x.shape[1]:
        return 0.0, 0, True
    if x.shape[1] == 1:
        found = find_tau2_of_sets(y[None], v[None], method)
        return float(found.tau2[0]), int(found.turns[0]), bool(found.converged[0])
    if method == "DL":
        return _find_dersimonian_laird(y, v, x), 1, True
    if method in ("PM", "EB"):
        return solve_q(y, v, x, float(len(y) - x.shape[1]))
    return _find_likelihood_root(y, v, x, restricted=method == "REML")


def _find_dersimonian_laird(y: Floats, v: Floats, x: Floats) -> float:
    fit = fit_weighted(y, v, x, 0.0)
    return max(float(fit.q - (len(y) - x.shape[1])) / fit.trace_p, 0.0)


def solve_q(y: Floats, v: Floats, x: Floats, target: float) -> tuple[float, int, bool]:
    """The variance at which the weighted residual sum of squares meets a target; 0 when it never does.

    Q falls and is convex in tau2, so Newton steps from the left never overshoot.
    """
    tau2 = 0.0
    for turn in range(1, 500):
        fit = fit_weighted(y, v, x, tau2)
        if turn == 1 and fit.q <= target:
            return 0.0, turn, True
        step = (fit.q - target) / fit.squared_score
        tau2 += step
        if abs(step) <= RELATIVE * tau2:
            return tau2, turn, True
    return tau2, 500, False


def _find_likelihood_root(y: Floats, v: Floats, x: Floats, restricted: bool) -> tuple[float, int, bool]:
    """Fisher scoring, with halved steps at the border and after many turns."""
    tau2 = max(float(np.var(y, ddof=1) - v.mean()), _find_dersimonian_laird(y, v, x), 0.0)
    for turn in range(1, 1000):
        score, information = _score(y, v, x, tau2, restricted)
        step = score / information * find_damping(turn)
        while tau2 + step < 0 and tau2 > 0:
            step = -tau2 if abs(step) > 100 * tau2 or tau2 < 1e-14 * v.mean() else step / 2
        if tau2 == 0 and step <= 0:
            return 0.0, turn, True
        tau2 += step
        if abs(step) <= RELATIVE * (tau2 + 1e-3 * float(v.min())):
            return max(tau2, 0.0), turn, True
    return tau2, 1000, False


def _score(y: Floats, v: Floats, x: Floats, tau2: float, restricted: bool) -> tuple[float, float]:
    fit = fit_weighted(y, v, x, tau2)
    if restricted:
        return fit.squared_score - fit.trace_p, fit.trace_pp
    return fit.squared_score - float(fit.weight.sum()), float(np.sum(fit.weight**2))


def find_tau2_se(fit: Weighted, plain: Weighted, tau2: float, method: str) -> float | None:
    """The standard error of tau2 by the large-sample formula of each method; None for FE.

    ``fit`` is weighted with tau2, ``plain`` without.
    """
    k, p = fit.design.shape
    formulas: dict[str, Callable[[], float]] = {
        "ML": lambda: 2 / float(fit.weight @ fit.weight),
        "REML": lambda: 2 / fit.trace_pp,
        "DL": lambda: _variance_of_dl(plain, tau2, k - p),
        "EB": lambda: 2 * k**2 / (k - p) / float(fit.weight.sum()) ** 2,
        "PM": lambda: 2 * k**2 / (k - p) / float(fit.weight.sum()) ** 2}
    return float(np.sqrt(formulas[method]())) if method in formulas and k > p else None


def _variance_of_dl(plain: Weighted, tau2: float, df: int) -> float:
    return (2 * df + 4 * tau2 * plain.trace_p + 2 * tau2**2 * plain.trace_pp) / plain.trace_p**2


def find_tau2_interval(y: Floats, v: Floats, x: Floats, level: float) -> tuple[float, float]:
    """The Q-profile interval of tau2: where Q meets the quantiles of its chi-squared distribution."""
    if x.shape[1] == 1:
        low, high = find_intervals_of_sets(y[None], v[None], level)
        return float(low[0]), float(high[0])
    df, tail = len(y) - x.shape[1], (1 - level) / 2
    lowest = solve_q(y, v, x, to_chi2_quantile(1 - tail, df))[0]
    return lowest, solve_q(y, v, x, to_chi2_quantile(tail, df))[0]


def find_typical_variance(v: Floats, x: Floats) -> float:
    """The typical within-study variance behind I2 and H2."""
    return float(len(v) - x.shape[1]) / fit_weighted(np.zeros_like(v), v, x, 0.0).trace_p
