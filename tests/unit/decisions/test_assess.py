"""The answer as a whole: a way on for everybody, sources that resolve, no number for another disease."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from invented import STABLE, answer, history, left, on, option
from stepdown.decisions.assess import assess
from stepdown.patients.faults import doubt, note

WAYS_ON = ("reasonable", "possible")
ACTIVE = [{"onset": "2026-06-01", "lasted_24h": True, "fever_or_infection": False}]


@pytest.mark.parametrize(
    ("changes", "option_id", "expected"),
    [
        ({}, "stop", "reasonable"),
        ({}, "continue", "reasonable"),
        ({"birth_date": "1975-03-01"}, "stop", "possible"),
        ({"birth_date": "1990-03-01"}, "stop", "not-advised"),
        ({"relapses": ACTIVE}, "stop", "not-advised"),
        ({"relapses": ACTIVE}, "continue", "possible"),
        ({"relapses": None}, "stop", "cannot-say"),
        ({"mri": []}, "stop", "cannot-say"),
        ({"new_neurological_signs": True}, "stop", "cannot-say"),
        ({"treatments": on("natalizumab")}, "stop", "not-advised"),
        ({"treatments": on("siponimod"), "course": "SPMS"}, "stop", "not-advised"),
        ({"treatments": on("ocrelizumab")}, "stop", "possible"),
        ({"treatments": on("ocrelizumab"), "birth_date": "1985-03-01"}, "stop", "cannot-say"),
        ({"treatments": on("ofatumumab")}, "extend", "cannot-say"),
        ({"treatments": left("natalizumab", "2026-09-15")}, "stay-off", "not-advised"),
        ({"treatments": None}, "continue", "cannot-say"),
    ],
)
def test_how_an_option_stands(changes: dict[str, Any], option_id: str, expected: str) -> None:
    assert option(answer(**changes), option_id).standing == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"diagnosis": "NMOSD"},
        {"diagnosis": "MOGAD"},
        {"diagnosis": "unknown"},
        {"antibodies": {"aqp4": "positive"}},
        {"antibodies": {"mog": "positive"}},
    ],
)
def test_another_disease_is_refused_with_what_is_known_and_no_number(changes: dict[str, Any]) -> None:
    found = answer(**changes)
    assert found.status == "refused" and found.refusal is not None and found.refusal.what_is_known
    assert {item.standing for item in found.options} == {"cannot-say"}
    assert all(risk.per_100 is None for item in found.options for risk in item.risks)


@pytest.mark.parametrize(
    "drug",
    [
        "natalizumab",
        "fingolimod",
        "ocrelizumab",
        "cladribine",
        "dimethyl-fumarate",
        "teriflunomide",
        "mitoxantrone",
        "ahsct",
        "alemtuzumab",
    ],
)
def test_everybody_has_a_way_on(drug: str) -> None:
    found = answer(
        treatments=on(drug), relapses=ACTIVE, comorbidities=["cancer", "heart-failure", "hepatitis-b"]
    )
    assert any(item.standing in WAYS_ON for item in found.options)


def test_a_referral_leads_when_nothing_else_is_left() -> None:
    infection = [{"date": "2026-10-20", "kind": "sepsis", "serious": True, "ongoing": True}]
    found = answer(treatments=on("natalizumab"), relapses=ACTIVE, comorbidities=["pml"], infections=infection)
    assert found.options[0].id == "referral" and found.options[0].standing == "possible"


def test_an_unclear_treatment_is_cleared_up_not_referred_on() -> None:
    found = answer(treatments=None)
    assert {item.standing for item in found.options} == {"cannot-say"} and found.alerts


def test_the_bridge_leads_when_going_on_and_stopping_are_both_closed() -> None:
    found = answer(treatments=on("natalizumab"), comorbidities=["cancer"])
    assert {option(found, name).standing for name in ("continue", "stop")} == {"not-advised"}
    assert found.options[0].strategy == "switch"


def test_after_a_rebound_drug_the_best_next_drug_leads() -> None:
    labs = [{"date": "2026-09-01", "test": test, "value": "negative"} for test in ("hbsag", "anti-hbc")]
    labs.append({"date": "2026-09-01", "test": "lymphocytes", "value": 1.6, "unit": "10^9/L"})
    found = answer(treatments=left("natalizumab", "2026-09-15"), labs=labs)
    assert found.options[0].id == "start-again-ocrelizumab" and found.options[0].standing == "reasonable"


def test_every_source_that_is_printed_is_resolved() -> None:
    found = answer(treatments=on("natalizumab"), plans={"cancer_immunotherapy": "planned"})
    keys = {key.partition("#")[0] for item in found.options for risk in item.risks for key in risk.sources}
    keys |= {key.partition("#")[0] for item in found.options for rule in item.rules for key in rule.sources}
    assert keys and keys <= set(found.sources)


def test_doubts_and_notes_of_the_file_are_alerts() -> None:
    faults = [doubt("treatments", "two at once", "current_therapy"), note("", "no recorded_on")]
    found = assess(history(), faults)
    levels = {alert.id: alert.level for alert in found.alerts}
    assert levels["file-treatments"] == "check" and levels["file-whole"] == "note"


def test_a_person_without_wishes_has_none_in_the_answer() -> None:
    assert answer().preferences == ()
    assert answer(preferences={"most_important_first": ["infection"]}).preferences == ("infection",)


def test_a_wish_lifts_no_guard() -> None:
    found = answer(
        treatments=on("natalizumab"), preferences={"most_important_first": ["burden"]}, treatment_burden=10
    )
    assert option(found, "stop").standing == "not-advised"


def test_the_answer_names_the_library_it_rests_on() -> None:
    found = answer()
    assert found.evidence_version >= "2026-11-21" and len(found.evidence_hash) == 16
    assert found.recorded_on == STABLE["recorded_on"]


def test_an_answer_without_its_risks_stands_as_the_one_with_them() -> None:
    person = history(treatments=on("ocrelizumab"), mri=[])
    whole, light = assess(person), assess(person, is_asked=lambda draft: draft.strategy == "stop")
    assert [each.standing for each in light.options] == [each.standing for each in whole.options]
    assert (light.alerts, light.missing_ranked) == (whole.alerts, whole.missing_ranked)
    assert option(light, "stop").risks == option(whole, "stop").risks
    others = [risk for each in light.options if each.id != "stop" for risk in each.risks]
    assert {(risk.status, risk.per_100) for risk in others} == {("unknown", None)}
    assert all("not asked for" in risk.reason for risk in others)


def test_nobody_who_has_died_is_offered_anything() -> None:
    dead = answer(edss=[{"date": "2026-10-20", "score": 10.0}], mri=[], diagnosis="unknown")
    assert dead.status == "refused" and dead.refusal is not None
    assert "No option is worked out for somebody who has died" in dead.refusal.reason
    assert (dead.options, dead.alerts, dead.missing_ranked, dead.care_plan) == ((), (), (), None)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"relapses": ACTIVE, "treatments": on("natalizumab")},
        {"treatments": None},
        {"treatments": left("natalizumab", "2026-09-15")},
        {"diagnosis": "NMOSD", "treatments": on("fingolimod")},
    ],
)
def test_a_brief_answer_is_decided_as_the_whole_one(changes: dict[str, Any]) -> None:
    whole, brief = assess(history(**changes)), assess(history(**changes), is_brief=True)
    after = {"plan": (), "follow_up": (), "restart_triggers": ()}
    options = tuple(replace(option, **after) for option in whole.options)
    assert brief == replace(whole, options=options, sources={}, care_plan=None)
    assert whole.sources and whole.care_plan is not None


@pytest.mark.parametrize(("igg", "fired"), [("<5", True), ("<7", True), ("<8", None), (">7", False)])
def test_a_result_given_as_a_limit_decides_a_rule_where_it_can(igg: str, fired: bool | None) -> None:
    lab = {"date": "2026-10-01", "test": "igg", "value": igg, "unit": "g/L"}
    going_on = option(answer(treatments=on("ocrelizumab"), labs=[lab]), "continue")
    assert [rule.fired for rule in going_on.rules if rule.id == "igg-low"] == [fired]
