"""Pools ratios between two groups (hazard, risk, odds or rate ratios) on the log scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.bayesian import MeanPrior, NormalModel
from stepdown.evidence.meta.defaults import (
    LEVEL,
    RATIO_MEAN,
    RATIO_METHODS,
    RATIO_SPREAD,
    choose_ratio_method,
)
from stepdown.evidence.meta.distributions import Floats, critical_value
from stepdown.evidence.meta.pool_input import check_powers, group_by_study, sort_by_study
from stepdown.evidence.meta.pooled import (
    Excluded,
    Fallback,
    PooledRatio,
    Sensitivity,
    Spread,
    StudyLine,
    Triple,
    hash_reports,
)
from stepdown.evidence.meta.posterior import Posterior, find_posterior
from stepdown.evidence.meta.predictive import PosteriorPredictive, Predictive, StudentPredictive
from stepdown.evidence.meta.refusals import NotPoolable, check_choice
from stepdown.evidence.meta.reports import Ratio
from stepdown.evidence.meta.sentences import to_study_words, write_note, write_sentence
from stepdown.evidence.meta.two_stage import fit_two_stage


@dataclass(frozen=True)
class RatioPool:
    """The checked input of one pool of ratios; standard errors grow with down-weighting."""

    reports: list[Ratio]
    powers: dict[str, float]
    level: float
    prior_scale: float

    @property
    def values(self) -> Floats:
        """The log ratios."""
        return np.array([r.log_value for r in self.reports])

    @property
    def errors(self) -> Floats:
        """The standard errors of the log ratios."""
        return np.array([r.se / math.sqrt(self.powers.get(r.study, 1.0)) for r in self.reports])

    @property
    def model(self) -> NormalModel:
        """The Bayesian model of the pool."""
        return NormalModel(self.values, self.errors, MeanPrior(*RATIO_MEAN))

    @property
    def predictive(self) -> PosteriorPredictive:
        """The predictive distribution under the prior of the spread."""
        return PosteriorPredictive(self.model, self.prior_scale)


@dataclass(frozen=True)
class _Result:
    interval: Triple
    predictive: Predictive
    spread: Spread
    weights: Floats
    shrunken: list[Triple | None]
    sensitivity: tuple[Sensitivity, ...]
    words: Mapping[str, object]
    notes: tuple[str, ...]


def pool_ratio(reports: Sequence[Ratio], *, method: str = "default", level: float = LEVEL,
               prior_scale: float = RATIO_SPREAD.scale, excluded: Sequence[Excluded] = (),
               down_weight: Mapping[str, float] | None = None) -> PooledRatio:
    """The pooled log ratio; one ratio a study, all of one measure. Raises NotPoolable and UnknownChoice."""
    check_choice("method", method, ("default", *RATIO_METHODS))
    ordered = sort_by_study(reports)
    _check_one_measure(ordered)
    pool = RatioPool(ordered, check_powers(down_weight, [r.study for r in ordered]), level, prior_scale)
    asked = choose_ratio_method(len(ordered)) if method == "default" else method
    ran, chain = _decide(asked, len(ordered))
    if ran == "REML":
        result = _run_reml(pool)
    else:
        result = _run_as_printed(pool) if ran == "as-printed" else _run_bayesian(pool)
    return _dress(pool, asked, ran, chain, result, tuple(excluded))


def _check_one_measure(reports: Sequence[Ratio]) -> None:
    measures = sorted({r.measure for r in reports})
    if len(measures) > 1:
        raise NotPoolable(f"{' and '.join(measures)} are different measures; pool each alone")
    for study, own in group_by_study(reports).items():
        if len(own) > 1:
            raise NotPoolable(f"{study} gives {len(own)} ratios that share people; keep one, or use the "
                              "three-level model")


def _decide(asked: str, k: int) -> tuple[str, tuple[Fallback, ...]]:
    if asked == "as-printed" and k > 1:
        raise NotPoolable(f"a ratio as printed needs one study; there are {k}")
    if asked == "REML" and k == 1:
        return "as-printed", (Fallback(asked, "as-printed", write_note("spread_unknown")),)
    return asked, ()


def _run_as_printed(pool: RatioPool) -> _Result:
    value, reach = float(pool.values[0]), critical_value(pool.level) * float(pool.errors[0])
    return _Result((value, value - reach, value + reach), pool.predictive,
                   Spread(None, None, None, write_note("spread_unknown")), np.ones(1), [None], (), {},
                   (write_note("prior_predicts"),))


def _run_bayesian(pool: RatioPool) -> _Result:
    posterior, wider = find_posterior(pool.model, (pool.prior_scale, 2 * pool.prior_scale))
    tail = (1 - pool.level) / 2
    marks = np.array([0.5, tail, 1 - tail])
    found = [_triple(p.mean_quantiles(marks)) for p in (posterior, wider)]
    weights = (1 / (pool.errors[:, None] ** 2 + posterior.spread**2)) @ posterior.spread_weight
    words = {"prior_scale": pool.prior_scale, "prior_mean": RATIO_MEAN[0], "prior_sd": RATIO_MEAN[1]}
    spread = Spread(*_triple(posterior.spread_quantiles(marks)))
    return _Result(found[0], pool.predictive, spread, weights / weights.sum(),
                   _shrink(pool, posterior), (Sensitivity(2 * pool.prior_scale, *found[1]),), words, ())


def _shrink(pool: RatioPool, posterior: Posterior) -> list[Triple | None]:
    """Each study's true value, averaged over the posterior of the spread."""
    keep = posterior.spread**2 / (posterior.spread**2 + pool.errors[:, None] ** 2)
    centre = keep * pool.values[:, None] + (1 - keep) * posterior.peak
    variance = keep * pool.errors[:, None] ** 2 + ((1 - keep) * posterior.scale) ** 2
    middle = centre @ posterior.spread_weight
    total = variance @ posterior.spread_weight + (centre - middle[:, None]) ** 2 @ posterior.spread_weight
    reach = critical_value(pool.level) * np.sqrt(total)
    return [(float(m), float(m - r), float(m + r)) for m, r in zip(middle, reach, strict=True)]


def _run_reml(pool: RatioPool) -> _Result:
    fit = fit_two_stage(pool.values, pool.errors**2, method="REML", test="adhoc", level=pool.level)
    centre, se = float(fit.coef[0]), float(fit.se[0])
    low, high = (math.sqrt(x) for x in fit.tau2_interval or (0.0, 0.0))
    keep = fit.tau2 / (fit.tau2 + pool.errors**2)
    middle = keep * pool.values + (1 - keep) * centre
    reach = critical_value(pool.level) * np.sqrt(keep * pool.errors**2 + ((1 - keep) * se) ** 2)
    shrunken: list[Triple | None] = [(float(m), float(m - r), float(m + r))
                                     for m, r in zip(middle, reach, strict=True)]
    return _Result((centre, float(fit.ci_low[0]), float(fit.ci_high[0])),
                   StudentPredictive(centre, math.hypot(se, math.sqrt(fit.tau2)), fit.df),
                   Spread(math.sqrt(fit.tau2), low, high), fit.weights, shrunken, (), {}, ())


def _triple(values: Floats) -> Triple:
    return float(values[0]), float(values[1]), float(values[2])


def _to_lines(pool: RatioPool, result: _Result) -> tuple[StudyLine, ...]:
    reach = critical_value(pool.level) * np.array([r.se for r in pool.reports])
    return tuple(StudyLine(r.study, (r.finding,), float(w), r.log_value, r.log_value - float(d),
                           r.log_value + float(d), s)
                 for r, w, d, s in zip(pool.reports, result.weights, reach, result.shrunken, strict=True))


def _dress(pool: RatioPool, asked: str, ran: str, chain: tuple[Fallback, ...], result: _Result,
           excluded: tuple[Excluded, ...]) -> PooledRatio:
    k, measure = len(pool.reports), pool.reports[0].measure
    words = {"k_words": to_study_words(k), "measure": measure, "percent": f"{100 * pool.level:g}"}
    notes = [write_note("asymmetric", source=r.source) for r in pool.reports if not r.is_log_symmetric]
    if pool.powers:
        notes.append(write_note("down_weighted", weights=pool.powers))
    return PooledRatio(
        *result.interval, pool.level, result.predictive, result.spread, k, None, None, None, asked, ran,
        chain, write_sentence("ratio", ran, **words, **result.words), _to_lines(pool, result), excluded,
        result.sensitivity, (*result.notes, *notes), hash_reports(pool.reports),
        tuple(r.source for r in pool.reports), measure)
