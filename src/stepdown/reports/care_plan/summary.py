"""The care plan inside the clinician's answer: what comes first, who by when, goals, what nobody asked."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.decisions.answer import Answer
from stepdown.decisions.planned_care import CarePlan
from stepdown.reports.care_plan.words import say


def head_plan() -> str:
    """The heading of the care plan inside an answer."""
    return say("assess.heading")


def summarise_plan(answer: Answer) -> tuple[str, ...]:
    """The plan in a few lines, the most pressing first; none for an answer without a plan."""
    return tuple(_tell_plan(answer.care_plan)) if answer.care_plan else ()


def _tell_plan(plan: CarePlan) -> Iterator[str]:
    for flag in plan.raised:
        yield f"{say('priority.now')}: {flag.text}"
    for item in plan.referrals:
        if item.priority != "now":
            yield f"{item.title}, {say(f'priority.{item.priority}', due=item.due).lower()}: {item.why}"
    for goal in plan.goals:
        yield say("assess.goal", goal=goal)
    yield say("clinician.review_line", review=plan.review_due, text=plan.review)
    names = list(dict.fromkeys(missing.text for row in plan.rows for missing in row.missing))
    if names:
        yield say("assess.missing", count=len(names), names=", ".join(names))
    yield say("assess.whole")
