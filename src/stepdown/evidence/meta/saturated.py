"""Tests of homogeneity in mixed models: the model with one value a study against the one without spread."""

from __future__ import annotations

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.heterogeneity import fit_weighted
from stepdown.evidence.meta.mixed_model import MixedModel, fit_mixed_model

# log odds or log rates beyond which a probability is taken as 0 or 1
FARTHEST = 25.0


def find_fit_tests(model: MixedModel, moderators: Floats, start: Floats) -> tuple[float | None, float | None]:
    """Wald and likelihood ratio statistics; None for random study effects, which have none."""
    if model.loadings.shape[1] > 1:
        return None, None
    eta, top, bend = _saturate(model)
    plain = fit_mixed_model(model, start, np.zeros(1), nodes=1, hold_spread=True)
    lrt = 2 * (float(top.sum()) - plain.log_likelihood)
    return _find_wald(moderators, eta, bend), max(lrt, 0.0)


def _saturate(model: MixedModel) -> tuple[Floats, Floats, Floats]:
    """Each row's own best value, its log likelihood there and the bend."""
    eta = np.zeros(len(model.study))
    for _ in range(200):
        _, slope, bend = model.likelihood.terms(eta)
        step = np.clip(-slope / np.minimum(bend, -1e-12), -1.0, 1.0)
        eta = np.clip(eta + step, -FARTHEST, FARTHEST)
        if np.max(np.abs(slope)) < 1e-10:
            break
    value, _, bend = model.likelihood.terms(eta)
    return eta, value, bend


def _find_wald(moderators: Floats, eta: Floats, bend: Floats) -> float:
    variance = 1 / np.maximum(-bend, 1e-12)
    if len(eta) == 2 * len(moderators):
        eta, variance = eta[::2] - eta[1::2], variance[::2] + variance[1::2]
    return fit_weighted(eta, variance, moderators, 0.0).q
