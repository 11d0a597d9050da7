"""What the default method of ``stepdown`` finds for each run: by the product itself, or by its equal in bulk.

One study and the Bayesian pools of hazards go through the product, each distinct set of counts once.
One-stage pools and ratios go through ``one_stage`` and ``two_stage``; a test holds a sample to the product.
"""

from __future__ import annotations

import numpy as np
from designs import HazardData, RatioData
from one_stage import fit_many
from two_stage import Z95, Intervals, fit_bayesian, fit_reml_t

from stepdown.evidence.meta.defaults import (
    BAYESIAN_NODES,
    HAZARD_SPREAD,
    LEVEL,
    RATIO_MEAN,
    RATIO_SPREAD,
    choose_hazard_method,
    choose_ratio_method,
)
from stepdown.evidence.meta.distributions import critical_value
from stepdown.evidence.meta.pool_hazard import HazardPool, pool_hazard
from stepdown.evidence.meta.posterior import find_posterior
from stepdown.evidence.meta.reports import Counts

MARKS = np.array([0.5, 0.025, 0.975])


def fit_default(data: HazardData | RatioData) -> tuple[str, Intervals]:
    """The method that the defaults choose, and its intervals."""
    return _fit_hazards(data) if isinstance(data, HazardData) else _fit_ratios(data)


def to_counts(data: HazardData, events: np.ndarray) -> list[Counts]:
    """The reports of one run."""
    rows = zip(events, data.people, data.years, strict=True)
    return [Counts(f"s{i:02}", "f", int(e), int(n), float(t)) for i, (e, n, t) in enumerate(rows)]


def _fit_hazards(data: HazardData) -> tuple[str, Intervals]:
    method = choose_hazard_method(data.events.shape[1])
    return method, _fit_in_bulk(data) if method == "one-stage" else _fit_each(data, method)


def _fit_each(data: HazardData, method: str) -> Intervals:
    """Each distinct set of counts once, by the product."""
    distinct, place = np.unique(data.events, axis=0, return_inverse=True)
    fit = _fit_posterior if method == "bayesian" else _fit_whole
    found = np.array([fit(to_counts(data, events)) for events in distinct])[place.ravel()]
    return Intervals(*found.T)


def _fit_whole(reports: list[Counts]) -> tuple[float, float, float]:
    pooled = pool_hazard(reports)
    return pooled.estimate, pooled.low, pooled.high


def _fit_posterior(reports: list[Counts]) -> tuple[float, float, float]:
    """The part of a Bayesian pool that makes its interval, without the words and weights around it."""
    if not any(report.events for report in reports) or all(r.events == r.n for r in reports):
        return _fit_whole(reports)
    model = HazardPool(list(reports), {}, LEVEL, HAZARD_SPREAD.scale).to_model(BAYESIAN_NODES)
    # Both scales, as the product asks for them: they share one set of quadrature points.
    found = find_posterior(model, (HAZARD_SPREAD.scale, 2 * HAZARD_SPREAD.scale))[0].mean_quantiles(MARKS)
    return float(found[0]), float(found[1]), float(found[2])


def _fit_in_bulk(data: HazardData) -> Intervals:
    """One-stage pools all at once; those without events or without convergence by the product."""
    studies = data.events.shape[1]
    odd = data.events.sum(axis=1) == 0
    fit = fit_many(HazardData(np.where(odd[:, None], 1, data.events), data.people, data.years, data.true))
    reach = critical_value(LEVEL, studies - 1) * np.sqrt(fit.variance * studies / (studies - 1))
    found = np.stack([fit.mean, fit.mean - reach, fit.mean + reach], axis=1)
    for run in np.flatnonzero(odd | ~fit.converged | ~np.isfinite(reach)):
        found[run] = _fit_whole(to_counts(data, data.events[run]))
    return Intervals(*found.T)


def _fit_ratios(data: RatioData) -> tuple[str, Intervals]:
    studies = data.values.shape[1]
    method = choose_ratio_method(studies)
    if method == "as-printed":
        value = data.values[:, 0]
        return method, Intervals(value, value - Z95 * data.errors, value + Z95 * data.errors)
    if method == "bayesian":
        return method, fit_bayesian(data.values, data.errors, RATIO_SPREAD.scale, RATIO_MEAN[1])
    quantile = critical_value(LEVEL, studies - 1)
    return f"{method}, t", fit_reml_t(data.values, data.errors**2, quantile)
