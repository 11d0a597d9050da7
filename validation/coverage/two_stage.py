"""REML and the Bayesian normal model for thousands of pools at once, written apart from ``stepdown``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from designs import Floats, HazardData
from scipy.special import ndtr

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Intervals:
    """Estimate and 95 % interval of each run."""

    value: Floats
    low: Floats
    high: Floats


def to_log_hazards(data: HazardData) -> tuple[Floats, Floats]:
    """Each study's log hazard and variance, half an event added where a count is 0 or everybody."""
    extreme = (data.events == 0) | (data.events == data.people)
    chance = np.where(extreme, (data.events + 0.5) / (data.people + 1.0), data.events / data.people)
    free = np.log1p(-chance)
    return np.log(-free / data.years), chance / (data.people * (1 - chance) * free**2)


def fit_reml(values: Floats, variances: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance of the mean, and tau squared of each run, by Fisher scoring with a floor at 0."""
    variances = np.broadcast_to(variances, values.shape)
    tau2 = np.maximum(values.var(axis=1, ddof=1) - variances.mean(axis=1), 0.0)
    for _ in range(200):
        weight = 1 / (variances + tau2[:, None])
        total = weight.sum(axis=1)
        mean = (weight * values).sum(axis=1) / total
        squares = (weight**2 * (values - mean[:, None]) ** 2).sum(axis=1)
        one, two, three = total, (weight**2).sum(axis=1), (weight**3).sum(axis=1)
        trace = two - 2 * three / one + (two / one) ** 2
        step = (squares - one + two / one) / trace
        tau2, before = np.maximum(tau2 + step, 0.0), tau2
        if np.max(np.abs(tau2 - before)) < 1e-10:
            break
    weight = 1 / (variances + tau2[:, None])
    return (weight * values).sum(axis=1) / weight.sum(axis=1), 1 / weight.sum(axis=1), tau2


def fit_reml_z(values: Floats, variances: Floats) -> Intervals:
    """REML with the normal quantile: what most programs print."""
    mean, variance, _ = fit_reml(values, variances)
    reach = Z95 * np.sqrt(variance)
    return Intervals(mean, mean - reach, mean + reach)


def fit_reml_t(values: Floats, variances: Floats, quantile: float) -> Intervals:
    """REML with Knapp and Hartung's variance, never smaller than the plain one, and a t quantile."""
    mean, variance, tau2 = fit_reml(values, variances)
    weight = 1 / (variances + tau2[:, None])
    ratio = (weight * (values - mean[:, None]) ** 2).sum(axis=1) / (values.shape[1] - 1)
    reach = quantile * np.sqrt(variance * np.maximum(ratio, 1.0))
    return Intervals(mean, mean - reach, mean + reach)


def fit_bayesian(values: Floats, errors: Floats, scale: float, prior_sd: float) -> Intervals:
    """Posterior median and equal-tailed interval of the mean, half-normal spread, normal mean around 0."""
    x, w = np.polynomial.legendre.leggauss(60)
    spread, share = scale * 3 * (x + 1), w * 3 * scale
    total = errors[None, :, None] ** 2 + spread**2
    weight = 1 / total
    precision = weight.sum(axis=1) + prior_sd**-2
    centre = (weight * values[:, :, None]).sum(axis=1) / precision
    left = (values[:, :, None] ** 2 * weight).sum(axis=1) - centre**2 * precision
    log_mass = -0.5 * (np.log(total).sum(axis=1) + np.log(precision) + left) - spread**2 / (2 * scale**2)
    mass = np.exp(log_mass - log_mass.max(axis=1, keepdims=True)) * share
    mass /= mass.sum(axis=1, keepdims=True)
    low, middle, high = (_find_quantile(p, centre, precision**-0.5, mass) for p in (0.025, 0.5, 0.975))
    return Intervals(middle, low, high)


def _find_quantile(p: float, centre: Floats, sd: Floats, mass: Floats) -> Floats:
    """Where the mixture of normals reaches p, by bisection."""
    low, high = (centre - 12 * sd).min(axis=1), (centre + 12 * sd).max(axis=1)
    for _ in range(50):
        middle = (low + high) / 2
        below = (mass * ndtr((middle[:, None] - centre) / sd)).sum(axis=1) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
