"""Every report about one group of people, brought to one scale: the log of the hazard per person-year.

Counts keep their binomial likelihood (complementary log-log link, log-time offset), rates with
person-years their Poisson likelihood; rates and survival probabilities known only by an interval
become a normal log hazard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from stepdown.evidence.meta.likelihoods import (
    BinomialCloglog,
    Likelihood,
    NormalIdentity,
    PoissonLog,
    Stacked,
)
from stepdown.evidence.meta.reports import Counts, Rate, Report, SurvivalProbability, se_from_interval

HazardReport = Counts | Rate | SurvivalProbability


def to_log_hazard(report: Rate | SurvivalProbability) -> tuple[float, float]:
    """The log hazard per person-year and its standard error, from a value with its interval."""
    if isinstance(report, SurvivalProbability):
        return _survival_log_hazard(report)
    value = math.log(report.value or math.nan)
    low = math.log(report.low) if report.low else None
    high = math.log(report.high) if report.high is not None else None
    return value, se_from_interval(value, low, high, report.level)


def _survival_log_hazard(report: SurvivalProbability) -> tuple[float, float]:
    value = _log_minus_log(report.p)
    low = _log_minus_log(report.high) if report.high < 1 else None
    high = _log_minus_log(report.low) if report.low > 0 else None
    return value - math.log(report.years), se_from_interval(value, low, high, report.level)


def _log_minus_log(p: float) -> float:
    return math.log(-math.log(p))


def is_normal(report: Report) -> bool:
    """Whether only an interval is known, so that the log hazard is taken as normal."""
    return isinstance(report, SurvivalProbability) or (isinstance(report, Rate) and not report.has_exposure)


def to_likelihood(reports: Sequence[HazardReport]) -> Stacked:
    """The joint likelihood of the reports, given the log hazard of each."""
    kinds: dict[str, list[int]] = {"counts": [], "rates": [], "normal": []}
    for row, report in enumerate(reports):
        kind = "counts" if isinstance(report, Counts) else "normal" if is_normal(report) else "rates"
        kinds[kind].append(row)
    makers = {"counts": _to_binomial, "rates": _to_poisson, "normal": _to_normal}
    return Stacked(tuple((makers[kind]([reports[i] for i in rows]), tuple(rows))
                         for kind, rows in kinds.items() if rows))


def _to_binomial(reports: Sequence[HazardReport]) -> Likelihood:
    counts = [r for r in reports if isinstance(r, Counts)]
    return BinomialCloglog(np.array([float(r.events) for r in counts]),
                           np.array([float(r.n) for r in counts]), np.log([r.years for r in counts]))


def _to_poisson(reports: Sequence[HazardReport]) -> Likelihood:
    rates = [r for r in reports if isinstance(r, Rate)]
    return PoissonLog(np.array([float(r.event_count or 0) for r in rates]),
                      np.log([float(r.person_years or math.nan) for r in rates]))


def _to_normal(reports: Sequence[HazardReport]) -> Likelihood:
    pairs = [to_log_hazard(r) for r in reports if not isinstance(r, Counts)]
    return NormalIdentity(np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs]))


def crude_log_hazard(reports: Sequence[HazardReport]) -> float:
    """A rough common log hazard to start a fit from: events over time, half an event added."""
    events = 0.5 + sum(_events_of(r) for r in reports)
    return math.log(events / (1.0 + sum(_time_of(r) for r in reports)))


def _events_of(report: HazardReport) -> float:
    if isinstance(report, Counts):
        return float(report.events)
    if isinstance(report, Rate) and report.has_exposure:
        return float(report.event_count or 0)
    return 1 / to_log_hazard(report)[1] ** 2


def _time_of(report: HazardReport) -> float:
    if isinstance(report, Counts):
        return report.years * (report.n - report.events / 2)
    if isinstance(report, Rate) and report.has_exposure:
        return float(report.person_years or 0)
    value, se = to_log_hazard(report)
    return math.exp(-value) / se**2
