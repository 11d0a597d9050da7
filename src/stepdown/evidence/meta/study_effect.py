"""How likely each study is given the pooled mean and the spread, its own random effect integrated out.

Works on many (mean, spread) pairs at once, by adaptive Gauss-Hermite quadrature; several findings of
one study share that study's effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, Indices
from stepdown.evidence.meta.likelihoods import Likelihood
from stepdown.evidence.meta.quadrature import gauss_hermite, log_sum_exp

LARGEST_STEP = 3.0
# the quadrature is adaptive, so its centre need not be exact
MODE_TOLERANCE = 2e-2
MODE_STEPS = 30
# the standard deviation within which a study of its own is held to the common guess
WEAK_HOLD = 4.0


@dataclass(frozen=True)
class Marginal:
    """Per study and (mean, spread) pair: mode, log likelihood, its slope and bend in the mean, and the
    study's own value (posterior mean and variance)."""

    mode: Floats
    log_likelihood: Floats
    slope: Floats
    bend: Floats
    effect_mean: Floats
    effect_variance: Floats


@dataclass(frozen=True)
class GroupedRows:
    """Rows of a likelihood ordered by study; ``starts`` is the first row of each study.

    ``centre`` and ``information`` are each study's own value, held weakly, and its precision: where
    the search for its effect begins.
    """

    likelihood: Likelihood
    starts: Indices
    study: Indices
    centre: Floats
    information: Floats

    def total(self, by_row: Floats) -> Floats:
        """Sums over the rows of each study."""
        if len(self.starts) == len(self.study):
            return by_row
        return np.add.reduceat(by_row, self.starts, axis=0)

    def spread_out(self, by_study: Floats) -> Floats:
        """Each study's value repeated for its rows."""
        return by_study if len(self.starts) == len(self.study) else by_study[self.study]


def group_rows(likelihood: Likelihood, study: Indices, guess: float) -> GroupedRows:
    """Rows whose study numbers already stand in order 0, 1, 2 ...; ``guess`` is a common value."""
    starts = np.flatnonzero(np.r_[True, np.diff(study) > 0])
    nothing = np.zeros(len(starts))
    bare = GroupedRows(likelihood, starts, study, nothing, nothing)
    wide, around = np.array([WEAK_HOLD]), np.array([guess])
    mode, bend = find_modes(bare, around, wide, nothing[:, None])
    return GroupedRows(likelihood, starts, study, guess + WEAK_HOLD * mode[:, 0],
                       (-bend[:, 0] - 1) / WEAK_HOLD**2)


def find_modes(rows: GroupedRows, mean: Floats, spread: Floats, start: Floats) -> tuple[Floats, Floats]:
    """The most likely standardised effect of each study, and its curvature, for each (mean, spread) pair."""
    u, bend = start, np.full_like(start, -1.0)
    limit = LARGEST_STEP / np.maximum(spread, 1.0)
    for _ in range(MODE_STEPS):
        _, d1, d2 = rows.likelihood.terms(rows.spread_out(mean + spread * u))
        bend = spread**2 * rows.total(d2) - 1.0
        step = np.clip(-(spread * rows.total(d1) - u) / bend, -limit, limit)
        u = u + step
        if np.max(np.abs(step)) < MODE_TOLERANCE:
            break
    return u, bend


def integrate_studies(rows: GroupedRows, mean: Floats, spread: Floats, nodes: int,
                      start: Floats | None = None) -> Marginal:
    """The marginal likelihood of every study for each (mean, spread) pair; ``start`` guesses the modes."""
    if start is None:
        pull = spread * rows.information[:, None]
        start = pull * (rows.centre[:, None] - mean) / (1 + spread * pull)
    mode, bend = find_modes(rows, mean, spread, start)
    scale = 1 / np.sqrt(-bend)
    points, log_weights = gauss_hermite(nodes)
    u = mode[..., None] + scale[..., None] * points[:, 0]
    eta = mean[:, None] + spread[:, None] * u
    value, d1, d2 = rows.likelihood.terms(rows.spread_out(eta))
    joint = rows.total(value) - u**2 / 2 + log_weights
    log_likelihood = log_sum_exp(joint, axis=2)
    weight = np.exp(joint - log_likelihood[..., None])
    return _summarise(mode, log_likelihood + np.log(scale) - 0.5 * np.log(2 * np.pi), weight, eta,
                      rows.total(d1), rows.total(d2))


def _summarise(mode: Floats, log_likelihood: Floats, weight: Floats, eta: Floats, d1: Floats,
               d2: Floats) -> Marginal:
    slope = np.sum(weight * d1, axis=2)
    bend = np.sum(weight * (d2 + d1**2), axis=2) - slope**2
    effect = np.sum(weight * eta, axis=2)
    variance = np.sum(weight * (eta - effect[..., None]) ** 2, axis=2)
    return Marginal(mode, log_likelihood, slope, bend, effect, variance)
