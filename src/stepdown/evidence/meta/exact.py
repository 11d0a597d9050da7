"""The hazard of one study, or of studies without spread, with an exact interval.

Clopper-Pearson for counts, Garwood for events over person-time; when no one (or everyone) had the
event, the exact bound for any mix of the two; otherwise the profile likelihood interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import critical_value, to_beta_quantile, to_gamma_quantile
from stepdown.evidence.meta.hazard_scale import (
    HazardReport,
    crude_log_hazard,
    is_normal,
    to_likelihood,
    to_log_hazard,
)
from stepdown.evidence.meta.reports import Counts, Rate


@dataclass(frozen=True)
class LogInterval:
    """A log hazard with its interval; -inf or inf where no finite bound exists; ``how`` names the method."""

    value: float
    low: float
    high: float
    how: str


def find_clopper_pearson(events: int, n: int, level: float) -> tuple[float, float]:
    """The exact interval of a proportion (Clopper and Pearson 1934)."""
    tail = (1 - level) / 2
    low = to_beta_quantile(tail, events, n - events + 1) if events > 0 else 0.0
    high = to_beta_quantile(1 - tail, events + 1, n - events) if events < n else 1.0
    return low, high


def find_garwood(events: float, level: float) -> tuple[float, float]:
    """The exact interval of an expected number of events (Garwood 1936)."""
    tail = (1 - level) / 2
    return to_gamma_quantile(tail, events) if events > 0 else 0.0, to_gamma_quantile(1 - tail, events + 1)


def find_exact_interval(reports: Sequence[HazardReport], level: float) -> LogInterval:
    """The common log hazard of reports that share one hazard, with its interval."""
    counts = [r for r in reports if isinstance(r, Counts)]
    rates = [r for r in reports if isinstance(r, Rate) and r.has_exposure]
    if len(counts) == len(reports) and len({r.years for r in counts}) == 1:
        return _from_counts(counts, level)
    if len(rates) == len(reports):
        return _from_rates(rates, level)
    if len(reports) == 1 or any(is_normal(r) for r in reports):
        return _from_normal(reports, level)
    return _from_mixture(reports, level)


def _from_counts(counts: Sequence[Counts], level: float) -> LogInterval:
    events, n, years = sum(r.events for r in counts), sum(r.n for r in counts), counts[0].years
    low, high = find_clopper_pearson(events, n, level)
    value, low, high = (_to_log_hazard(p, years) for p in (events / n, low, high))
    return LogInterval(value, low, high, "Clopper-Pearson")


def _to_log_hazard(p: float, years: float) -> float:
    if p <= 0:
        return -math.inf
    return math.inf if p >= 1 else math.log(-math.log1p(-p) / years)


def _from_rates(rates: Sequence[Rate], level: float) -> LogInterval:
    events, time = sum(r.event_count or 0.0 for r in rates), sum(r.person_years or 0.0 for r in rates)
    low, high = find_garwood(events, level)
    return LogInterval(_log(events / time), _log(low / time), _log(high / time), "Garwood")


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _from_normal(reports: Sequence[HazardReport], level: float) -> LogInterval:
    if len(reports) == 1 and not isinstance(reports[0], Counts):
        value, se = to_log_hazard(reports[0])
        reach = critical_value(level) * se
        return LogInterval(value, value - reach, value + reach, "interval as printed")
    return _from_profile(reports, level)


def _from_mixture(reports: Sequence[HazardReport], level: float) -> LogInterval:
    if has_no_events(reports):
        high = _bisect(lambda eta: _log_chance(reports, eta), math.log((1 - level) / 2), -60.0, 60.0)
        return LogInterval(-math.inf, -math.inf, high, "exact bound, no events")
    if has_only_events(reports):
        low = _bisect(lambda eta: -_log_chance(reports, eta), -math.log((1 - level) / 2), -60.0, 60.0)
        return LogInterval(math.inf, low, math.inf, "exact bound, everyone had the event")
    return _from_profile(reports, level)


def has_no_events(reports: Sequence[HazardReport]) -> bool:
    """Whether every report counts events and none happened."""
    return all((isinstance(r, Counts) and r.events == 0)
               or (isinstance(r, Rate) and r.has_exposure and r.event_count == 0) for r in reports)


def has_only_events(reports: Sequence[HazardReport]) -> bool:
    """Whether every report counts people and all had the event."""
    return all(isinstance(r, Counts) and r.events == r.n for r in reports)


def _log_chance(reports: Sequence[HazardReport], eta: float) -> float:
    return float(to_likelihood(reports).terms(np.full(len(reports), eta))[0].sum())


def _from_profile(reports: Sequence[HazardReport], level: float) -> LogInterval:
    top = _find_top(reports)
    drop = _log_chance(reports, top) - critical_value(level) ** 2 / 2
    low = _bisect(lambda eta: -_log_chance(reports, eta), -drop, top - 60.0, top)
    high = _bisect(lambda eta: _log_chance(reports, eta), drop, top, top + 60.0)
    return LogInterval(top, low, high, "profile likelihood")


def _find_top(reports: Sequence[HazardReport]) -> float:
    likelihood, eta = to_likelihood(reports), crude_log_hazard(reports)
    for _ in range(100):
        _, slope, bend = likelihood.terms(np.full(len(reports), eta))
        step = max(-2.0, min(2.0, -float(slope.sum() / bend.sum())))
        eta += step
        if abs(step) < 1e-12:
            break
    return eta


def _bisect(falling: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Where a falling function passes the target."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > target else (low, middle)
    return (low + high) / 2
