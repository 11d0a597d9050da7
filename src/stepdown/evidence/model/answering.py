"""What the model answers for one arm or one person, and what the answer is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from stepdown.evidence.model.arm_file import DescribedArm
from stepdown.evidence.model.arms import FAMILIES, OUTCOMES, STRATEGIES, ArmFacts, to_arms
from stepdown.evidence.model.counting import RISK_POINTS, Count, predict_count
from stepdown.evidence.model.fit import Fit, fit_library
from stepdown.evidence.model.predicting import predict_quantiles, predict_risk
from stepdown.evidence.model.training import Training
from stepdown.evidence.person import Person

#: People whose mean age lies so far outside the mean ages of all arms are still like somebody in them.
_AGE_REACH = 10.0
#: A mixed arm speaks for a drug that at least this share of its people had ...
_LEAST_SHARE = 0.5
#: ... and asks for one that at least this share of its people have.
_LEAST_SHARE_ASKED = 0.25


@dataclass(frozen=True)
class Support:
    """How far the arms behind a fit reach.

    The longest time by strategy, family and kind of outcome, from arms at least half of whose people had that
    drug; outcomes by strategy; groups that people switched to; the range of mean ages.
    """

    longest: Mapping[tuple[str, str, str], float]
    outcomes: frozenset[tuple[str, str]]
    gone_to: frozenset[str]
    ages: tuple[float, float]


@dataclass(frozen=True)
class Verdict:
    """estimated, extrapolated or refused, with the reason in words."""

    status: str
    reason: str = ""


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


def find_support(training: Training) -> Support:
    """How far the arms of a fit reach."""
    longest: dict[tuple[str, str, str], float] = {}
    for arm in training.arms:
        for family in _families(arm.facts, _LEAST_SHARE):
            key = (arm.facts.strategy, family, _kind_of(arm.facts.outcome))
            longest[key] = max(longest.get(key, 0.0), arm.facts.years or 0.0)
    ages = [arm.facts.age_mean for arm in training.arms if arm.facts.age_mean is not None]
    pairs = frozenset((arm.facts.outcome, arm.facts.strategy) for arm in training.arms)
    gone_to = frozenset(group for arm in training.arms for group in arm.facts.to_groups)
    return Support(longest, pairs, gone_to, (min(ages) - _AGE_REACH, max(ages) + _AGE_REACH))


@lru_cache(maxsize=4)
def _support_of(fit: Fit) -> Support:
    return find_support(fit.training)


def _kind_of(outcome: str) -> str:
    """Relapses and lesions stand for each other; what counts disability stands for itself alone."""
    return outcome if outcome in ("confirmed_worsening", "reactivation") else "activity"


def _families(facts: ArmFacts, least: float = 0.0) -> list[str]:
    """The families of the drugs, each with more than none, or at least this share, of the people."""
    count = len(facts.groups) or 1
    shares = {
        name: sum(group in groups for group in facts.groups) / count for name, groups in FAMILIES.items()
    }
    return [name for name, share in shares.items() if share > 0 and share >= least]


def judge(facts: ArmFacts, support: Support) -> Verdict:
    """Whether the arms behind the fit reach to these people."""
    if facts.outcome not in OUTCOMES or facts.strategy not in STRATEGIES:
        return Verdict("refused", "the model knows nothing of this outcome or strategy")
    reasons = [*_beyond_drugs(facts, support), *_beyond_people(facts, support)]
    return Verdict("extrapolated" if reasons else "estimated", "; ".join(reasons))


def _beyond_drugs(facts: ArmFacts, support: Support) -> list[str]:
    """What was not studied of drug, strategy, outcome and time."""
    families = _families(facts, _LEAST_SHARE_ASKED)
    times = [support.longest.get((facts.strategy, family, _kind_of(facts.outcome))) for family in families]
    found = []
    if not families:
        found.append("the drug is not known")
    elif None in times:
        found.append("no study of this strategy with this drug")
    if (facts.outcome, facts.strategy) not in support.outcomes:
        found.append("no study of this outcome with this strategy")
    if facts.strategy == "switch" and not facts.to_groups:
        found.append("the drug gone to is not known")
    if not support.gone_to.issuperset(facts.to_groups):
        found.append("no study of people who switched to this drug")
    if facts.years is None:
        found.append("the time is not known and taken as about two years")
    elif any(time is not None and facts.years > time + 1e-9 for time in times):
        found.append("a longer time than people were watched")
    return found


def _beyond_people(facts: ArmFacts, support: Support) -> list[str]:
    """How these people lie outside those studied."""
    low, high = support.ages
    oldest = facts.age_mean if facts.age_mean is not None else facts.age_min
    youngest = facts.age_mean if facts.age_mean is not None else facts.age_max
    if oldest is not None and oldest > high:
        return ["older than the people studied"]
    if youngest is not None and youngest < low:
        return ["younger than the people studied"]
    return []


def answer_arm(facts: ArmFacts, n: int | None = None) -> ModelRisk:
    """The risk of one arm or person with its status, and of n people the count where n is known."""
    verdict = judge(facts, _support_of(fit_library()))
    if verdict.status == "refused":
        return ModelRisk(verdict.status, verdict.reason)
    arms = to_arms([facts])
    mean, low, high = (float(part[0]) for part in predict_risk(arms))
    _, low80, high80 = (float(part[0]) for part in predict_risk(arms, 0.8))
    count = predict_count(n, predict_quantiles(arms, RISK_POINTS)[0]) if n is not None else None
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


def find_person_risk(
    outcome: str,
    strategy: str,
    group: str,
    years: float,
    person: Person,
    *,
    to_group: str | None = None,
    direction: str | None = None,
) -> ModelRisk:
    """The risk of one person within some years, after a strategy with the drug group taken or left.

    A switch leads to ``to_group``; where that is not settled, ``direction`` "down" leads to first-line drugs,
    "up" to antibodies, and anything else leaves open how strong the next drug is. What is not known widens
    the interval.
    """
    open_ways = {"down": FAMILIES["first-line"], "up": ("natalizumab", "anti-cd20")}
    to_groups = (to_group,) if to_group else open_ways.get(direction or "", ())
    return answer_arm(
        ArmFacts(
            outcome,
            strategy,
            (group,),
            to_groups,
            (person.course,) if person.course else (),
            years,
            age_min=person.age_low,
            age_max=person.age_high,
            quiet_min=person.years_quiet_low,
            quiet_max=person.years_quiet_high,
            mri_active=person.mri_active,
        )
    )


def find_sources(facts: ArmFacts) -> tuple[str, ...]:
    """The findings of the same strategy and drug family, which weigh most; then the contrasts."""
    training = fit_library().training
    arms = [
        f"{arm.study}#{arm.finding}"
        for arm in training.arms
        if arm.facts.strategy == facts.strategy and set(_families(arm.facts)) & set(_families(facts))
    ]
    return (*arms, *(f"{row.study}#{row.finding}" for row in training.contrasts))
