"""What each study does to a pooled result: leave-one-out, cumulative, influence, shrinkage, Egger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, critical_value, two_sided_p
from stepdown.evidence.meta.heterogeneity import fit_weighted
from stepdown.evidence.meta.many_sets import TAU2_METHODS, TESTS
from stepdown.evidence.meta.refusals import NotPoolable, check_choice
from stepdown.evidence.meta.two_stage import TwoStage, check_estimates, fit_sets, fit_two_stage

FEWEST_FOR_EGGER = 10
EGGER_MODELS = ("lm", "mixed")
Values = Sequence[float] | Floats


@dataclass(frozen=True, eq=False)
class Influence:
    """How far the result moves without each study; ``weight`` in percent."""

    rstudent: Floats
    dffits: Floats
    cook_d: Floats
    cov_r: Floats
    tau2_del: Floats
    q_del: Floats
    hat: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Each study's estimate drawn towards the pooled one, with its interval."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Asymmetry:
    """Egger's test: do small studies show other effects, and what a study without error would show."""

    model: str
    stat: float
    df: float | None
    p: float
    limit: float
    limit_low: float
    limit_high: float


def leave_one_out(y: Values, v: Values, method: str = "REML", test: str = "z") -> tuple[TwoStage, ...]:
    """The fit without each study in turn."""
    values, variances = check_estimates(y, v)
    if len(values) < 2:
        raise NotPoolable("leaving one out needs at least two studies")
    check_choice("method", method, TAU2_METHODS)
    check_choice("test", test, TESTS)
    k = len(values)
    others = np.flatnonzero(~np.eye(k, dtype=bool)).reshape(k, k - 1) % k
    return fit_sets(values[others], variances[others], method, test)


def pool_cumulatively(y: Values, v: Values, method: str = "REML", test: str = "z") -> tuple[TwoStage, ...]:
    """The fit after each further study, in the order given."""
    values, variances = check_estimates(y, v)
    return tuple(fit_two_stage(values[:i], variances[:i], None, method, test)
                 for i in range(1, len(values) + 1))


def find_influence(y: Values, v: Values, method: str = "REML") -> Influence:
    """Deletion diagnostics of a pool without moderators (Viechtbauer and Cheung 2010)."""
    values, variances = check_estimates(y, v)
    full = fit_two_stage(values, variances, None, method)
    without = leave_one_out(values, variances, method)
    centre, covariance = float(full.coef[0]), float(full.covariance[0, 0])
    centre_del = np.array([f.coef[0] for f in without])
    covariance_del = np.array([f.covariance[0, 0] for f in without])
    tau2_del = np.array([f.tau2 for f in without])
    moved = centre - centre_del
    return Influence(
        (values - centre_del) / np.sqrt(variances + tau2_del + covariance_del),
        moved / np.sqrt(full.weights * (tau2_del + variances)), moved**2 / covariance,
        covariance_del / covariance, tau2_del, np.array([f.q for f in without]), full.weights,
        100 * full.weights)


def shrink_studies(y: Values, v: Values, method: str = "REML", level: float = 0.95) -> Shrunken:
    """Best linear unbiased predictions of the studies' true values."""
    values, variances = check_estimates(y, v)
    fit = fit_two_stage(values, variances, None, method)
    keep = fit.tau2 / (fit.tau2 + variances)
    value = keep * values + (1 - keep) * fit.coef[0]
    se = np.sqrt(keep * variances + (1 - keep) ** 2 * fit.covariance[0, 0])
    reach = critical_value(level) * se
    return Shrunken(value, se, value - reach, value + reach)


def find_asymmetry(y: Values, v: Values, model: str = "lm", level: float = 0.95,
                   fewest: int = FEWEST_FOR_EGGER) -> Asymmetry:
    """Egger's regression on the standard error: weighted least squares (lm) or mixed effects (mixed)."""
    check_choice("model", model, EGGER_MODELS)
    values, variances = check_estimates(y, v)
    if len(values) < max(fewest, 3):
        raise NotPoolable(f"Egger's test needs {max(fewest, 3)} studies or more; there are {len(values)}")
    error = np.sqrt(variances)
    if model == "mixed":
        fit = fit_two_stage(values, variances, error[:, None], "REML")
        return _to_asymmetry(model, fit.coef, fit.se, None, level)
    plain = fit_weighted(values, variances, np.column_stack([np.ones_like(error), error]), 0.0)
    df = float(len(values) - 2)
    return _to_asymmetry(model, plain.beta, np.sqrt(np.diag(plain.covariance) * plain.q / df), df, level)


def _to_asymmetry(model: str, beta: Floats, se: Floats, df: float | None, level: float) -> Asymmetry:
    stat, reach = float(beta[1] / se[1]), critical_value(level, df) * float(se[0])
    return Asymmetry(model, stat, df, float(two_sided_p(stat, df)), float(beta[0]), float(beta[0]) - reach,
                     float(beta[0]) + reach)
