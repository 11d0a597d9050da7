"""Which arms and contrasts of the library the model is fitted to, as counts and as differences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from stepdown.evidence.cells import DESIGN_ORDER
from stepdown.evidence.meta.distributions import to_normal_quantile
from stepdown.evidence.meta.hazard_scale import HazardReport, to_log_hazard
from stepdown.evidence.meta.reports import Counts, Rate, SurvivalProbability
from stepdown.evidence.model.arms import OUTCOMES, STRATEGIES, ArmFacts
from stepdown.evidence.model.settings import coefficient_names, read_settings, read_table
from stepdown.evidence.reported import to_report
from stepdown.evidence.study import Effect, Finding, Study
from stepdown.ms.therapies import read_therapies

_Z95 = 1.959964
# A rate of no events says as much as half an event does.
_LEAST_EVENTS = 0.5


@dataclass(frozen=True)
class TrainingArm:
    """An arm as the model takes it: so many events among n people, as good as the report is exact.

    A rate or a survival probability with its interval becomes the count that would be as exact;
    ``events`` and ``n`` need not be whole then.
    """

    study: str
    finding: str
    facts: ArmFacts
    events: float
    n: float


@dataclass(frozen=True)
class TrainingContrast:
    """A log ratio inside one study, its standard error, and how far apart its groups lie by coefficient."""

    study: str
    finding: str
    value: float
    se: float
    difference: tuple[float, ...]


@dataclass(frozen=True)
class Training:
    """Everything a fit rests on."""

    arms: tuple[TrainingArm, ...]
    contrasts: tuple[TrainingContrast, ...]

    def without(self, study: str) -> Training:
        """The same without one study."""
        return Training(
            tuple(row for row in self.arms if row.study != study),
            tuple(row for row in self.contrasts if row.study != study),
        )


@lru_cache(maxsize=1)
def _read_exceptions() -> tuple[Mapping[str, Mapping[str, Any]], frozenset[str]]:
    """What is assumed of findings by their source, and the studies whose arms are left out."""
    table = read_table("arms.toml")
    return {row["finding"]: row for row in table["use"]}, frozenset(row["study"] for row in table["leave"])


def gather_training(studies: Iterable[Study]) -> Training:
    """The arms and contrasts of these studies that the model is fitted to; retracted ones never enter."""
    kept = [s for s in studies if not s.retracted and s.disease == "MS" and s.design in DESIGN_ORDER]
    left_out = _read_exceptions()[1]
    arms = tuple(arm for study in kept if study.id not in left_out for arm in _arms_of(study))
    return Training(arms, tuple(_gather_contrasts({study.id: study for study in kept})))


def _arms_of(study: Study) -> list[TrainingArm]:
    """The arms of one study: one for each outcome, strategy and drug, whole groups before parts."""
    chosen: dict[tuple[Any, ...], TrainingArm] = {}
    for finding in sorted(study.findings, key=_preference):
        if finding.covariate is None and finding.outcome in OUTCOMES and finding.strategy in STRATEGIES:
            arm = _to_arm(study, finding)
            if arm is not None:
                facts = arm.facts
                chosen.setdefault(
                    (facts.outcome, facts.strategy, facts.groups, finding.to_groups, finding.arm), arm
                )
    return list(chosen.values())


def _preference(finding: Finding) -> tuple[bool, float]:
    """Whole groups first, then the time nearest to two years."""
    return finding.subgroup is not None, abs((finding.time_years or 99.0) - 2.0)


def _to_arm(study: Study, finding: Finding) -> TrainingArm | None:
    """The arm of a finding, or None where it has no risk over time that can be used."""
    assumed = _read_exceptions()[0].get(f"{study.id}#{finding.id}")
    if assumed is not None:
        kind = "fixed" if finding.time_kind == "window" else finding.time_kind
        finding = replace(
            finding, not_pooled="", time_kind=kind, time_years=assumed.get("years", finding.time_years)
        )
    report = to_report(study, finding)
    if isinstance(report, str):
        return None
    assumed = assumed or {}
    facts = to_facts(study, finding)
    facts = replace(
        facts,
        strategy=assumed.get("strategy", facts.strategy),
        strict=assumed.get("strict", False),
        repeated=assumed.get("repeated", False),
    )
    events, n = _to_counts(report, facts.years or 1.0, assumed.get("se_factor", 1.0))
    return TrainingArm(study.id, finding.id, replace(facts, years=facts.years or 1.0), events, n)


def _to_counts(report: HazardReport, years: float, se_factor: float) -> tuple[float, float]:
    """Events and people that are as exact as the report."""
    if isinstance(report, Counts):
        return float(report.events), float(report.n)
    if isinstance(report, Rate) and report.has_exposure:
        events = max(report.event_count or 0.0, _LEAST_EVENTS)
        value, se = math.log(events / (report.person_years or math.nan)), 1 / math.sqrt(events)
    else:
        value, se = to_log_hazard(report)
    years = report.years if isinstance(report, SurvivalProbability) else years
    hazard = math.exp(value) * years
    risk = -math.expm1(-hazard)
    n = risk / ((1 - risk) * hazard**2 * (se * se_factor) ** 2)
    return n * risk, n


def to_facts(study: Study, finding: Finding) -> ArmFacts:
    """What is known of the people of a finding, its study filling in what the finding leaves open."""
    people = study.population
    group_of = {name: therapy.group for name, therapy in read_therapies().items()}
    left = finding.groups or tuple(sorted({group_of[name] for name in finding.therapies if name in group_of}))
    mean = next(
        (age for age in (finding.age_mean, people.age_mean, people.age_median) if age is not None), None
    )
    return ArmFacts(
        finding.outcome,
        finding.strategy,
        left,
        finding.to_groups,
        finding.courses or study.courses,
        finding.time_years,
        mean,
        finding.age_min if finding.age_min is not None else people.age_min,
        finding.age_max,
        finding.years_quiet_mean if finding.years_quiet_mean is not None else people.years_quiet_mean,
        finding.years_quiet_min if finding.years_quiet_min is not None else people.years_quiet_min,
        None,
        finding.mri_active,
    )


def _gather_contrasts(studies: Mapping[str, Study]) -> Iterable[TrainingContrast]:
    """The contrasts of the table whose study is there."""
    for row in read_table("contrasts.toml")["contrast"]:
        study_id, _, finding_id = row["finding"].partition("#")
        effect = studies[study_id].finding(finding_id).effect if study_id in studies else None
        if effect is not None and effect.value:
            difference = tuple(row["difference"].get(name, 0.0) for name in coefficient_names())
            value = math.log(effect.value)
            if effect.measure == "OR":
                value *= _odds_to_hazard()
            spread = math.hypot(_se(effect, row) * row.get("se_factor", 1.0), read_settings()["contrast_sd"])
            yield TrainingContrast(study_id, finding_id, value, spread, difference)


def _odds_to_hazard() -> float:
    """How much of a log odds ratio is left on the log hazard, where about a third have the event."""
    risk = 1 / 3
    return risk / -math.log1p(-risk)


def _se(effect: Effect, row: Mapping[str, Any]) -> float:
    """The standard error of a log ratio, from its interval or from p."""
    if effect.low and effect.high:
        return (math.log(effect.high) - math.log(effect.low)) / (2 * _Z95)
    return abs(math.log(effect.value or 1.0)) / to_normal_quantile(1 - row["p"] / 2)
