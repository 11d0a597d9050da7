"""One-stage pooling of counts and rates by generalised linear mixed models, one arm or two.

One arm: PLO (binomial, logit), PCLL (binomial, complementary log-log, log-time offset), IRLN (Poisson).
Two arms, OR or IRR: UM.FS (fixed study effects), UM.RS (random study effects), CM.EL (exact conditional
likelihood), CM.AL (its approximation by a binomial, OR only). Models as in Stijnen, Hamza and Oezdemir
(Statistics in Medicine 2010;29:3046-67).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, chi2_tail, critical_value, two_sided_p
from stepdown.evidence.meta.effect_sizes import (
    Column,
    EffectSizes,
    from_one_arm_counts,
    from_one_arm_rates,
    from_two_arm_counts,
    from_two_arm_rates,
)
from stepdown.evidence.meta.few_nodes import fit_with_nodes
from stepdown.evidence.meta.heterogeneity import find_typical_variance
from stepdown.evidence.meta.hypergeometric import to_hypergeometric
from stepdown.evidence.meta.likelihoods import BinomialCloglog, BinomialLogit, Likelihood, PoissonLog
from stepdown.evidence.meta.mixed_model import MixedFit, MixedModel
from stepdown.evidence.meta.quadrature import DEFAULT_NODES, check_nodes
from stepdown.evidence.meta.refusals import NotPoolable, check_choice
from stepdown.evidence.meta.saturated import find_fit_tests
from stepdown.evidence.meta.two_stage import add_intercept

ONE_ARM_MEASURES = ("PLO", "PCLL", "IRLN")
TWO_ARM_MODELS = {"OR": ("UM.FS", "UM.RS", "CM.EL", "CM.AL"), "IRR": ("UM.FS", "UM.RS", "CM.EL")}
TESTS = ("z", "t")


@dataclass(frozen=True, eq=False)
class MixedPool:
    """Coefficients of interest (study intercepts left out) with tests and intervals, and the spread."""

    measure: str
    model: str
    test: str
    k: int
    p: int
    nodes: int
    coef: Floats
    se: Floats
    stat: Floats
    pval: Floats
    ci_low: Floats
    ci_high: Floats
    df: float | None
    covariance: Floats
    tau2: float
    baseline_tau2: float | None
    i2: float
    h2: float
    q_wald: float | None
    q_wald_p: float | None
    q_lrt: float | None
    q_lrt_p: float | None
    q_df: int
    log_likelihood: float
    level: float
    converged: bool
    iterations: int

    @property
    def prediction_interval(self) -> tuple[float, float] | None:
        """Where a new study's true value lies (without moderators)."""
        if self.p > 1:
            return None
        reach = critical_value(self.level, self.df) * float(np.sqrt(self.se[0] ** 2 + self.tau2))
        return float(self.coef[0]) - reach, float(self.coef[0]) + reach


@dataclass(frozen=True, eq=False)
class _Setting:
    """One model ready to fit: where it starts, which coefficients matter, plain effect sizes beside it."""

    measure: str
    name: str
    model: MixedModel
    beta: Floats
    spread: Floats
    shown: slice
    effects: EffectSizes
    moderators: Floats


def fit_one_arm(measure: str, events: Column, size: Column, years: Column | None = None,
                moderators: Floats | None = None, *, nodes: int = DEFAULT_NODES, test: str = "z",
                level: float = 0.95) -> MixedPool:
    """Pool proportions (PLO), hazards from counts at different times (PCLL, needs years) or rates (IRLN)."""
    check_choice("measure", measure, ONE_ARM_MEASURES)
    x, total = np.asarray(events, dtype=float), np.asarray(size, dtype=float)
    _check_events(x, None if measure == "IRLN" else total)
    effects = (from_one_arm_rates(measure, x, total) if measure == "IRLN"
               else from_one_arm_counts("PLO", x, total))
    k = len(x)
    design = add_intercept(moderators, k)
    crude = (x.sum() + 0.5) / (total.sum() + 1)
    centre = np.log(crude / (1 - crude)) if measure == "PLO" else np.log(crude)
    start = np.r_[centre, np.zeros(design.shape[1] - 1)]
    likelihood = _one_arm_likelihood(measure, x, total, years)
    model = MixedModel(likelihood, design, np.ones((k, 1)), np.arange(k))
    setting = _Setting(measure, "one arm", model, start, np.array([0.5]), slice(None), effects, design)
    return _fit(setting, nodes, test, level)


def _one_arm_likelihood(measure: str, x: Floats, size: Floats, years: Column | None) -> Likelihood:
    if measure == "IRLN":
        return PoissonLog(x, np.log(size))
    if measure == "PLO":
        return BinomialLogit(x, size, np.zeros_like(x))
    time = np.ones_like(x) if years is None else np.asarray(years, dtype=float)
    return BinomialCloglog(x, size, np.log(time))


def fit_two_arms(measure: str, events1: Column, size1: Column, events2: Column, size2: Column, *,
                 model: str = "UM.FS", nodes: int = DEFAULT_NODES, test: str = "z",
                 level: float = 0.95) -> MixedPool:
    """Pool odds ratios of counts (sizes are people) or rate ratios (sizes are person-time)."""
    check_choice("measure", measure, TWO_ARM_MODELS)
    check_choice("model", model, TWO_ARM_MODELS[measure])
    arms = [np.asarray(c, dtype=float) for c in (events1, size1, events2, size2)]
    from_arms = from_two_arm_counts if measure == "OR" else from_two_arm_rates
    effects = from_arms(measure, *arms)
    for x, size in (arms[:2], arms[2:]):
        _check_events(x, size if measure == "OR" else None)
    setting = (_conditional(measure, model, arms, effects) if model.startswith("CM")
               else _unconditional(measure, model, arms, effects))
    return _fit(setting, nodes, test, level)


def _check_events(x: Floats, n: Floats | None) -> None:
    """NotPoolable where the likelihood of a mixed model has no peak, or too few studies."""
    if len(x) < 2:
        raise NotPoolable("a mixed model needs two studies where some, but not all people had the event")
    if np.any(x % 1):
        raise NotPoolable("a mixed model needs whole numbers of events")
    if not x.any() or (n is not None and np.array_equal(x, n)):
        raise NotPoolable("in one arm of all studies together nobody, or everybody, had the event: the "
                          "estimate would be infinite; use the default of one arm, or MH with RD")


def _conditional(measure: str, name: str, arms: Sequence[Floats], effects: EffectSizes) -> _Setting:
    x1, size1, x2, size2 = arms
    k = len(x1)
    likelihood: Likelihood = BinomialLogit(x1, x1 + x2, np.log(size1 / size2))
    if measure == "OR" and name == "CM.EL":
        likelihood = to_hypergeometric(x1, size1, x2, size2)
    ones = np.ones((k, 1))
    return _Setting(measure, name, MixedModel(likelihood, ones, ones, np.arange(k)), np.zeros(1),
                    np.array([0.5]), slice(None), effects, ones)


def _unconditional(measure: str, name: str, arms: Sequence[Floats], effects: EffectSizes) -> _Setting:
    x, size = np.column_stack(arms[::2]).ravel(), np.column_stack(arms[1::2]).ravel()
    k = len(arms[0])
    study, first = np.repeat(np.arange(k), 2), np.tile([1.0, 0.0], k)
    likelihood: Likelihood = (BinomialLogit(x, size, np.zeros_like(x)) if measure == "OR"
                              else PoissonLog(x, np.log(size)))
    base, slope = np.ones((2 * k, 1)), (first - 0.5)[:, None]
    share = (arms[0] + arms[2] + 0.5) / (arms[1] + arms[3] + 1)
    start = np.log(share / (1 - share)) if measure == "OR" else np.log(share)
    if name == "UM.FS":
        model = MixedModel(likelihood, np.hstack([np.eye(k)[study], first[:, None]]), slope, study)
        return _Setting(measure, name, model, np.r_[start, 0.0], np.array([0.5]), slice(k, None), effects,
                        np.ones((k, 1)))
    model = MixedModel(likelihood, np.hstack([base, first[:, None]]), np.hstack([base, slope]), study)
    return _Setting(measure, name, model, np.array([start.mean(), 0.0]), np.array([0.5, 0.5]), slice(1, None),
                    effects, np.ones((k, 1)))


def _fit(setting: _Setting, nodes: int, test: str, level: float) -> MixedPool:
    check_choice("test", test, TESTS)
    check_nodes(nodes)
    fit = fit_with_nodes(setting.model, setting.beta, setting.spread, nodes)
    return _to_pool(setting, fit, nodes, test, level)


def _to_pool(setting: _Setting, fit: MixedFit, nodes: int, test: str, level: float) -> MixedPool:
    k, p = setting.moderators.shape
    coef, covariance = fit.beta[setting.shown], fit.covariance[setting.shown, setting.shown]
    se, df = np.sqrt(np.diag(covariance)), float(k - p) if test == "t" else None
    reach, tau2 = critical_value(level, df) * se, float(fit.spread[-1] ** 2)
    usable = setting.effects.usable
    typical = find_typical_variance(setting.effects.v[usable], setting.moderators[usable])
    wald, lrt = find_fit_tests(setting.model, setting.moderators, fit.beta)
    return MixedPool(
        setting.measure, setting.name, test, k, p, nodes, coef, se, coef / se, two_sided_p(coef / se, df),
        coef - reach, coef + reach, df, covariance, tau2,
        float(fit.spread[0] ** 2) if fit.spread.size > 1 else None, 100 * tau2 / (typical + tau2),
        tau2 / typical + 1, wald, _tail(wald, k - p), lrt, _tail(lrt, k - p), k - p, fit.log_likelihood,
        level, fit.converged, fit.steps)


def _tail(statistic: float | None, df: int) -> float | None:
    return None if statistic is None else chi2_tail(statistic, df)
