"""The posterior of the risk model: its peak by Newton's method, then weighted draws around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model.arms import to_arms
from stepdown.evidence.model.design import to_design
from stepdown.evidence.model.integrate import Evidence, log_posterior, slope_and_bend
from stepdown.evidence.model.settings import coefficient_names, prior_means, prior_sds, read_settings
from stepdown.evidence.model.training import Training, gather_training
from stepdown.evidence.reading import read_library

#: Draws of the fit to the whole library; half of them where a study is left out, and the fit runs many times.
DRAWS = 2000
SEED = 20261121
#: The draws come from a Student t distribution with so many degrees of freedom: heavier than the posterior.
_PROPOSAL_DF = 9.0
_MOST_STEPS = 60


@dataclass(frozen=True, eq=False)
class Fit:
    """The posterior: weighted draws of the coefficients and of the log spread, and what they rest on.

    ``effective`` is how many equally weighted draws the weighted ones are worth.
    """

    names: tuple[str, ...]
    draws: Floats
    log_spread: Floats
    weights: Floats
    effective: float
    training: Training

    @property
    def mean(self) -> Floats:
        """The posterior mean of each coefficient."""
        return np.asarray(self.weights @ self.draws)

    @property
    def covariance(self) -> Floats:
        """The posterior covariance of the coefficients."""
        away = self.draws - self.mean
        return np.asarray((self.weights[:, None] * away).T @ away)


def fit_library() -> Fit:
    """The model fitted to the library that is read now; the same arms and contrasts are fitted once."""
    return _fit_once(gather_training(read_library().values()))


# Before and after a retraction, then before and after the next: the library in between is fitted once.
@lru_cache(maxsize=3)
def _fit_once(training: Training) -> Fit:
    return fit_training(training)


def fit_training(training: Training, count: int = DRAWS) -> Fit:
    """The model fitted to these arms and contrasts, as so many weighted draws."""
    draws, weights = find_posterior(to_evidence(training), count)
    return Fit(
        coefficient_names(), draws[:, :-1], draws[:, -1], weights, float(1 / (weights**2).sum()), training
    )


def to_evidence(training: Training) -> Evidence:
    """The arms and contrasts as numbers, with the priors of the model."""
    settings, design = read_settings(), to_design(to_arms([arm.facts for arm in training.arms]))
    studies = list(dict.fromkeys(arm.study for arm in training.arms))
    return Evidence(
        design.columns,
        design.offset,
        design.doubt,
        np.array([arm.events for arm in training.arms]),
        np.array([arm.n for arm in training.arms]),
        np.array([studies.index(arm.study) for arm in training.arms], dtype=np.intp),
        np.array([row.difference for row in training.contrasts]).reshape(-1, len(coefficient_names())),
        np.array([row.value for row in training.contrasts]),
        np.array([row.se for row in training.contrasts]),
        prior_means(),
        prior_sds(),
        settings["spread_log_mean"],
        settings["spread_log_sd"],
        settings["study_degrees_of_freedom"],
        settings["arm_sd"],
    )


def find_posterior(evidence: Evidence, count: int = DRAWS) -> tuple[Floats, Floats]:
    """Draws (rows: coefficients, then log spread) and their weights, which sum to 1."""
    peak, information = _climb(evidence)
    root = np.linalg.cholesky(np.linalg.inv(information))
    rng = np.random.default_rng(SEED)
    half = rng.standard_normal((count // 2, peak.size))
    scale = np.sqrt(_PROPOSAL_DF / rng.chisquare(_PROPOSAL_DF, count // 2))[:, None]
    steps = np.concatenate([half * scale, -half * scale])
    draws = peak + steps @ root.T
    proposal = -(_PROPOSAL_DF + peak.size) / 2 * np.log1p((steps**2).sum(axis=1) / _PROPOSAL_DF)
    log_weight = _in_parts(lambda part: log_posterior(evidence, part), draws) - proposal
    weight = np.exp(log_weight - log_weight.max())
    return draws, weight / weight.sum()


def _in_parts(value: Callable[[Floats], Floats], draws: Floats, size: int = 100) -> Floats:
    """The values of all draws, some at a time, so that the arrays stay in the fast memory."""
    return np.concatenate([value(draws[start : start + size]) for start in range(0, len(draws), size)])


def _climb(evidence: Evidence) -> tuple[Floats, Floats]:
    """The peak of the posterior, and the information (minus the Hessian) there."""
    point = np.append(evidence.prior_mean, evidence.spread_log_mean)
    value = float(log_posterior(evidence, point[None])[0])
    for _ in range(_MOST_STEPS):
        gradient, hessian = slope_and_bend(evidence, point)
        information = _make_definite(-hessian)
        step = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        if gradient @ step < 1e-10:
            break
        point, value = _walk(evidence, point, value, step)
    return point, information


def _walk(evidence: Evidence, point: Floats, value: float, step: Floats) -> tuple[Floats, float]:
    """The longest of a row of halved steps that does not lead down."""
    sizes = 0.5 ** np.arange(12)
    tried = point + sizes[:, None] * step
    values = log_posterior(evidence, tried)
    best = int(np.argmax(values))
    return (tried[best], float(values[best])) if values[best] >= value else (point, value)


def _make_definite(information: Floats) -> Floats:
    """The same matrix with every direction curved at least a little, so that each step leads up."""
    values, vectors = np.linalg.eigh(information)
    return np.asarray((vectors * np.maximum(values, 0.05)) @ vectors.T)
