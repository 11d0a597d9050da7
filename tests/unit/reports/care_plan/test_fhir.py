"""The care plan as FHIR R4: goals, team, referrals, and what nobody asked (its schema: test_fhir_bundle)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepdown.reports import to_fhir, to_fhir_care_plan
from unit.reports.care_plan.severe_people import FILES, HARDLY_ASKED, LOW_MOOD, answer_for, answer_of, plan_of


def find_resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if each["resourceType"] == kind]


def test_referrals_goals_and_team_are_in_the_plan() -> None:
    plan, bundle = plan_of(LOW_MOOD), to_fhir_care_plan(answer_of(LOW_MOOD))
    (care,) = find_resources(bundle, "CarePlan")
    details = [activity["detail"] for activity in care["activity"]]
    assert [each.get("kind") for each in details].count("ServiceRequest") == len(plan.referrals)
    assert care["intent"] == "plan" and care["period"] == {"start": plan.at, "end": plan.review_due}
    goals = [goal["description"]["text"] for goal in find_resources(bundle, "Goal")]
    assert goals == list(plan.goals)
    (team,) = find_resources(bundle, "CareTeam")
    assert [each["member"]["display"] for each in team["participant"]] == [each.title for each in plan.team]


def test_what_nobody_asked_is_a_note_and_not_silence() -> None:
    (care,) = find_resources(to_fhir_care_plan(answer_of(HARDLY_ASKED)), "CarePlan")
    notes = " ".join(note["text"] for note in care["note"])
    assert notes.count("Not assessed") == sum(len(row.missing) for row in plan_of(HARDLY_ASKED).rows)


def test_the_bundle_of_an_answer_holds_the_plans_of_its_options_alone() -> None:
    plans = find_resources(to_fhir(answer_of(LOW_MOOD)), "CarePlan")
    assert plans and {plan["intent"] for plan in plans} == {"option"}
    assert find_resources(to_fhir(answer_for(diagnosis="MOGAD")), "CarePlan") == []


def test_the_plan_for_another_disease_says_so() -> None:
    (care,) = find_resources(to_fhir_care_plan(answer_for(diagnosis="MOGAD")), "CarePlan")
    assert "do not speak here" in care["description"]


@pytest.mark.parametrize("file", FILES)
def test_no_list_is_empty_and_every_reference_leads_into_the_bundle(file: str) -> None:
    bundle = to_fhir_care_plan(answer_of(file))
    text = json.dumps(bundle)
    assert "[]" not in text and "{}" not in text
    names = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle["entry"]}
    (care,) = find_resources(bundle, "CarePlan")
    wanted = {care["subject"]["reference"], *(each["reference"] for each in care["careTeam"])}
    wanted |= {each["reference"] for each in care.get("goal", ())}
    assert wanted <= names
