"""How far do the arms behind a fit reach, and do they reach to these people?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepdown.evidence.model.arms import FAMILIES, OUTCOMES, STRATEGIES, ArmFacts

if TYPE_CHECKING:
    from stepdown.evidence.model.training import Training

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


def find_support(training: Training) -> Support:
    """How far the arms of a fit reach."""
    longest: dict[tuple[str, str, str], float] = {}
    for arm in training.arms:
        for family in families_of(arm.facts.groups, _LEAST_SHARE):
            key = (arm.facts.strategy, family, kind_of(arm.facts.outcome))
            longest[key] = max(longest.get(key, 0.0), arm.facts.years or 0.0)
    ages = [arm.facts.age_mean for arm in training.arms if arm.facts.age_mean is not None]
    pairs = frozenset((arm.facts.outcome, arm.facts.strategy) for arm in training.arms)
    gone_to = frozenset(group for arm in training.arms for group in arm.facts.to_groups)
    youngest, oldest = min(ages, default=math.inf), max(ages, default=-math.inf)
    return Support(longest, pairs, gone_to, (youngest - _AGE_REACH, oldest + _AGE_REACH))


def kind_of(outcome: str) -> str:
    """Relapses and lesions stand for each other; what counts disability stands for itself alone."""
    return outcome if outcome in ("confirmed_worsening", "reactivation") else "activity"


def families_of(drugs: Sequence[str], least: float = 0.0) -> list[str]:
    """The families of some drug groups, each with more than none, or at least this share, of the people."""
    count = len(drugs) or 1
    shares = {name: sum(group in groups for group in drugs) / count for name, groups in FAMILIES.items()}
    return [name for name, share in shares.items() if share > 0 and share >= least]


def judge(facts: ArmFacts, support: Support) -> Verdict:
    """Whether the arms behind the fit reach to these people."""
    if facts.outcome not in OUTCOMES or facts.strategy not in STRATEGIES:
        return Verdict("refused", "the model knows nothing of this outcome or strategy")
    reasons = [*_beyond_drugs(facts, support), *_beyond_people(facts, support)]
    return Verdict("extrapolated" if reasons else "estimated", "; ".join(reasons))


def find_longest(facts: ArmFacts, support: Support) -> float:
    """How long people who took this step with these drugs were watched, in years; 0 where nobody did."""
    kind = kind_of(facts.outcome)
    families = families_of(facts.groups, _LEAST_SHARE_ASKED)
    times = (support.longest.get((facts.strategy, family, kind), 0.0) for family in families)
    return min(times, default=0.0)


def _beyond_drugs(facts: ArmFacts, support: Support) -> list[str]:
    """What was not studied of drug, strategy, outcome and time."""
    families = families_of(facts.groups, _LEAST_SHARE_ASKED)
    times = [support.longest.get((facts.strategy, family, kind_of(facts.outcome))) for family in families]
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
