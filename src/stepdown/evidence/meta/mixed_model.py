"""Generalised linear mixed models by maximum likelihood: adaptive Gauss-Hermite quadrature and Newton steps.

Each row's linear predictor is design @ beta + sum of loading * spread * study effect, the effects
standard normal and shared by the rows of a study. The derivatives follow from the posterior of the
effects (Fisher's and Louis' identities), so each step is an exact Newton step and convergence is
judged by the Newton decrement, which does not depend on the scale of the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.likelihoods import Likelihood
from stepdown.evidence.meta.quadrature import DEFAULT_NODES, check_nodes, gauss_hermite, log_sum_exp

DECREMENT = 1e-13
LARGEST_STEP = 2.0
MOST_STEPS = 60
# A spread below this is none; where it is a valley of the likelihood, the climb starts anew from these.
NO_SPREAD = 1e-4
AWAY_FROM_ZERO = (0.3, 0.1, 0.03, 0.01)


@dataclass(frozen=True)
class MixedModel:
    """The data of a mixed model; rows stand in the order of their study numbers 0, 1, 2 ..."""

    likelihood: Likelihood
    design: Floats
    loadings: Floats
    study: NDArray[np.intp]

    @property
    def starts(self) -> NDArray[np.intp]:
        """The first row of each study."""
        return np.flatnonzero(np.r_[True, np.diff(self.study) > 0])

    @property
    def fixed(self) -> int:
        """How many fixed coefficients there are."""
        return int(self.design.shape[1])


@dataclass(frozen=True, eq=False)
class MixedFit:
    """Coefficients, spreads (standard deviations), covariance of the coefficients, and how the fit went."""

    beta: Floats
    spread: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool
    steps: int
    effect: Floats
    effect_se: Floats


@dataclass(frozen=True, eq=False)
class _Point:
    """The likelihood at one set of parameters, its slope and bend, and the study effects there."""

    log_likelihood: float
    slope: Floats
    bend: Floats
    modes: Floats
    effect: Floats
    effect_variance: Floats


@dataclass(frozen=True, eq=False)
class _Climb:
    """Where Newton's steps ended."""

    theta: Floats
    point: _Point
    converged: bool
    steps: int


def fit_mixed_model(model: MixedModel, beta: Floats, spread: Floats, nodes: int = DEFAULT_NODES,
                    hold_spread: bool = False) -> MixedFit:
    """Maximise the likelihood from a starting point; ``hold_spread`` keeps the spreads as they are."""
    check_nodes(nodes)
    theta = np.concatenate([beta, spread])
    free = np.arange(model.fixed if hold_spread else theta.size)
    climb = _climb(model, theta, free, nodes)
    for away in AWAY_FROM_ZERO if _is_on_saddle(model, climb, free) else ():
        start = np.where(np.abs(climb.theta) < NO_SPREAD, away, climb.theta)
        start[:model.fixed] = climb.theta[:model.fixed]
        again = _climb(model, start, free, nodes)
        if again.point.log_likelihood > climb.point.log_likelihood:
            climb = again
            break
    return _to_fit(model, climb.theta, climb.point, free, climb.converged, climb.steps)


def _climb(model: MixedModel, theta: Floats, free: NDArray[np.intp], nodes: int) -> _Climb:
    """Newton steps from a start until nothing is gained."""
    point, converged, steps = _evaluate(model, theta, nodes, None), False, 0
    while steps < MOST_STEPS:
        steps += 1
        step, decrement = _newton_step(point, free)
        theta, point, moved = _walk(model, theta, point, step, free, nodes)
        converged = decrement < DECREMENT or (not moved and decrement < 1e-8)
        if converged or not moved:
            break
    return _Climb(theta, point, converged, steps)


def _is_on_saddle(model: MixedModel, climb: _Climb, free: NDArray[np.intp]) -> bool:
    """Whether a spread came to rest at 0 though the likelihood rises from there on both sides.

    Spreads of either sign are equally likely, so at 0 the slope is always 0: only the bend tells a peak
    from a valley.
    """
    spread = free[free >= model.fixed]
    at_zero = np.abs(climb.theta[spread]) < NO_SPREAD
    return bool(np.any(at_zero & (np.diag(climb.point.bend)[spread] > 0)))


def find_log_likelihood(model: MixedModel, theta: Floats, nodes: int) -> float:
    """The log likelihood at fixed effects and spreads laid end to end."""
    return _evaluate(model, theta, nodes, None).log_likelihood


def _newton_step(point: _Point, free: NDArray[np.intp]) -> tuple[Floats, float]:
    """The step, uphill even where the likelihood is not yet concave, and the Newton decrement."""
    slope, bend = point.slope[free], -point.bend[np.ix_(free, free)]
    size = 1 / np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-12))
    values, vectors = np.linalg.eigh(bend * np.outer(size, size))
    values = np.maximum(np.abs(values), 1e-9)
    scaled = vectors @ ((vectors.T @ (slope * size)) / values)
    step = scaled * size
    shorter = min(1.0, LARGEST_STEP / float(np.max(np.abs(step)) + 1e-300))
    return step * shorter, float(scaled @ (slope * size))


def _walk(model: MixedModel, theta: Floats, point: _Point, step: Floats, free: NDArray[np.intp],
          nodes: int) -> tuple[Floats, _Point, bool]:
    """Take the step, halved until the likelihood rises by a part of what the slope promises.

    Merely not falling is not enough: spreads of either sign are equally likely, and steps could go
    to and fro between them for ever.
    """
    promise, slack = float(point.slope[free] @ step), 1e-12 * (1 + abs(point.log_likelihood))
    for halving in range(12):
        trial = theta.copy()
        trial[free] += step * 0.5**halving
        there = _evaluate(model, trial, nodes, point.modes)
        if there.log_likelihood >= point.log_likelihood + 1e-3 * promise * 0.5**halving - slack:
            return trial, there, True
    return theta, point, False


def _evaluate(model: MixedModel, theta: Floats, nodes: int, start: Floats | None) -> _Point:
    beta, spread = theta[:model.fixed], theta[model.fixed:]
    base, load = model.design @ beta, model.loadings * spread
    modes, root = _find_modes(model, base, load, start)
    x, log_weight = gauss_hermite(nodes, spread.size)
    u = modes[:, None, :] + np.einsum("kij,mj->kmi", root, x)
    eta = base[:, None] + np.einsum("rj,rmj->rm", load, u[model.study])
    value, d1, d2 = model.likelihood.terms(eta)
    joint = np.add.reduceat(value, model.starts, axis=0) - 0.5 * np.sum(u**2, axis=2) + log_weight
    log_likelihood = log_sum_exp(joint, axis=1)
    weight = np.exp(joint - log_likelihood[:, None])
    total = log_likelihood + np.log(np.abs(np.linalg.det(root))) - 0.5 * spread.size * np.log(2 * np.pi)
    slope, bend = _derivatives(model, weight, u, d1, d2)
    effect = np.einsum("km,kmi->ki", weight, u)
    variance = np.einsum("km,kmi->ki", weight, (u - effect[:, None, :]) ** 2)
    return _Point(float(total.sum()), slope, bend, modes, effect, variance)


def _find_modes(model: MixedModel, base: Floats, load: Floats, start: Floats | None) -> tuple[Floats, Floats]:
    """The most likely effects of each study, and the root of their covariance there."""
    count, size = len(model.starts), load.shape[1]
    u = np.zeros((count, size)) if start is None else start
    limit = 3.0 / np.maximum(np.max(np.abs(load)), 1.0)
    for _ in range(100):
        _, d1, d2 = model.likelihood.terms(base + np.sum(load * u[model.study], axis=1))
        slope = np.add.reduceat(load * d1[:, None], model.starts, axis=0) - u
        outer = load[:, :, None] * load[:, None, :] * d2[:, None, None]
        bend = np.eye(size) - np.add.reduceat(outer, model.starts, axis=0)
        step = np.clip(np.linalg.solve(bend, slope[..., None])[..., 0], -limit, limit)
        u = u + step
        if np.max(np.abs(step)) < 1e-8:
            break
    return u, np.linalg.cholesky(np.linalg.inv(bend))


def _derivatives(model: MixedModel, weight: Floats, u: Floats, d1: Floats,
                 d2: Floats) -> tuple[Floats, Floats]:
    """Slope and bend of the log likelihood in (beta, spread), by averages over the study effects."""
    by_row, x, z = weight[model.study], model.design, model.loadings
    u_row = u[model.study]
    mean_d2 = np.sum(by_row * d2, axis=1)
    mean_d2u = np.einsum("rm,rmi->ri", by_row * d2, u_row) * z
    mean_d2uu = np.einsum("rm,rmi,rmj->rij", by_row * d2, u_row, u_row) * z[:, :, None] * z[:, None, :]
    fixed_scores = np.add.reduceat(d1[:, :, None] * x[:, None, :], model.starts, axis=0)
    random_scores = np.add.reduceat(d1[:, :, None] * z[:, None, :], model.starts, axis=0) * u
    scores = np.concatenate([fixed_scores, random_scores], axis=2)
    centre = np.einsum("km,kmp->kp", weight, scores)
    apart = (scores - centre[:, None, :]) * np.sqrt(weight)[:, :, None]
    flat = apart.reshape(-1, apart.shape[2])
    top = np.hstack([x.T @ (x * mean_d2[:, None]), x.T @ mean_d2u])
    bottom = np.hstack([mean_d2u.T @ x, mean_d2uu.sum(axis=0)])
    return centre.sum(axis=0), np.vstack([top, bottom]) + flat.T @ flat


def _to_fit(model: MixedModel, theta: Floats, point: _Point, free: NDArray[np.intp], converged: bool,
            steps: int) -> MixedFit:
    bend = -point.bend[np.ix_(free, free)]
    size = 1 / np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-300))
    inverse = np.linalg.pinv(bend * np.outer(size, size), rcond=1e-14) * np.outer(size, size)
    return MixedFit(theta[:model.fixed], np.abs(theta[model.fixed:]), inverse[:model.fixed, :model.fixed],
                    point.log_likelihood, converged, steps, point.effect * np.sign(theta[model.fixed:]),
                    np.sqrt(point.effect_variance))
