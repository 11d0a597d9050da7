"""Does a property of the studies explain their differences? Meta-regression, predictions, subgroups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, chi2_tail, critical_value
from stepdown.evidence.meta.refusals import NotPoolable
from stepdown.evidence.meta.two_stage import TwoStage, add_intercept, check_estimates, fit_two_stage


@dataclass(frozen=True, eq=False)
class Predicted:
    """Fitted values at chosen moderators, with intervals of the mean and of a new study."""

    value: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    pi_low: Floats
    pi_high: Floats


@dataclass(frozen=True)
class Subgroups:
    """The fit of each subgroup, and whether they differ; ``shared`` is the regression with one spread."""

    fits: Mapping[str, TwoStage]
    shared: TwoStage | None
    q: float
    df: int
    p: float


def predict_at(fit: TwoStage, moderators: Sequence[float] | Floats) -> Predicted:
    """What a meta-regression says at new values of its moderators, one row a prediction."""
    rows = np.asarray(moderators, dtype=float).reshape(-1, fit.p - 1)
    design = add_intercept(rows, len(rows))
    value = design @ fit.coef
    se = np.sqrt(np.einsum("ij,jk,ik->i", design, fit.covariance, design))
    z = critical_value(fit.level, fit.df)
    reach, far = z * se, z * np.sqrt(se**2 + fit.tau2)
    return Predicted(value, se, value - reach, value + reach, value - far, value + far)


def compare_subgroups(y: Sequence[float] | Floats, v: Sequence[float] | Floats, labels: Sequence[str],
                      method: str = "REML", test: str = "z", shared_spread: bool = False,
                      level: float = 0.95) -> Subgroups:
    """Pool each subgroup; test their difference with separate spreads, or with one shared spread."""
    values, variances = check_estimates(y, v)
    names = sorted(set(labels))
    if len(labels) != len(values) or len(names) < 2:
        raise NotPoolable("subgroups need one label a study and at least two different labels")
    mask = {name: np.array([label == name for label in labels]) for name in names}
    fits = {name: fit_two_stage(values[own], variances[own], None, method, test, level)
            for name, own in mask.items()}
    if shared_spread:
        dummies = np.column_stack([mask[name].astype(float) for name in names[1:]])
        shared = fit_two_stage(values, variances, dummies, method, test, level, names[1:])
        return Subgroups(fits, shared, float(shared.qm or 0.0), len(names) - 1, float(shared.qm_p or 0.0))
    means = [float(fit.coef[0]) for fit in fits.values()]
    between = fit_two_stage(means, [float(fit.se[0]) ** 2 for fit in fits.values()], method="FE")
    return Subgroups(fits, None, between.q, len(names) - 1, chi2_tail(between.q, len(names) - 1))
