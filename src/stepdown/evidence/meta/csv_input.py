"""Pools a CSV file of studies by any classical measure and method: ``stepdown evidence pool --csv``.

The columns are metafor's: ai n1i ci n2i (or ai bi ci di), xi ni, xi ti, x1i t1i x2i t2i, m1i sd1i n1i
m2i sd2i n2i, yi vi (or sei); published ratios are value low high (with level). Results stay on the
scale they are pooled on (log, logit).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from stepdown.evidence.meta import effect_sizes as sizes
from stepdown.evidence.meta.bayesian import MeanPrior, NormalModel
from stepdown.evidence.meta.csv_effects import CsvEffects, read_effects
from stepdown.evidence.meta.csv_result import AnyResult, BayesianPool, CsvPool, to_csv_pool
from stepdown.evidence.meta.csv_table import read_table
from stepdown.evidence.meta.defaults import RATIO_MEAN, RATIO_SPREAD, choose_ratio_method
from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.glmm import ONE_ARM_MEASURES, TWO_ARM_MODELS, MixedPool, fit_one_arm, fit_two_arms
from stepdown.evidence.meta.mantel_haenszel import (
    CommonEffect,
    pool_mantel_haenszel,
    pool_mantel_haenszel_rates,
    pool_peto,
)
from stepdown.evidence.meta.many_sets import TAU2_METHODS
from stepdown.evidence.meta.posterior import find_posterior
from stepdown.evidence.meta.refusals import NotPoolable, check_choice
from stepdown.evidence.meta.two_stage import fit_two_stage

GLMM_MODELS = ("UM.FS", "UM.RS", "CM.EL", "CM.AL")
CSV_METHODS = ("default", *TAU2_METHODS, "MH", "PETO", "GLMM", *GLMM_MODELS, "bayesian")
CSV_TESTS = ("z", "knha", "adhoc", "t")
def pool_csv(path: Path | str, measure: str, method: str = "default", test: str | None = None,
             level: float = 0.95, moderators: Sequence[str] = (),
             columns: Mapping[str, str] | None = None) -> CsvPool:
    """Pool the studies of a file.

    ``columns`` maps a field name to the name it has in the file (xi: x1i). Without a test, z is used,
    and adhoc where the default method is REML. Raises ReportError, NotPoolable and UnknownChoice, each
    with one sentence.
    """
    check_choice("method", method, CSV_METHODS)
    if test is not None:
        check_choice("test", test, CSV_TESTS)
    table = read_table(path, columns)
    data = read_effects(table, measure, moderators)
    extra = np.column_stack([data.numbers.columns[m] for m in moderators]) if moderators else None
    chosen = _choose_default(data, moderators) if method == "default" else method
    result = _run(data, chosen, test or ("adhoc" if method == "default" and chosen == "REML" else "z"), level,
                  extra, tuple(moderators))
    return to_csv_pool(table.path, data, method, result, level, ("intercept", *moderators))


def _choose_default(data: CsvEffects, moderators: Sequence[str]) -> str:
    """By the number of studies: 1 as it stands, 2 to 4 Bayesian, 5 or more REML."""
    if moderators:
        return "REML"
    chosen = choose_ratio_method(int(data.effects.usable.sum()))
    return "FE" if chosen == "as-printed" else chosen


def _run(data: CsvEffects, method: str, test: str, level: float, extra: Floats | None,
         names: tuple[str, ...]) -> AnyResult:
    if method in TAU2_METHODS:
        usable = data.effects.usable
        return fit_two_stage(data.effects.y[usable], data.effects.v[usable],
                             None if extra is None else extra[usable], method, test, level, names)
    if method in ("GLMM", *GLMM_MODELS):
        return _run_mixed(data, method, test, level, extra)
    if extra is not None:
        raise NotPoolable(f"{method} takes no moderators; use {', '.join(TAU2_METHODS)} or GLMM")
    check_choice(f"test of {method}", test, ("z",))
    return _run_bayesian(data, level) if method == "bayesian" else _run_common(data, method, level)


def _run_mixed(data: CsvEffects, method: str, test: str, level: float, extra: Floats | None) -> MixedPool:
    if not data.arms:
        raise NotPoolable(f"{method} needs counts or rates, not ready estimates")
    if data.measure in ONE_ARM_MEASURES:
        check_choice(f"method for {data.measure}", method, ("GLMM", *TAU2_METHODS))
        return fit_one_arm(data.measure, data.arms[0], data.arms[1], None, extra, test=test, level=level)
    check_choice(f"measure of {method}", data.measure, (*ONE_ARM_MEASURES, *TWO_ARM_MODELS))
    if extra is not None:
        raise NotPoolable(f"{method} of two arms takes no moderators; use {', '.join(TAU2_METHODS)}")
    model = "UM.FS" if method == "GLMM" else method
    return fit_two_arms(data.measure, *data.arms, model=model, test=test, level=level)


def _run_common(data: CsvEffects, method: str, level: float) -> CommonEffect:
    if not data.arms:
        raise NotPoolable(f"{method} needs counts or rates, not ready estimates")
    if method == "PETO":
        check_choice("measure of PETO", data.measure, ("OR", "PETO"))
        return pool_peto(*data.arms, level=level)
    if data.measure in sizes.TWO_ARM_RATES:
        return pool_mantel_haenszel_rates(data.measure, *data.arms, level=level)
    check_choice("measure of MH", data.measure, ("OR", "RR", "RD", "IRR"))
    return pool_mantel_haenszel(data.measure, *data.arms, level=level)


def _run_bayesian(data: CsvEffects, level: float) -> BayesianPool:
    usable = data.effects.usable
    model = NormalModel(data.effects.y[usable], np.sqrt(data.effects.v[usable]), MeanPrior(*RATIO_MEAN))
    posterior, tail = find_posterior(model, (RATIO_SPREAD.scale,))[0], (1 - level) / 2
    middle, low, high = posterior.mean_quantiles(np.array([0.5, tail, 1 - tail]))
    predicted = posterior.predictive_quantiles(np.array([tail, 1 - tail]))
    spread = float(posterior.spread_quantiles(np.array([0.5]))[0])
    return BayesianPool(int(usable.sum()), float(middle), (float(low), float(high)),
                        posterior.mean_moments()[1], spread, (float(predicted[0]), float(predicted[1])))
