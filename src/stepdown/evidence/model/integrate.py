"""How likely the arms are, each study's effect integrated out, with two derivatives.

The effect u of a study has a Student t distribution with scale exp(log_spread). Its integral runs over a
fixed grid, which is exact to many digits for such smooth peaks. Counts are tempered: an arm that strays by
``arm_sd`` beyond chance counts like fewer people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, Indices
from stepdown.evidence.meta.likelihoods import BinomialCloglog, Tempered
from stepdown.evidence.meta.quadrature import log_sum_exp

#: Nodes of the effect of a study: dense in the middle, where most studies lie, and out to a factor of e^12.
_STEPS = np.linspace(-3.3, 3.3, 61)
_NODES = 0.9 * np.sinh(_STEPS)
_LOG_WIDTHS = np.log(0.9 * np.cosh(_STEPS))
_LEAST_LOG_SPREAD = -300.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """Arms (design, offset, counts, number of the study), contrasts, and the prior of the coefficients.

    Rows of one study stand together. ``doubt`` is the variance of each arm that missing facts leave.
    """

    columns: Floats
    offset: Floats
    doubt: Floats
    events: Floats
    n: Floats
    study: Indices
    contrasts: Floats
    contrast_value: Floats
    contrast_se: Floats
    prior_mean: Floats
    prior_sd: Floats
    spread_log_mean: float
    spread_log_sd: float
    degrees_of_freedom: float
    arm_sd: float

    @property
    def likelihood(self) -> Tempered:
        """The counts of the arms, each raised to the power that its own deviation leaves it."""
        chance = 1 / (self.events + 0.5)
        power = chance / (chance + self.arm_sd**2 + self.doubt)
        return Tempered(BinomialCloglog(self.events, self.n, np.zeros_like(self.n)), power)

    @property
    def starts(self) -> Indices:
        """The first row of each study."""
        return np.flatnonzero(np.diff(self.study, prepend=-1))


def log_posterior(evidence: Evidence, draws: Floats) -> Floats:
    """Log posterior density, up to a constant, of each draw (rows: coefficients, then the log spread)."""
    beta, log_spread = draws[:, :-1], draws[:, -1]
    eta = evidence.offset[:, None] + evidence.columns @ beta.T
    value = _log_likelihood(evidence, eta[:, :, None] + _NODES)
    by_study = np.add.reduceat(value, evidence.starts, axis=0)
    weight = _log_student(log_spread[:, None], evidence.degrees_of_freedom)
    return np.asarray(log_sum_exp(by_study + weight, 2).sum(axis=0) + _log_prior(evidence, beta, log_spread))


def _log_likelihood(evidence: Evidence, eta: Floats) -> Floats:
    """The value alone of the tempered counts, quicker than with its derivatives."""
    power = evidence.likelihood.power[:, None, None]
    events, quiet = (part[:, None, None] * power for part in (evidence.events, evidence.n - evidence.events))
    hazard = np.exp(np.minimum(eta, 50.0))
    return np.asarray(events * np.log(np.maximum(-np.expm1(-hazard), 1e-300)) - quiet * hazard)


def _log_prior(evidence: Evidence, beta: Floats, log_spread: Floats) -> Floats:
    prior = (((beta - evidence.prior_mean) / evidence.prior_sd) ** 2).sum(axis=1)
    missed = ((evidence.contrast_value - beta @ evidence.contrasts.T) / evidence.contrast_se) ** 2
    spread = ((log_spread - evidence.spread_log_mean) / evidence.spread_log_sd) ** 2
    return np.asarray(-0.5 * (prior + missed.sum(axis=1) + spread))


def _log_student(log_spread: Floats, df: float) -> Floats:
    """Log density of a study's effect at each node, the width of the node included.

    A step of the search may try a spread of nothing; it is held where its square can still be divided by.
    """
    ratio = _NODES**2 / (df * np.exp(2 * np.maximum(log_spread, _LEAST_LOG_SPREAD)))
    return np.asarray(_LOG_WIDTHS - (df + 1) / 2 * np.log1p(ratio) - log_spread)


def slope_and_bend(evidence: Evidence, point: Floats) -> tuple[Floats, Floats]:
    """Gradient and Hessian of the log posterior at one point."""
    beta, log_spread = point[:-1], float(point[-1])
    eta = evidence.offset + evidence.columns @ beta
    value, slope, bend = evidence.likelihood.terms(eta[:, None] + _NODES)
    student, s_slope, s_bend = _student_terms(log_spread, evidence.degrees_of_freedom)
    joint = np.add.reduceat(value, evidence.starts, axis=0) + student
    share = np.exp(joint - log_sum_exp(joint, 1)[:, None])
    order = np.searchsorted(evidence.starts, np.arange(eta.size), side="right") - 1
    return _assemble(evidence, point, share, order, (slope, bend), (s_slope, s_bend))


def _student_terms(log_spread: float, df: float) -> tuple[Floats, Floats, Floats]:
    """Log density of a study's effect on the grid, with derivatives by the log spread."""
    ratio = _NODES**2 / (df * np.exp(2 * log_spread))
    slope = (df + 1) * ratio / (1 + ratio) - 1
    bend = -2 * (df + 1) * ratio / (1 + ratio) ** 2
    return _log_student(np.array(log_spread), df), slope, bend


def _assemble(
    evidence: Evidence,
    point: Floats,
    share: Floats,
    order: Indices,
    rows: tuple[Floats, Floats],
    student: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """Gradient and Hessian from the derivatives on the grid and the weights of its nodes."""
    (slope, bend), (s_slope, s_bend), weight = rows, student, share[order]
    mean, s_mean = (weight * slope).sum(axis=1), share @ s_slope
    cross = (np.sqrt(weight) * slope) @ (np.sqrt(weight) * slope).T - np.outer(mean, mean)
    by_row = np.where(order[:, None] == order, cross, 0.0) + np.diag((weight * bend).sum(axis=1))
    with_spread = (weight * slope * s_slope).sum(axis=1) - mean * s_mean[order]
    x, size = evidence.columns, point.size
    gradient, hessian = np.empty(size), np.empty((size, size))
    gradient[:-1], gradient[-1] = x.T @ mean, s_mean.sum()
    hessian[:-1, :-1] = x.T @ by_row @ x
    hessian[-1, :-1] = hessian[:-1, -1] = x.T @ with_spread
    hessian[-1, -1] = (share @ s_bend + share @ s_slope**2 - s_mean**2).sum()
    return _add_prior(evidence, point, gradient, hessian)


def _add_prior(evidence: Evidence, point: Floats, gradient: Floats, hessian: Floats) -> tuple[Floats, Floats]:
    """The same with contrasts and priors added."""
    weighted = evidence.contrasts / evidence.contrast_se[:, None] ** 2
    gradient[:-1] += weighted.T @ (evidence.contrast_value - evidence.contrasts @ point[:-1])
    hessian[:-1, :-1] -= weighted.T @ evidence.contrasts
    centre = np.append(evidence.prior_mean, evidence.spread_log_mean)
    precision = np.append(evidence.prior_sd, evidence.spread_log_sd) ** -2.0
    return gradient - precision * (point - centre), hessian - np.diag(precision)
