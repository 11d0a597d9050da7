"""What of a cohort may leave the house: small counts hidden, others rounded, nothing that gives them back.

Three rules. A count from 1 to below the threshold is written "<5" (with the threshold of the protocol), every
other one is rounded, never finer than to the threshold. Whatever rests on fewer events than the threshold - a
risk, a rate, the early points of a curve, a contrast - is withheld. What is left is worked out from the
rounded counts, or rounded to the nearest of round steps as wide as the rounding of the counts; which step
follows from the rounded counts, so that it tells nothing of the exact ones. Bounds are rounded outwards.
Neither a difference, nor a ratio, nor a step of a curve tells one person from another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from stepdown.cohorts.analysis.results import (
    BalanceLine,
    CohortResult,
    Contrast,
    GroupResult,
    Interval,
    OutcomeResult,
    SubgroupResult,
)
from stepdown.cohorts.population.attrition import AttritionStep
from stepdown.cohorts.protocol.model import Disclosure

Published = dict[str, Any]
WITHHELD = "withheld: too few events"
#: Round shares, from a thousandth of a per cent to all.
_STEPS = tuple(round(part * 10.0**power, 6) for power in range(-5, 0)
               for part in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5)) + (1.0,)


def publish(result: CohortResult, rules: Disclosure) -> Published:
    """The results as plain data that may be published under the rules."""
    groups = {group.name: group for outcome in result.outcomes for group in outcome.groups}
    return {
        "protocol": result.protocol, "title": result.title, "question": result.question,
        "protocol_hash": result.protocol_hash, "data_fingerprint": result.data_fingerprint,
        "versions": result.versions, "engine": result.engine, "ran_on": result.ran_on,
        "disclosure": {"threshold": rules.threshold, "round_to": rules.step},
        "groups": list(result.groups), "estimand": result.estimand,
        "attrition": [_publish_step(step, rules) for step in result.attrition],
        "missing": {name: hide(count, rules) for name, count in result.missing.items()},
        "balance": [_publish_balance(line, groups, rules) for line in result.balance],
        "outcomes": [_publish_outcome(outcome, rules) for outcome in result.outcomes],
        "warnings": [*_say_simulated(result), *_say_rounding(rules), *result.warnings],
        "simulated": result.simulated,
    }


def _say_simulated(result: CohortResult) -> list[str]:
    return ["The registry is simulated: its people are invented, and nothing here was observed."] \
        if result.simulated else []


def _say_rounding(rules: Disclosure) -> list[str]:
    """What is said where the protocol asks for finer rounding than its threshold can bear."""
    if rules.step == rules.round_to:
        return []
    return [f"disclosure.round_to is {rules.round_to}, which would give counts below the threshold of "
            f"{rules.threshold} back by subtraction: counts are rounded to multiples of {rules.step}."]


def hide(count: int, rules: Disclosure) -> int | str:
    """A count as it may be shown: 0, "<5", or rounded to a multiple, never below the threshold."""
    if count == 0:
        return 0
    if count < rules.threshold:
        return f"<{rules.threshold}"
    rounded = rules.step * math.floor(count / rules.step + 0.5)
    return max(rounded, rules.threshold)


def hide_parts(parts: Mapping[str, int], rules: Disclosure) -> dict[str, int | str]:
    """Counts that add up to a known whole: where one is small the largest is withheld too.

    The whole less the others would else narrow down the small one.
    """
    shown = {name: hide(count, rules) for name, count in parts.items()}
    if any(is_small(count, rules) for count in parts.values()):
        largest = max(parts, key=lambda name: parts[name])
        shown[largest] = WITHHELD if not is_small(parts[largest], rules) else shown[largest]
    return shown


def is_small(count: int, rules: Disclosure) -> bool:
    """Whether a count is one that may not be shown."""
    return 0 < count < rules.threshold


def _publish_step(step: AttritionStep, rules: Disclosure) -> Published:
    names = ("trials_left", "people_left", "trials_refused", "trials_unknown", "people_refused",
             "people_unknown")
    return {"name": step.name, **{name: hide(getattr(step, name), rules) for name in names}}


def _publish_balance(line: BalanceLine, groups: Mapping[str, GroupResult], rules: Disclosure) -> Published:
    """Standardised differences to a tenth: with few people they would give back how many have something.

    What one to four of a group have, or have not, is withheld at any size: of 60 people one more who has it
    moves the difference by more than that.
    """
    few = any(group.people < 10 * max(rules.threshold, 1) for group in groups.values())
    if few or is_small(line.rarest or 0, rules):
        return {"name": line.name, "before": WITHHELD, "after": WITHHELD}
    return {"name": line.name, "before": round(line.before, 1), "after": round(line.after, 1)}


def _publish_outcome(outcome: OutcomeResult, rules: Disclosure) -> Published:
    withheld = any(_is_thin(group, rules) for group in outcome.groups)
    unit = max((find_unit(group.followers, rules) for group in outcome.groups), default=1.0)
    return {
        "name": outcome.name, "kind": outcome.kind, "negative_control": outcome.negative_control,
        "left_out": {reason: hide(count, rules) for reason, count in outcome.left_out.items()},
        "groups": [_publish_group(group, rules) for group in outcome.groups],
        "contrasts": [_publish_contrast(each, unit, withheld) for each in outcome.contrasts],
        "hazard_ratio": _publish_ratio(outcome.hazard_ratio, withheld),
        "log_rank_p": _publish_p(outcome.log_rank_p, withheld),
        "complete_cases": None if outcome.complete_cases is None else _publish_contrast(
            outcome.complete_cases, unit, withheld),
        "subgroups": [_publish_subgroup(each, rules) for each in outcome.subgroups],
        "predictors": [{"name": each.name, "hazard_ratio": _publish_ratio(each.hazard_ratio, withheld)}
                       for each in outcome.predictors],
        "relapse_rates": _publish_rates(outcome, rules, withheld),
        "warnings": list(outcome.warnings),
    }


def _publish_rates(outcome: OutcomeResult, rules: Disclosure, withheld: bool) -> Published | None:
    """Rates to two digits; withheld as a whole where one rests on few relapses or on few people."""
    found = outcome.relapse_rates
    if found is None:
        return None
    withheld = withheld or any(is_small(group.relapses, rules) for group in found.groups)
    return {
        "groups": [{"name": group.name, "relapses": hide(group.relapses, rules),
                    "person_years": WITHHELD if withheld else _round_years(group.person_years, rules),
                    "rate": _publish_ratio(group.rate, withheld)} for group in found.groups],
        "ratio": _publish_ratio(found.ratio, withheld),
    }


def _round_years(years: float, rules: Disclosure) -> int:
    return rules.step * math.floor(years / rules.step + 0.5)


def _is_thin(group: GroupResult, rules: Disclosure) -> bool:
    """Whether a result rests on too few people or events to be shown; of copies, those who did it count."""
    return any(is_small(count, rules) for count in (
        group.events, group.trials, group.followers, group.follower_events))


def find_unit(people: int, rules: Disclosure) -> float:
    """The step of shares of so many people: the least round one not finer than the rounding of counts.

    Where the protocol hides and rounds nothing, shares are as they are. Else it follows from the number as
    it is shown: in steps of 5 of 37 people, anybody could find the 37.
    """
    shown = hide(people, rules)
    if rules.step == 1:
        return _STEPS[0]
    if not isinstance(shown, int) or shown <= rules.step:
        return 1.0
    least = max(rules.step, 1) / shown
    return next(step for step in _STEPS if step >= least - 1e-9)


def to_step(value: float, unit: float, *, up: bool | None = None) -> float | None:
    """A share to the nearest multiple of a step (up or down for a bound); None where it is not known."""
    if not math.isfinite(value):
        return None
    steps = value / unit
    whole = math.floor(steps + 0.5) if up is None else math.ceil(steps - 1e-9) if up else math.floor(
        steps + 1e-9)
    return round(min(max(whole * unit, -1.0), 1.0), 5)


def _publish_group(group: GroupResult, rules: Disclosure) -> Published:
    withheld = _is_thin(group, rules)
    unit = find_unit(group.followers, rules)
    events, trials = hide(group.events, rules), hide(group.trials, rules)
    years = _round_years(group.person_years, rules)
    return {
        "name": group.name, "trials": trials, "people": hide(group.people, rules), "events": events,
        "followers": hide(group.followers, rules), "follower_events": hide(group.follower_events, rules),
        "person_years": WITHHELD if withheld else years,
        "proportion": WITHHELD if withheld else _divide(events, trials),
        "rate_per_100_person_years": WITHHELD if withheld else _divide(events, years, 100),
        "risk": _publish_share(group.risk, unit, withheld),
        "crude_risk": _publish_share(group.crude_risk, unit, withheld),
        "curve": [] if withheld else [
            {"years": point.years, "risk": to_step(point.risk, unit),
             "low": to_step(point.low, unit, up=False), "high": to_step(point.high, unit, up=True),
             "at_risk": hide(point.at_risk, rules)}
            for point in group.curve
            if not is_small(point.at_risk, rules) and not is_small(point.events, rules)],
        **_publish_reasons(group, rules),
    }


def _publish_reasons(group: GroupResult, rules: Disclosure) -> Published:
    """Why follow-up ended, in all and by year; with a small count the most frequent reason is withheld.

    In every year: who had an event in the first is missing among those who reach the end in the second.
    """
    every = (group.reasons, *group.reasons_by_year)
    shown = [hide_parts(counts, rules) for counts in every]
    if any(is_small(count, rules) for counts in every for count in counts.values()):
        largest = max(group.reasons, key=lambda name: group.reasons[name])
        for counts, parts in zip(every, shown, strict=True):
            parts[largest] = WITHHELD if not is_small(counts[largest], rules) else parts[largest]
    return {"reasons": shown[0], "reasons_by_year": shown[1:]}


def _divide(events: int | str, whole: int | str, per: int = 1) -> float | None:
    """A quotient of two counts as they are shown."""
    if isinstance(events, str) or isinstance(whole, str) or not whole:
        return None
    return round(per * events / whole, 3)


def _publish_share(found: Interval, unit: float, withheld: bool) -> Any:
    if withheld:
        return WITHHELD
    return {"value": to_step(found.value, unit), "low": to_step(found.low, unit, up=False),
            "high": to_step(found.high, unit, up=True), "why": found.why}


def _publish_ratio(found: Interval | None, withheld: bool) -> Any:
    if found is None:
        return None
    if withheld:
        return WITHHELD
    return {"value": _two_digits(found.value), "low": _two_digits(found.low),
            "high": _two_digits(found.high), "why": found.why}


def _two_digits(value: float) -> float | None:
    return float(f"{value:.2g}") if math.isfinite(value) else None


def _publish_p(p: float | None, withheld: bool) -> Any:
    if p is None or withheld or not math.isfinite(p):
        return None if p is None else WITHHELD
    return "<0.01" if p < 0.01 else round(p, 2)


def _publish_contrast(contrast: Contrast, unit: float, withheld: bool) -> Published:
    return {"years": contrast.years,
            "risk_difference": _publish_share(contrast.risk_difference, unit, withheld),
            "crude_risk_difference": _publish_share(contrast.crude_risk_difference, unit, withheld),
            "risk_ratio": _publish_ratio(contrast.risk_ratio, withheld)}


def _publish_subgroup(found: SubgroupResult, rules: Disclosure) -> Published:
    withheld = any(is_small(count, rules) for count in (*found.events, *found.trials))
    unit = max(find_unit(size, rules) for size in found.trials)
    return {"name": found.name, "label": found.label, "trials": [hide(size, rules) for size in found.trials],
            "events": [hide(count, rules) for count in found.events],
            "risk_difference": _publish_share(found.risk_difference, unit, withheld),
            "largest_imbalance": WITHHELD if withheld else round(found.largest_imbalance, 1)}
