"""The facts that the rows of a care plan turn on: of the History, of the care, and derived from both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stepdown.decisions.care_plan.lately import find_lately
from stepdown.decisions.situation import Situation
from stepdown.ms.course import INDETERMINATE
from stepdown.ms.dates import add_months
from stepdown.ms.disability import Score, confirmed_worsening
from stepdown.ms.drug_words import plain_drug
from stepdown.ms.facts import Fact, known, unknown
from stepdown.patients.facts_care import find_care_facts
from stepdown.patients.facts_labs import latest_lab
from stepdown.patients.view import View

#: How far back a rise of the EDSS is looked for.
WORSENING_MONTHS = 24
#: Facts whose values are words of the person file, shown with blanks for hyphens.
_WORDS = ("work", "missed_because", "diagnosis_criteria")


def find_plan_facts(situation: Situation, severe_from: float) -> Mapping[str, Fact]:
    """Every fact of the plan by its name; ``severe_from`` is the EDSS from which it is severe."""
    view, facts = situation.history.view, situation.facts
    derived = (
        _worsening(view),
        latest_lab(view, "neurofilament", "neurofilament"),
        _activity_known(facts["course_activity"]),
        _severe(facts["edss"], severe_from),
    )
    return {**facts, **find_care_facts(view), **{fact.name: fact for fact in (*derived, *find_lately(view))}}


def _worsening(view: View) -> Fact:
    """Whether the EDSS rose within 24 months and stayed up for 24 weeks."""
    since = add_months(view.at, -WORSENING_MONTHS)
    scores = [
        Score(visit.date, visit.score, visit.during_relapse, f"edss[{position}]")
        for position, visit in enumerate(view.patient.edss or ())
        if visit.date and visit.score is not None and visit.date.earliest >= since
    ]
    found = confirmed_worsening(scores, at=view.at, name="worsening")
    return _unless_short(view, scores, found)


def _unless_short(view: View, scores: list[Score], found: Fact) -> Fact:
    """No rise counts as none only where two scores lie far enough apart to have shown and kept one."""
    days = [score.day.latest for score in scores if not score.during_relapse and score.day.latest <= view.at]
    if found.is_false and (max(days) - min(days)).days < 24 * 7:
        return unknown("worsening", "the scores lie less than 24 weeks apart", *found.sources)
    return found


def _activity_known(activity: Fact) -> Fact:
    """Whether activity was looked for: indeterminate counts as not known, with its reason."""
    if activity.value == INDETERMINATE:
        return unknown("activity_known", activity.reason, *activity.sources)
    return replace(activity, name="activity_known")


def _severe(edss: Fact, limit: float) -> Fact:
    """Whether the disability is severe by the rule of the plan."""
    reached = edss.at_least(limit)
    if reached is None:
        return unknown("severe", edss.reason, *edss.sources)
    return known("severe", reached, *edss.sources)


def is_missing(fact: Fact) -> bool:
    """Whether neither a value nor bounds are known."""
    return fact.low is None and not fact.is_known


def fill_slots(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """What stands for each slot of a sentence: the value of a fact, and its reason as NAME_reason."""
    shown = {name: show_fact(fact) for name, fact in facts.items()}
    reasons = {f"{name}_reason": fact.reason for name, fact in facts.items()}
    drug = facts["current_therapy"]
    return {**shown, **reasons, "drug": plain_drug(str(drug.value)) if drug.is_known else ""}


def show_fact(fact: Fact) -> str:
    """A fact as words: a number, its bounds, yes or no, or the words of the file."""
    value = fact.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, str):
        return value.replace("-", " ") if fact.name in _WORDS else value
    if fact.low is not None:
        return f"at least {fact.low:g}" if fact.high is None else f"{fact.low:g} to {fact.high:g}"
    return "not on file"
