"""What is run on a file when no method is asked for, and the pools whose priors fit what was measured."""

from __future__ import annotations

import math

import numpy as np

from stepdown.evidence.meta.bayesian import MeanPrior, NormalModel
from stepdown.evidence.meta.csv_effects import CsvEffects
from stepdown.evidence.meta.csv_result import DirectPool, Pair
from stepdown.evidence.meta.defaults import (
    FEW_STUDIES,
    HAZARD_MEAN,
    HAZARD_SPREAD,
    RATIO_MEAN,
    RATIO_SPREAD,
    choose_ratio_method,
)
from stepdown.evidence.meta.hazard_scale import HazardReport
from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.posterior import find_posterior
from stepdown.evidence.meta.refusals import NotPoolable
from stepdown.evidence.meta.reports import Counts, Rate

LOG_RATIOS = ("OR", "RR", "IRR", "HR", "PETO")
ARMS = ("PLO", "IRLN")


def choose_csv_method(data: CsvEffects) -> str:
    """By the measure and the number of studies.

    Log ratios: 1 as it stands, 2 to 4 Bayesian, 5 or more REML. Proportions (PLO) and rates (IRLN): 1 exact,
    2 to 4 Bayesian, 5 or more one-stage. Anything else has a scale that no prior of ours fits: REML.
    """
    k = int(data.effects.usable.sum())
    if data.measure in LOG_RATIOS:
        chosen = choose_ratio_method(k)
        return "FE" if chosen == "as-printed" else chosen
    if data.measure in ARMS:
        return "hazard" if k <= FEW_STUDIES or _is_one_sided(data) else "GLMM"
    return "FE" if k == 1 else "REML"


def _is_one_sided(data: CsvEffects) -> bool:
    """Whether nobody, or everybody, had the event: then only an exact bound can be given."""
    events, size = data.arms
    return not events.any() or (data.measure == "PLO" and np.array_equal(events, size))


def pool_arms(data: CsvEffects, method: str, level: float) -> DirectPool:
    """Proportions or rates by the exact or Bayesian pool of hazards, shown as log odds or log rates."""
    pooled = pool_hazard(_to_reports(data), method=method, level=level)
    show = _to_log_odds if data.measure == "PLO" else float
    _, low, high = pooled.predict()
    reasons = [f"{step.asked} was asked for, {step.ran} ran: {step.why}" for step in pooled.fallbacks]
    if pooled.method == "bayesian":
        reasons.append(_say_priors("log hazard", HAZARD_MEAN, HAZARD_SPREAD.scale))
    return DirectPool(
        pooled.method, pooled.k, show(pooled.estimate), (show(pooled.low), show(pooled.high)), None,
        None if data.measure == "PLO" else pooled.spread.estimate, (show(low), show(high)),
        (*reasons, *pooled.notes))


def _to_reports(data: CsvEffects) -> list[HazardReport]:
    events, size = data.arms
    if np.any(events % 1) or (data.measure == "PLO" and np.any(size % 1)):
        raise NotPoolable("this method needs whole numbers of events and people; use REML")
    rows = [(label, f"row {i + 1}", int(x), s)
            for i, (label, x, s) in enumerate(zip(data.numbers.labels, events, size, strict=True))]
    if data.measure == "PLO":
        return [Counts(label, row, x, int(n), 1.0) for label, row, x, n in rows]
    return [Rate(label, row, events=x, person_years=float(time)) for label, row, x, time in rows]


def _to_log_odds(log_hazard: float) -> float:
    """The log odds of a risk whose cumulative hazard is given as a logarithm."""
    hazard = math.exp(min(log_hazard, 300.0))
    if hazard > 30:
        return hazard
    return math.log(math.expm1(hazard)) if hazard > 0 else -math.inf


def pool_log_ratios(data: CsvEffects, level: float) -> DirectPool:
    """The posterior of the normal-normal model with the priors of log ratios."""
    usable, tail = data.effects.usable, (1 - level) / 2
    model = NormalModel(data.effects.y[usable], np.sqrt(data.effects.v[usable]), MeanPrior(*RATIO_MEAN))
    posterior = find_posterior(model, (RATIO_SPREAD.scale,))[0]
    middle, low, high = posterior.mean_quantiles(np.array([0.5, tail, 1 - tail]))
    predicted = _to_pair(posterior.predictive_quantiles(np.array([tail, 1 - tail])))
    spread = float(posterior.spread_quantiles(np.array([0.5]))[0])
    return DirectPool("bayesian", int(usable.sum()), float(middle), (float(low), float(high)),
                      posterior.mean_moments()[1], spread, predicted,
                      (_say_priors("log ratio", RATIO_MEAN, RATIO_SPREAD.scale),))


def _say_priors(scale: str, mean: tuple[float, float], spread: float) -> str:
    """The priors that ran, so that the number can be worked out again."""
    return (f"priors on the {scale}: mean normal ({mean[0]:.4g}, standard deviation {mean[1]:g}), spread "
            f"between studies half-normal (scale {spread:g})")


def _to_pair(values: np.ndarray) -> Pair:
    return float(values[0]), float(values[1])
