"""One checker for each forbidden outcome of the never table: what of it happened, as text.

The words and their meaning stand in ``never/README.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from spec.answering import (
    OPEN,
    RANKS,
    Asked,
    alert_text,
    ask,
    best_rank,
    found_in,
    lacking,
    option_text,
    plan_text,
    select_options,
)
from stepdown.decisions.answer import Option, Risk

Happened = list[str]
Checker = Callable[[Asked, Any], Happened]


def answered(asked: Asked, _: Any) -> Happened:
    return [] if asked.checked.errors else ["the file has no error"]


def not_refused(asked: Asked, _: Any) -> Happened:
    return [] if asked.answer.status == "refused" else [f"status {asked.answer.status}"]


def unwarned(asked: Asked, word: str) -> Happened:
    if asked.answer.status == "refused":
        return []
    return lacking([word], alert_text(asked.answer))


def standing(asked: Asked, standings: list[str]) -> Happened:
    return [f"{option.id} is {option.standing}" for option in asked.options if option.standing in standings]


def option_missing(asked: Asked, _: Any) -> Happened:
    return [] if asked.options else [f"only {[option.id for option in asked.answer.options]}"]


def option_present(asked: Asked, _: Any) -> Happened:
    return [option.id for option in asked.options]


def bridge_missing(asked: Asked, _: Any) -> Happened:
    return [option.id for option in asked.options if option.bridge is None or not option.bridge.therapies]


def gap_over_days(asked: Asked, days: int) -> Happened:
    bridges = [(option.id, option.bridge) for option in asked.options]
    return [f"{name}: {bridge.max_gap_days} days" for name, bridge in bridges
            if bridge is not None and bridge.max_gap_days > days]


def gap_unsaid(asked: Asked, words: list[str]) -> Happened:
    return [option.id for option in asked.options
            if option.bridge is None and lacking(words, option_text(option))]


def ranked_above(asked: Asked, other: dict[str, Any]) -> Happened:
    best = best_rank(select_options(asked.answer, [other]))
    assert best is not None, f"no option to compare with: {other}"
    return [f"{option.id} is {option.standing}" for option in asked.options if RANKS[option.standing] > best]


def alert_lacks(asked: Asked, words: list[str]) -> Happened:
    return lacking(words, alert_text(asked.answer))


def urgent_alert_missing(asked: Asked, _: Any) -> Happened:
    levels = [alert.level for alert in asked.answer.alerts]
    return [] if "urgent" in levels else [f"levels {levels}"]


def text_has(asked: Asked, words: list[str]) -> Happened:
    return found_in(words, asked.clinician) + found_in(words, asked.patient)


def clinician_lacks(asked: Asked, words: list[str]) -> Happened:
    return lacking(words, asked.clinician)


def patient_lacks(asked: Asked, words: list[str]) -> Happened:
    return lacking(words, asked.patient)


def option_has(asked: Asked, words: list[str]) -> Happened:
    return [hit for option in asked.options for hit in found_in(words, option_text(option))]


def option_lacks(asked: Asked, words: list[str]) -> Happened:
    return [f"{option.id}: {word}" for option in asked.options
            for word in lacking(words, option_text(option))]


def plan_lacks(asked: Asked, words: list[str]) -> Happened:
    return [f"{option.id}: {word}" for option in asked.options for word in lacking(words, plan_text(option))]


def follow_up_missing(asked: Asked, _: Any) -> Happened:
    return [option.id for option in asked.options if option.standing in OPEN and not option.follow_up]


def triggers_missing(asked: Asked, _: Any) -> Happened:
    return [option.id for option in asked.options if option.standing in OPEN and not option.restart_triggers]


def first_follow_up_after_days(asked: Asked, days: int) -> Happened:
    last = asked.checked.at + timedelta(days=days)
    return [f"{option.id}: {due}" for option in asked.options
            if (due := first_due(option)) is None or due > last]


def first_due(option: Option) -> date | None:
    """The first dated follow-up of an option."""
    found = []
    for step in option.follow_up:
        try:
            found.append(date.fromisoformat(step.due))
        except ValueError:
            continue
    return min(found, default=None)


def risks_of(asked: Asked) -> Iterator[tuple[str, Risk]]:
    """Every risk of the options that are meant."""
    for option in asked.options:
        for risk in option.risks:
            yield f"{option.id} {risk.outcome} at {risk.time_years} years", risk


def studies_of(risk: Risk) -> set[str]:
    """The studies that a risk rests on."""
    return {source.split("#")[0] for source in risk.sources}


def number_given(asked: Asked, _: Any) -> Happened:
    return [name for name, risk in risks_of(asked) if risk.per_100 is not None]


def risk_status(asked: Asked, states: list[str]) -> Happened:
    return [f"{name} is {risk.status}" for name, risk in risks_of(asked) if risk.status in states]


def estimated_from(asked: Asked, studies: list[str]) -> Happened:
    return estimated_from_years(asked, studies, 0)


def estimated_from_years(asked: Asked, studies: list[str], years: float) -> Happened:
    """Risks called estimated that rest on one of some studies, at a time or later."""
    return [f"{name} from {sorted(studies_of(risk))}" for name, risk in risks_of(asked)
            if risk.status == "estimated" and risk.time_years >= years and studies_of(risk) & set(studies)]


def risk_mixes(asked: Asked, lists: list[list[str]]) -> Happened:
    return [f"{name} from {sorted(studies_of(risk))}" for name, risk in risks_of(asked)
            if all(studies_of(risk) & set(studies) for studies in lists)]


def risk_outside_interval(asked: Asked, _: Any) -> Happened:
    return [f"{name}: {risk.per_100}" for name, risk in risks_of(asked)
            if risk.events == 0 and risk.per_100 is not None
            and not 0 <= risk.per_100.low <= risk.per_100.estimate < risk.per_100.high]


def fact_known(asked: Asked, names: list[str]) -> Happened:
    facts = [asked.history.by_name[name] for name in names]
    return [f"{fact.name}: {fact.value} {fact.low} {fact.high}" for fact in facts if fact.is_known]


def fact_value(asked: Asked, wanted: dict[str, Any]) -> Happened:
    fact = asked.history.by_name[wanted["name"]]
    return [f"{fact.name}: {fact.value}"] if fact.is_known and fact.value == wanted["value"] else []


def fact_low_over(asked: Asked, wanted: dict[str, Any]) -> Happened:
    fact = asked.history.by_name[wanted["name"]]
    return [f"{fact.name}: at least {fact.low}"] if (fact.low or 0) > wanted["value"] else []


def pml_missing(asked: Asked, _: Any) -> Happened:
    return [] if asked.answer.pml else ["no PML number"]


def pml_low_under(asked: Asked, per_1000: float) -> Happened:
    return [str(cell) for cell in asked.answer.pml[:1] if cell.per_1000_low < per_1000]


def pml_high_under(asked: Asked, per_1000: float) -> Happened:
    return [str(cell) for cell in asked.answer.pml[:1] if cell.per_1000_high < per_1000]


def raised_by(asked: Asked, key: str) -> Happened:
    without = ask({name: value for name, value in asked.person.items() if name != key}, asked.checked.at)
    before = {option.id: RANKS[option.standing] for option in without.answer.options}
    return [f"{option.id} is {option.standing}" for option in asked.options
            if RANKS[option.standing] > before.get(option.id, 0)]


def cancer_missing(asked: Asked, _: Any) -> Happened:
    return [] if asked.answer.cancer_immunotherapy else ["nothing on checkpoint inhibitors"]


CHECKERS: dict[str, Checker] = {
    "answered": answered, "not-refused": not_refused, "unwarned": unwarned, "standing": standing,
    "option-missing": option_missing, "option-present": option_present, "bridge-missing": bridge_missing,
    "gap-over-days": gap_over_days, "gap-unsaid": gap_unsaid, "ranked-above": ranked_above,
    "alert-lacks": alert_lacks, "urgent-alert-missing": urgent_alert_missing, "text-has": text_has,
    "clinician-lacks": clinician_lacks, "patient-lacks": patient_lacks, "option-has": option_has,
    "option-lacks": option_lacks, "plan-lacks": plan_lacks, "follow-up-missing": follow_up_missing,
    "triggers-missing": triggers_missing, "first-follow-up-after-days": first_follow_up_after_days,
    "number-given": number_given, "risk-status": risk_status, "estimated-from": estimated_from,
    "risk-mixes": risk_mixes, "risk-outside-interval": risk_outside_interval, "fact-known": fact_known,
    "fact-value": fact_value, "fact-low-over": fact_low_over, "pml-missing": pml_missing,
    "pml-low-under": pml_low_under, "pml-high-under": pml_high_under, "raised-by": raised_by,
    "cancer-missing": cancer_missing,
}


def find_happened(asked: Asked, outcome: dict[str, Any]) -> Happened:
    """What happened of one forbidden outcome."""
    words = dict(outcome)
    years = words.pop("from-years", None)
    ((word, value),) = words.items()
    happened = estimated_from_years(asked, value, years) if years else CHECKERS[word](asked, value)
    return [f"{word}: {each}" for each in happened]
