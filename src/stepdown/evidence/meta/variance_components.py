"""Variance components of normal data with known sampling covariance, by ML or REML."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats, critical_value

RELATIVE = 1e-11
MOST_STEPS = 2000


@dataclass(frozen=True, eq=False)
class ComponentModel:
    """y ~ N(design @ beta, sampling + sum of sigma2 * part); a part is a pattern such as "same study"."""

    y: Floats
    sampling: Floats
    design: Floats
    parts: Floats
    restricted: bool


@dataclass(frozen=True, eq=False)
class Components:
    """The variance of each part, coefficients with covariance, and the marginal covariance of the data."""

    sigma2: Floats
    beta: Floats
    covariance: Floats
    marginal: Floats
    projection: Floats
    log_likelihood: float
    converged: bool = False


def fit_components(model: ComponentModel, held: tuple[int, float] | None = None) -> Components:
    """Maximise over the variances, all at least 0; ``held`` fixes one of them at a value."""
    count = len(model.parts)
    start = np.full(count, max(float(np.var(model.y)) / count, 1e-6))
    free = np.ones(count, dtype=bool)
    if held:
        start[held[0]], free[held[0]] = held[1], False
    state = _evaluate(model, start, False)
    for _ in range(MOST_STEPS):
        state = _improve(model, state, free)
        if state.converged:
            break
    return state


def _evaluate(model: ComponentModel, sigma2: Floats, converged: bool) -> Components:
    x = model.design
    k, p = x.shape
    marginal = np.asarray(model.sampling + np.tensordot(sigma2, model.parts, axes=1))
    weight: Floats = np.asarray(np.linalg.inv(marginal), dtype=float)
    covariance = np.asarray(np.linalg.inv(x.T @ weight @ x), dtype=float)
    beta = covariance @ (x.T @ weight @ model.y)
    projection: Floats = np.asarray(weight - weight @ x @ covariance @ x.T @ weight, dtype=float)
    value = -0.5 * (np.linalg.slogdet(marginal)[1] + model.y @ projection @ model.y)
    if model.restricted:
        shape = np.linalg.slogdet(x.T @ x)[1] + np.linalg.slogdet(covariance)[1]
        value += 0.5 * shape - 0.5 * (k - p) * np.log(2 * np.pi)
    else:
        value -= 0.5 * k * np.log(2 * np.pi)
    return Components(sigma2, beta, covariance, marginal, projection if model.restricted else weight,
                      float(value), converged)


def _improve(model: ComponentModel, state: Components, free: Flags) -> Components:
    """One Fisher scoring step; a variance at 0 stays there while the likelihood falls with it."""
    residual = np.linalg.solve(state.marginal, model.y - model.design @ state.beta)
    sandwiches = [state.projection @ part for part in model.parts]
    score = np.array([residual @ part @ residual - np.trace(sandwich)
                      for part, sandwich in zip(model.parts, sandwiches, strict=True)])
    moving = free & ((state.sigma2 > 0) | (score > 0))
    step = np.zeros_like(score)
    if moving.any():
        information = np.array([[np.sum(a * b.T) for b in sandwiches] for a in sandwiches])
        # least squares, because with one finding a study the two variances cannot be told apart
        step[moving] = np.linalg.lstsq(information[np.ix_(moving, moving)], score[moving], rcond=None)[0]
    return _walk(model, state, step)


def _walk(model: ComponentModel, state: Components, step: Floats) -> Components:
    for halving in range(40):
        trial = np.maximum(state.sigma2 + step * 0.5**halving, 0.0)
        settled = bool(np.max(np.abs(trial - state.sigma2)) <= RELATIVE * (np.max(trial) + 1e-300))
        there = _evaluate(model, trial, settled)
        if there.log_likelihood >= state.log_likelihood - 1e-13 * abs(state.log_likelihood):
            return there
    return _evaluate(model, state.sigma2, True)


def find_profile_interval(model: ComponentModel, fit: Components, which: int,
                          level: float) -> tuple[float, float]:
    """The profile likelihood interval of one variance."""
    from scipy.optimize import brentq

    drop = fit.log_likelihood - critical_value(level) ** 2 / 2
    best = float(fit.sigma2[which])

    def excess(value: float) -> float:
        return fit_components(model, (which, value)).log_likelihood - drop

    low = 0.0 if best == 0 or excess(0.0) >= 0 else float(brentq(excess, 0.0, best, rtol=1e-10))
    far = max(2 * best, float(np.mean(np.diag(model.sampling))))
    while excess(far) > 0 and far < 1e6:
        far *= 2
    return low, float(brentq(excess, best, far, rtol=1e-10))
