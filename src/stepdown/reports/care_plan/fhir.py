"""The care plan as FHIR R4: a CarePlan with its Goals and CareTeam (hl7.org/fhir/R4/careplan.html).

It is a draft with the intent "plan". Referrals are activities of the kind ServiceRequest; what nobody asked
stands in the notes as not assessed, never as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stepdown.decisions.answer import Alert
from stepdown.decisions.planned_care import CarePlan, PlanRow, RaisedFlag, Referral
from stepdown.reports.care_plan.words import say
from stepdown.reports.fhir_names import DISCLAIMER, Json, make_id, without_empty

#: Lines that say something to do; findings and what is known go to the notes.
_TO_DO = ("assess", "without-drugs", "with-drugs", "do", "caution")


def list_plan_resources(plan: CarePlan, alerts: Iterable[Alert], subject: Json) -> list[Json]:
    """The CarePlan, what is urgent as its first activities; then the Goals and the CareTeam it refers to."""
    goals = [_to_goal(place, goal, subject) for place, goal in enumerate(plan.goals, 1)]
    team = _to_team(plan, subject)
    urgent = [_to_urgent(alert) for alert in alerts if alert.level == "urgent"]
    return [_to_care_plan(plan, urgent, goals, team, subject), *goals, team]


def _to_care_plan(
    plan: CarePlan, urgent: list[Json], goals: list[Json], team: Json, subject: Json
) -> Json:
    return without_empty(
        {
            "resourceType": "CarePlan",
            "id": make_id("care-plan", plan.at),
            "status": "draft",
            "intent": "plan",
            "category": [{"text": "Multidisciplinary care plan"}],
            "title": say("clinician.title", person=plan.person),
            "description": plan.severe_rule or say("clinician.not_ms", reason=plan.not_ms),
            "subject": subject,
            "period": {"start": plan.at, "end": plan.review_due},
            "created": plan.at,
            "careTeam": [{"reference": f"CareTeam/{team['id']}"}],
            "goal": [{"reference": f"Goal/{goal['id']}"} for goal in goals],
            "activity": [*urgent, *_list_activities(plan)],
            "note": [{"text": text} for text in _list_notes(plan)],
        }
    )


def _to_goal(place: int, goal: str, subject: Json) -> Json:
    """One goal in the person's own words."""
    return {
        "resourceType": "Goal",
        "id": make_id("goal", str(place)),
        "lifecycleStatus": "proposed",
        "description": {"text": goal},
        "subject": subject,
    }


def _to_team(plan: CarePlan, subject: Json) -> Json:
    participants = [
        {"role": [{"text": f"{member.title}: {member.what}"}], "member": {"display": member.title}}
        for member in plan.team
    ]
    return {
        "resourceType": "CareTeam",
        "id": make_id("care-team", plan.at),
        "status": "proposed",
        "subject": subject,
        "participant": participants,
    }


def _list_activities(plan: CarePlan) -> Iterator[Json]:
    """What to act on now, the referrals, what each row asks for, and the review."""
    yield from map(_to_flag, plan.raised)
    yield from map(_to_referral, plan.referrals)
    for row in plan.rows:
        yield from _to_row_activities(row)
    yield _to_activity(say("clinician.review"), plan.review, plan.review_due)


def _to_activity(what: str, description: str, when: str = "") -> Json:
    detail = {"code": {"text": what}, "status": "not-started", "description": description}
    return {"detail": detail | ({"scheduledString": when} if when else {})}


def _to_urgent(alert: Alert) -> Json:
    text = f"{alert.text} ({', '.join(alert.sources)})"
    return _to_activity(say("clinician.act"), text, say("priority.now"))


def _to_flag(flag: RaisedFlag) -> Json:
    sure = f"{say(f'strength.{flag.strength}')}: {', '.join(flag.sources)}"
    return _to_activity(say("clinician.act"), f"{flag.text} ({sure})", say("priority.now"))


def _to_referral(item: Referral) -> Json:
    activity = _to_activity(item.title, item.why, say(f"priority.{item.priority}", due=item.due))
    return {"detail": {"kind": "ServiceRequest", **activity["detail"]}}


def _to_row_activities(row: PlanRow) -> Iterator[Json]:
    for line in row.lines:
        if line.kind in _TO_DO and line.text:
            sure = f"{say(f'strength.{line.strength}')}: {', '.join(line.sources)}"
            yield _to_activity(f"{row.title}: {say(f'kind.{line.kind}')}", f"{line.text} ({sure})")


def _list_notes(plan: CarePlan) -> Iterator[str]:
    yield DISCLAIMER
    if plan.not_ms:
        yield say("clinician.not_ms", reason=plan.not_ms)
    for row in plan.rows:
        told = (line.text for line in row.lines if line.kind not in _TO_DO)
        yield from (f"{row.title}: {text}" for text in told)
        for missing in row.missing:
            words = say("clinician.missing", text=missing.text, place=missing.key, reason="")
            yield f"{row.title}: {words}"
