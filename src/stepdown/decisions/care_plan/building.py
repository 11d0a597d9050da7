"""The care plan of one person, put together."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.decisions.care_plan.asking import find_plan_facts
from stepdown.decisions.care_plan.course import find_course, list_asked
from stepdown.decisions.care_plan.knowledge import find_sources, read_knowledge
from stepdown.decisions.care_plan.rows import find_rows, make_reader
from stepdown.decisions.care_plan.team import (
    find_raised,
    find_referrals,
    find_review,
    find_team,
    list_red_flags,
)
from stepdown.decisions.planned_care import CarePlan, PlanRow, RaisedFlag, Referral
from stepdown.decisions.situation import Situation, Treatment
from stepdown.ms.course import ACTIVE
from stepdown.ms.facts import Fact, known
from stepdown.patients.facts_care import find_goals


def build_care_plan(
    situation: Situation, not_ms: str = "", severe_from: float | None = None, *, is_urgent: bool = False
) -> CarePlan:
    """The plan of a person; ``not_ms`` is why studies of MS do not speak, empty where they do.

    ``severe_from`` is the EDSS from which disability counts as severe; without it that of the data file.
    ``is_urgent`` says whether the answer that the plan belongs to has an urgent alert.
    """
    limit = read_knowledge()["severe"]["at_least"] if severe_from is None else severe_from
    view = situation.history.view
    facts = {**find_plan_facts(situation, limit), "urgent": known("urgent", is_urgent)}
    reader = make_reader(facts, is_ms=not not_ms)
    rows, raised = find_rows(reader), find_raised(reader)
    referrals = find_referrals(reader, rows, view.at)
    due, because = find_review(reader, view.at)
    severe = facts["severe"]
    return CarePlan(
        view.at.isoformat(),
        view.recorded_on.isoformat(),
        view.patient.id or "",
        "other-disease" if not_ms else "whole",
        not_ms,
        severe.value if isinstance(severe.value, bool) and reader.is_ms else None,
        read_knowledge()["severe"]["text"].format(limit=limit) if reader.is_ms else "",
        raised,
        list_red_flags(),
        find_goals(view),
        rows,
        find_team(reader, rows, referrals),
        referrals,
        due.isoformat(),
        read_knowledge()["review"]["text"],
        because,
        find_sources([*_list_keys(rows, raised, referrals), *(_list_common_keys() if reader.is_ms else ())]),
        find_course(view),
        list_asked(view),
        _word(facts["course"]) if reader.is_ms else None,
        str(view.patient.onset_date.earliest) if view.patient.onset_date else None,
        str(view.patient.observed_since.latest) if view.patient.observed_since else None,
        _truth(facts["activity_known"], ACTIVE),
        _truth(facts["worsening"], True),
        situation.therapy.name if situation.therapy and situation.treatment is Treatment.ON_DRUG else None,
    )


def _word(fact: Fact) -> str | None:
    """The word of a fact; None where it is not known."""
    return str(fact.value) if fact.is_known else None


def _truth(fact: Fact, wanted: object) -> bool | None:
    """Whether a fact has the wanted value; None where it is not known."""
    return fact.value == wanted if fact.is_known else None


def _list_keys(
    rows: tuple[PlanRow, ...], raised: tuple[RaisedFlag, ...], referrals: tuple[Referral, ...]
) -> Iterator[str]:
    """The keys of every source that the plan rests on."""
    for row in rows:
        for line in row.lines:
            yield from line.sources
    yield from (key for flag in raised for key in flag.sources)
    yield from (key for referral in referrals for key in referral.sources)


def _list_common_keys() -> Iterator[str]:
    """The keys behind what every plan says: when it is severe, when it is looked at, who is in the team."""
    for part in ("severe", "review"):
        yield from read_knowledge()[part]["source"]
    yield from read_knowledge()["team"]["source"]["source"]
