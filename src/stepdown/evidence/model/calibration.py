"""How well the model predicts studies it has never seen: each study in turn is left out and predicted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model.arms import FAMILIES, to_arms
from stepdown.evidence.model.baselines import predict_baseline
from stepdown.evidence.model.counting import RISK_POINTS, chance_up_to, count_below, log_chance_of
from stepdown.evidence.model.fit import DRAWS, fit_training
from stepdown.evidence.model.predicting import predict_quantiles, to_predictor
from stepdown.evidence.model.support import find_support, judge
from stepdown.evidence.model.training import Training, TrainingArm

Progress = Callable[[str], None]


@dataclass(frozen=True)
class LeftOut:
    """One arm, predicted by the model fitted without its study.

    ``pit_low`` and ``pit_high`` are the chances of fewer events than were seen, and of as many or fewer: a
    randomised PIT lies evenly between them. Widths are of the predicted share of people, in points of 100.
    """

    study: str
    finding: str
    outcome: str
    strategy: str
    family: str
    status: str
    events: float
    n: float
    predicted: float
    pit_low: float
    pit_high: float
    width80: float
    width95: float
    risk_width80: float
    log_score: float
    log_score_one: float
    log_score_by_drug: float

    @property
    def observed(self) -> float:
        """The share of people who had the event."""
        return self.events / self.n

    def covered(self, level: float) -> float:
        """How much of the randomised PIT lies in the interval of this level: 0, 1, or part of a step."""
        low, high = (1 - level) / 2, (1 + level) / 2
        inside = min(self.pit_high, high) - max(self.pit_low, low)
        return float(np.clip(inside / max(self.pit_high - self.pit_low, 1e-12), 0.0, 1.0))


def leave_out_each(training: Training, progress: Progress = lambda _: None) -> tuple[LeftOut, ...]:
    """Every arm predicted without its study, from the facts that a prediction may use."""
    studies = list(dict.fromkeys(arm.study for arm in training.arms))
    rows: list[LeftOut] = []
    for number, study in enumerate(studies, start=1):
        progress(f"{number} of {len(studies)}: without {study}")
        rows += _predict_study(training.without(study), [arm for arm in training.arms if arm.study == study])
    return tuple(rows)


def _predict_study(rest: Training, arms: list[TrainingArm]) -> list[LeftOut]:
    """The arms of one study, from all others."""
    asked = [replace(arm.facts, strict=False, repeated=False) for arm in arms]
    risks = predict_quantiles(to_arms(asked), RISK_POINTS, to_predictor(fit_training(rest, DRAWS // 2)))
    one, by_drug = (predict_baseline(rest, asked, RISK_POINTS, split) for split in (False, True))
    support = find_support(rest)
    return [
        _judge_arm(arm, judge(facts, support).status, risks[i], one[i], by_drug[i])
        for i, (arm, facts) in enumerate(zip(arms, asked, strict=True))
    ]


def _judge_arm(arm: TrainingArm, status: str, risks: Floats, one: Floats, by_drug: Floats) -> LeftOut:
    """What was seen beside what was predicted."""
    low80, high80, low95, high95 = (count_below(p, round(arm.n), risks) for p in (0.1, 0.9, 0.025, 0.975))
    risk_low, risk_high = np.quantile(risks, [0.1, 0.9])
    return LeftOut(
        arm.study,
        arm.finding,
        arm.facts.outcome,
        arm.facts.strategy,
        family_of(arm),
        status,
        arm.events,
        arm.n,
        float(np.mean(risks)),
        chance_up_to(arm.events - 1, arm.n, risks),
        chance_up_to(arm.events, arm.n, risks),
        100 * (high80 - low80) / round(arm.n),
        100 * (high95 - low95) / round(arm.n),
        float(100 * (risk_high - risk_low)),
        *(log_chance_of(arm.events, arm.n, found) for found in (risks, one, by_drug)),
    )


def family_of(arm: TrainingArm) -> str:
    """The drug family of an arm: one name, "mixed", or "not read"."""
    found = [name for name, groups in FAMILIES.items() if set(groups) & set(arm.facts.groups)]
    return found[0] if len(found) == 1 else "mixed" if found else "not read"
