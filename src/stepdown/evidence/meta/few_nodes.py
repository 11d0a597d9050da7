"""Mixed models with fewer than 15 nodes (1 is the Laplace approximation), to compare with other programs.

The approximate likelihood has its own maximum, which the identities used for exact fits do not
find; here Newton steps use differences of that likelihood.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stepdown.evidence.meta.distributions import Floats, Indices
from stepdown.evidence.meta.mixed_model import MixedFit, MixedModel, find_log_likelihood, fit_mixed_model

ENOUGH_NODES = 15
ROUNDS = 12


def fit_with_nodes(model: MixedModel, beta: Floats, spread: Floats, nodes: int) -> MixedFit:
    """The fit with any number of nodes; below 15 the maximum of the approximate likelihood."""
    fit = fit_mixed_model(model, beta, spread, max(nodes, ENOUGH_NODES))
    return fit if nodes >= ENOUGH_NODES else _move_to_approximate_maximum(model, fit, nodes)


def _move_to_approximate_maximum(model: MixedModel, fit: MixedFit, nodes: int) -> MixedFit:
    # a fixed effect that runs off to infinity (a study without events) is left where it is
    moving = np.flatnonzero(np.r_[np.diag(fit.covariance) < 1e4, fit.spread >= 0])
    width = 1e-3 * np.r_[np.minimum(np.sqrt(np.diag(fit.covariance)), 1.0), np.full(fit.spread.size, 0.1)]
    theta, converged = np.r_[fit.beta, fit.spread], False
    for _ in range(ROUNDS):
        slope, bend = _differentiate(model, theta, moving, width, nodes)
        step = np.linalg.solve(-bend, slope)
        theta[moving] += np.clip(step, -0.5, 0.5)
        converged = bool(np.all(np.abs(step) < 1e-7))
        if converged:
            break
    cut = np.flatnonzero(moving < model.fixed)
    covariance = np.full_like(fit.covariance, np.nan)
    covariance[np.ix_(moving[cut], moving[cut])] = np.linalg.inv(-bend)[np.ix_(cut, cut)]
    return replace(fit, beta=theta[:model.fixed], spread=np.abs(theta[model.fixed:]), covariance=covariance,
                   log_likelihood=find_log_likelihood(model, theta, nodes), converged=converged)


def _differentiate(model: MixedModel, theta: Floats, moving: Indices, width: Floats,
                   nodes: int) -> tuple[Floats, Floats]:
    """Slope and bend by central differences."""
    size = len(moving)
    steps = np.eye(theta.size)[moving] * width
    centre = find_log_likelihood(model, theta, nodes)
    up = np.array([find_log_likelihood(model, theta + s, nodes) for s in steps])
    down = np.array([find_log_likelihood(model, theta - s, nodes) for s in steps])
    slope, bend = (up - down) / (2 * width[moving]), np.empty((size, size))
    for i in range(size):
        bend[i, i] = (up[i] - 2 * centre + down[i]) / width[moving[i]] ** 2
        for j in range(i):
            both = find_log_likelihood(model, theta + steps[i] + steps[j], nodes)
            none = find_log_likelihood(model, theta - steps[i] - steps[j], nodes)
            mixed = both - up[i] - up[j] + 2 * centre - down[i] - down[j] + none
            bend[i, j] = bend[j, i] = mixed / (2 * width[moving[i]] * width[moving[j]])
    return slope, bend
