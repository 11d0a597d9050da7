"""A pooled result as frozen data: the estimate with everything needed to check it and to write it up."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from stepdown.evidence.meta.predictive import Predictive
from stepdown.evidence.meta.reports import Report

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Spread:
    """The standard deviation of the studies' true values (log scale); None with the reason when unknown."""

    estimate: float | None
    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True)
class Fallback:
    """One method that was wanted, the one that ran in its place, and why."""

    asked: str
    ran: str
    why: str


@dataclass(frozen=True)
class Excluded:
    """A finding left out of the pool, and why."""

    study: str
    finding: str
    reason: str


@dataclass(frozen=True)
class StudyLine:
    """One study in the pool, on the log scale: its share of the weight, its own value, and the value shrunken
    towards the others."""

    study: str
    findings: tuple[str, ...]
    weight: float
    value: float
    low: float
    high: float
    shrunken: Triple | None


@dataclass(frozen=True)
class Sensitivity:
    """The same pool under another prior scale of the spread."""

    prior_scale: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Pooled:
    """A pooled value on the log scale, with its interval at ``level``."""

    estimate: float
    low: float
    high: float
    level: float
    predictive: Predictive
    spread: Spread
    k: int
    n: int | None
    events: float | None
    person_years: float | None
    asked: str
    method: str
    fallbacks: tuple[Fallback, ...]
    methods_sentence: str
    studies: tuple[StudyLine, ...]
    excluded: tuple[Excluded, ...]
    sensitivity: tuple[Sensitivity, ...]
    notes: tuple[str, ...]
    data_hash: str
    sources: tuple[str, ...] = field(default=())

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of the estimate on the log scale."""
        return self.low, self.high

    @property
    def weights(self) -> dict[str, float]:
        """Each study's share of the weight."""
        return {line.study: line.weight for line in self.studies}

    def predict(self, level: float | None = None) -> Triple:
        """Median and interval of the true value in a new study, on the log scale."""
        tail = (1 - (level or self.level)) / 2
        find = self.predictive.quantile
        return find(0.5), find(tail), find(1 - tail)


@dataclass(frozen=True)
class PooledHazard(Pooled):
    """A pooled log hazard per person-year."""

    def risk_at(self, years: float) -> Triple:
        """The share of people with the event within some years, with its interval (constant hazard)."""
        low, high = self.interval
        return to_risk(self.estimate, years), to_risk(low, years), to_risk(high, years)

    def predicted_risk_at(self, years: float, level: float | None = None) -> Triple:
        """The risk in a new study like these: median and prediction interval."""
        middle, low, high = self.predict(level)
        return to_risk(middle, years), to_risk(low, years), to_risk(high, years)

    def prob_risk_below(self, risk: float, years: float) -> float:
        """The chance that the risk within some years, in a new study like these, lies below a limit."""
        return self.predictive.prob_below(to_log_hazard_of_risk(risk, years))

    @property
    def rate(self) -> Triple:
        """Events per person-year, with the interval."""
        return _exp(self.estimate), _exp(self.low), _exp(self.high)


@dataclass(frozen=True)
class PooledRatio(Pooled):
    """A pooled log ratio; ``measure`` is HR, RR, OR or IRR."""

    measure: str = "HR"

    @property
    def ratio(self) -> Triple:
        """The ratio with its interval."""
        return _exp(self.estimate), _exp(self.low), _exp(self.high)

    def prob_ratio_below(self, ratio: float) -> float:
        """The chance that the true ratio in a new study like these lies below a limit."""
        return self.predictive.prob_below(math.log(ratio))


def to_risk(log_hazard: float, years: float) -> float:
    """The risk within some years at a constant hazard; 0 and 1 at hazards of 0 and infinity."""
    return -math.expm1(-_exp(log_hazard) * years)


def to_log_hazard_of_risk(risk: float, years: float) -> float:
    """The log hazard at which a share of people has the event within some years."""
    return math.log(-math.log1p(-risk) / years)


def _exp(value: float) -> float:
    return math.inf if value > 700 else math.exp(value)


def hash_reports(reports: Sequence[Report]) -> str:
    """The SHA-256 of the reports, the same for the same numbers in any order."""
    rows = sorted(json.dumps({"kind": type(r).__name__, **asdict(r)}, sort_keys=True) for r in reports)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
