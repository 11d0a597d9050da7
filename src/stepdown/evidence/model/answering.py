"""What the model answers for one arm or one person, and what the answer is called."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepdown.evidence.model.arm_file import DescribedArm
from stepdown.evidence.model.arms import ArmFacts, to_arms
from stepdown.evidence.model.counting import RISK_POINTS, Count, predict_count
from stepdown.evidence.model.fitted import library_model
from stepdown.evidence.model.predicting import predict_quantiles, predict_risk
from stepdown.evidence.model.support import families_of, judge


@dataclass(frozen=True)
class ModelRisk:
    """A risk between 0 and 1 with its 80 % and 95 % prediction intervals; None where refused."""

    status: str
    reason: str
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    low80: float | None = None
    high80: float | None = None
    count: Count | None = None
    sources: tuple[str, ...] = ()


def answer_arm(facts: ArmFacts, n: int | None = None) -> ModelRisk:
    """The risk of one arm or person with its status, and of n people the count where n is known."""
    model = library_model()
    verdict = judge(facts, model.support)
    if verdict.status == "refused":
        return ModelRisk(verdict.status, verdict.reason)
    arms = to_arms([facts])
    mean, low, high = (float(part[0]) for part in predict_risk(arms, model.predictor))
    _, low80, high80 = (float(part[0]) for part in predict_risk(arms, model.predictor, 0.8))
    count = (
        predict_count(n, predict_quantiles(arms, RISK_POINTS, model.predictor)[0]) if n is not None else None
    )
    return ModelRisk(
        verdict.status, verdict.reason, mean, low, high, low80, high80, count, find_sources(facts)
    )


def answer_described(arm: DescribedArm) -> ModelRisk:
    """The answer for an arm as a file describes it."""
    if arm.facts is None:
        return ModelRisk("refused", arm.refused)
    answer = answer_arm(arm.facts, arm.n)
    if not arm.unread:
        return answer
    reason = f"not drugs the model knows: {arm.unread}"
    return replace(
        answer, status="extrapolated", reason="; ".join(part for part in (answer.reason, reason) if part)
    )


def find_sources(facts: ArmFacts) -> tuple[str, ...]:
    """The findings of the same strategy and drug family, which weigh most; then the contrasts."""
    model, families = library_model(), set(families_of(facts.groups))
    arms = [
        arm.source
        for arm in model.arms
        if arm.strategy == facts.strategy and families & set(families_of(arm.groups))
    ]
    return (*arms, *(row.source for row in model.contrasts))
