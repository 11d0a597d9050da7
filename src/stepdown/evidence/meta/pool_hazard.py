"""Pools the hazards of groups of people: counts, rates and survival probabilities in one likelihood."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stepdown.evidence.meta.bayesian import MeanPrior, ReportsModel
from stepdown.evidence.meta.defaults import (
    BAYESIAN_NODES,
    HAZARD_MEAN,
    HAZARD_METHODS,
    HAZARD_SPREAD,
    LEVEL,
    ONE_STAGE_NODES,
    choose_hazard_method,
)
from stepdown.evidence.meta.distributions import Floats, critical_value
from stepdown.evidence.meta.exact import find_exact_interval, has_no_events, has_only_events
from stepdown.evidence.meta.hazard_scale import HazardReport, crude_log_hazard, to_likelihood
from stepdown.evidence.meta.likelihoods import Likelihood, Tempered
from stepdown.evidence.meta.mixed_model import MixedFit, MixedModel, fit_mixed_model
from stepdown.evidence.meta.pool_input import (
    check_powers,
    find_totals,
    group_by_study,
    number_studies,
    sort_by_study,
)
from stepdown.evidence.meta.pooled import (
    Excluded,
    Fallback,
    PooledHazard,
    Sensitivity,
    Spread,
    StudyLine,
    Triple,
    hash_reports,
)
from stepdown.evidence.meta.posterior import find_posterior
from stepdown.evidence.meta.predictive import PosteriorPredictive, Predictive
from stepdown.evidence.meta.quadrature import check_nodes
from stepdown.evidence.meta.refusals import NotPoolable, check_choice
from stepdown.evidence.meta.sentences import to_study_words, write_note, write_sentence
from stepdown.evidence.meta.spread_profile import find_spread_interval
from stepdown.evidence.meta.study_effect import group_rows
from stepdown.evidence.meta.study_lines import lines_from_fit, lines_from_posterior, lines_without_spread


@dataclass(frozen=True)
class HazardPool:
    """The checked input of one pool and the settings of its fit."""

    reports: list[HazardReport]
    powers: dict[str, float]
    level: float
    prior_scale: float

    @property
    def studies(self) -> dict[str, list[HazardReport]]:
        """The reports of each study."""
        return group_by_study(self.reports)

    @property
    def likelihood(self) -> Likelihood:
        """The joint likelihood, raised to each study's power where powers are given."""
        plain = to_likelihood(self.reports)
        if not self.powers:
            return plain
        return Tempered(plain, np.array([self.powers.get(r.study, 1.0) for r in self.reports]))

    def to_model(self, nodes: int) -> ReportsModel:
        """The Bayesian model of the pool."""
        crude = crude_log_hazard(self.reports)
        rows = group_rows(self.likelihood, number_studies(self.reports), crude)
        return ReportsModel(rows, MeanPrior(*HAZARD_MEAN), crude, nodes)


@dataclass(frozen=True)
class _Result:
    """What a method found, before it is dressed with totals and words."""

    interval: Triple
    predictive: Predictive
    spread: Spread
    lines: tuple[StudyLine, ...]
    sensitivity: tuple[Sensitivity, ...]
    words: Mapping[str, object]
    notes: tuple[str, ...]


def pool_hazard(reports: Sequence[HazardReport], *, method: str = "default", level: float = LEVEL,
                prior_scale: float = HAZARD_SPREAD.scale, nodes: int | None = None,
                excluded: Sequence[Excluded] = (),
                down_weight: Mapping[str, float] | None = None) -> PooledHazard:
    """The pooled log hazard per person-year of the reports, each study with its own random effect.

    Findings of one study share its effect; they must be of different people. ``down_weight`` raises a
    study's likelihood to a power below 1. Raises NotPoolable and UnknownChoice.
    """
    check_choice("method", method, ("default", *HAZARD_METHODS))
    if nodes is not None:
        check_nodes(nodes)
    ordered = sort_by_study(reports)
    pool = HazardPool(ordered, check_powers(down_weight, [r.study for r in ordered]), level, prior_scale)
    asked = choose_hazard_method(len(pool.studies)) if method == "default" else method
    ran, chain = _decide(pool, asked)
    result, ran, chain = _run(pool, ran, chain, nodes)
    return _dress(pool, asked, ran, chain, result, tuple(excluded))


def _decide(pool: HazardPool, asked: str) -> tuple[str, tuple[Fallback, ...]]:
    """The method that can run, and why it is not the one asked for."""
    k = len(pool.studies)
    if asked == "exact" and k > 1:
        raise NotPoolable(f"an exact interval needs one study; there are {k}, with a spread between them")
    if has_no_events(pool.reports) or has_only_events(pool.reports):
        why = write_note("spread_no_events")
        return "exact", () if asked == "exact" else (Fallback(asked, "exact", why),)
    if asked == "one-stage" and k == 1:
        return "exact", (Fallback(asked, "exact", write_note("spread_unknown")),)
    if asked == "exact" and pool.powers:
        return "bayesian", (Fallback(asked, "bayesian", write_note("exact_takes_no_weights")),)
    return asked, ()


def _run(pool: HazardPool, ran: str, chain: tuple[Fallback, ...],
         nodes: int | None) -> tuple[_Result, str, tuple[Fallback, ...]]:
    if ran == "exact":
        return _run_exact(pool, nodes or BAYESIAN_NODES), ran, chain
    if ran == "one-stage":
        result = _run_one_stage(pool, nodes or ONE_STAGE_NODES)
        if result is not None:
            return result, ran, chain
        chain = (*chain, Fallback(ran, "bayesian", write_note("no_convergence")))
    return _run_bayesian(pool, nodes or BAYESIAN_NODES), "bayesian", chain


def _run_exact(pool: HazardPool, nodes: int) -> _Result:
    found = find_exact_interval(pool.reports, pool.level)
    k = len(pool.studies)
    reason = write_note("spread_unknown") if k == 1 else write_note("spread_no_events")
    notes = (write_note("one_group"),) if len(pool.reports) > k else ()
    predictive = PosteriorPredictive(pool.to_model(nodes), pool.prior_scale)
    return _Result((found.value, found.low, found.high), predictive, Spread(None, None, None, reason),
                   lines_without_spread(pool.studies, pool.level), (), {"how": found.how},
                   (*notes, write_note("prior_predicts")))


def _run_bayesian(pool: HazardPool, nodes: int) -> _Result:
    model = pool.to_model(nodes)
    posterior, wider = find_posterior(model, (pool.prior_scale, 2 * pool.prior_scale))
    tail = (1 - pool.level) / 2
    marks = np.array([0.5, tail, 1 - tail])
    spread = posterior.spread_quantiles(marks)
    found = [_triple(p.mean_quantiles(marks)) for p in (posterior, wider)]
    reason = write_note("spread_unknown") if len(pool.studies) == 1 else ""
    return _Result(found[0], PosteriorPredictive(model, pool.prior_scale), Spread(*_triple(spread), reason),
                   lines_from_posterior(model, posterior, pool.studies, pool.level),
                   (Sensitivity(2 * pool.prior_scale, *found[1]),),
                   {"prior_scale": pool.prior_scale, "prior_mean": f"{HAZARD_MEAN[0]:.2f}",
                    "prior_sd": HAZARD_MEAN[1], "nodes": nodes},
                   (write_note("prior_predicts"),) if len(pool.studies) == 1 else ())


def _triple(values: Floats) -> Triple:
    return float(values[0]), float(values[1]), float(values[2])


def _run_one_stage(pool: HazardPool, nodes: int) -> _Result | None:
    fit = _fit_one_stage(pool, nodes)
    if not fit.converged or not np.all(np.isfinite(fit.covariance)):
        return None
    k, centre, spread = len(pool.studies), float(fit.beta[0]), float(fit.spread[0])
    # maximum likelihood takes the spread too small by about (k - 1) / k
    reach = critical_value(pool.level, k - 1) * math.sqrt(fit.covariance[0, 0] * k / (k - 1))
    model = pool.to_model(nodes)
    predictive = PosteriorPredictive(replace(model, nodes=BAYESIAN_NODES), pool.prior_scale)
    low, high = find_spread_interval(model, centre, spread, fit.log_likelihood, pool.level)
    words = {"nodes": nodes, "df": k - 1, "prior_scale": pool.prior_scale}
    return _Result((centre, centre - reach, centre + reach), predictive, Spread(spread, low, high),
                   lines_from_fit(model, fit, pool.studies, pool.level), (), words, ())


def _fit_one_stage(pool: HazardPool, nodes: int) -> MixedFit:
    rows = len(pool.reports)
    model = MixedModel(pool.likelihood, np.ones((rows, 1)), np.ones((rows, 1)), number_studies(pool.reports))
    return fit_mixed_model(model, np.array([crude_log_hazard(pool.reports)]), np.array([0.5]), nodes)


def _dress(pool: HazardPool, asked: str, ran: str, chain: tuple[Fallback, ...], result: _Result,
           excluded: tuple[Excluded, ...]) -> PooledHazard:
    totals, k = find_totals(pool.reports), len(pool.studies)
    events = "unreported" if totals.events is None else f"{totals.events:g}"
    words = {"k_words": to_study_words(k), "events": events, "percent": f"{100 * pool.level:g}"}
    weighed = (write_note("down_weighted", weights=pool.powers),) if pool.powers else ()
    return PooledHazard(
        *result.interval, pool.level, result.predictive, result.spread, k, totals.n, totals.events,
        totals.person_years, asked, ran, chain, write_sentence("hazard", ran, **words, **result.words),
        result.lines, excluded, result.sensitivity, (*result.notes, *totals.notes, *weighed),
        hash_reports(pool.reports), tuple(r.source for r in pool.reports))


