"""The drug catalogue forbids what it forbids, asks what it cannot know, and never takes unknown for no."""

from __future__ import annotations

from typing import Any

import pytest

from invented import answer, on, option
from stepdown.decisions.answer import Rule


def rule(option_id: str, rule_id: str, **changes: Any) -> Rule:
    found = option(answer(**changes), option_id)
    return next(item for item in found.rules if item.id == rule_id)


HEART = "myocardial-infarction"


@pytest.mark.parametrize(
    ("comorbidities", "fired"),
    [
        ([{"name": HEART, "since": "2026-08-01"}], True),
        ([{"name": HEART, "since": "2020"}], False),
        ([{"name": HEART, "since": "2026"}], None),
        ([HEART], None),
        ([], False),
        (None, None),
    ],
)
def test_a_recent_event_counts_by_its_date(comorbidities: Any, fired: bool | None) -> None:
    found = rule(
        "switch-fingolimod",
        "fingolimod-myocardial-infarction",
        treatments=on("natalizumab"),
        comorbidities=comorbidities,
    )
    assert found.fired is fired


@pytest.mark.parametrize(("comorbidities", "fired"), [(["sleep-apnoea"], None), ([], False)])
def test_whether_a_condition_is_treated_is_asked_and_not_taken_for_no(
    comorbidities: list[str], fired: bool | None
) -> None:
    found = rule("continue", "ozanimod-sleep-apnoea", treatments=on("ozanimod"), comorbidities=comorbidities)
    assert found.fired is fired


@pytest.mark.parametrize(
    ("comorbidities", "fired"),
    [([{"name": "tuberculosis", "active": True}], True), (["tuberculosis"], None), ([], False)],
)
def test_a_ban_of_an_active_disease_asks_whether_it_is_active(comorbidities: Any, fired: bool | None) -> None:
    found = rule(
        "continue", "fingolimod-tuberculosis", treatments=on("fingolimod"), comorbidities=comorbidities
    )
    assert found.fired is fired


def test_a_planned_pregnancy_has_its_own_sentence() -> None:
    found = answer(
        treatments=on("teriflunomide"),
        plans={"pregnancy": "planned"},
        sex="female",
        birth_date="1992-01-01",
    )
    rules = [item for item in option(found, "continue").rules if item.id.startswith("teriflunomide-pregnan")]
    assert any(item.fired and "planned" in item.text for item in rules)


def test_a_ban_for_the_start_keeps_going_on_from_being_reasonable() -> None:
    found = option(
        answer(treatments=on("fingolimod"), comorbidities=[{"name": HEART, "since": "2026-08"}]), "continue"
    )
    assert found.standing == "possible" and "fingolimod-myocardial-infarction" in found.decided_by


@pytest.mark.parametrize(
    ("drug", "changes"),
    [
        ("teriflunomide", {"plans": {"pregnancy": "now"}, "birth_date": "1992-01-01"}),
        ("natalizumab", {"comorbidities": ["cancer"]}),
        ("natalizumab", {"comorbidities": ["pml"]}),
    ],
)
def test_a_ban_during_treatment_closes_going_on_with_an_urgent_alert(
    drug: str, changes: dict[str, Any]
) -> None:
    found = answer(treatments=on(drug), **changes)
    assert option(found, "continue").standing == "not-advised"
    assert "urgent" in {alert.level for alert in found.alerts}


def test_a_caution_speaks_against_but_does_not_close() -> None:
    found = option(
        answer(treatments=on("natalizumab"), comorbidities=[{"name": "cancer", "active": False}]),
        "switch-cladribine",
    )
    assert "cladribine-cancer-past" in {reason.rule for reason in found.reasons_against}


def test_hepatitis_b_in_the_laboratory_counts_as_on_the_list() -> None:
    labs = [
        {"date": "2026-09-01", "test": "hbsag", "value": "positive"},
        {"date": "2026-09-01", "test": "anti-hbc", "value": "positive"},
    ]
    found = rule("switch-ocrelizumab", "ocrelizumab-hepatitis-b", treatments=on("natalizumab"), labs=labs)
    assert found.fired is True


def test_what_the_file_cannot_hold_stays_unknown() -> None:
    found = rule("switch-teriflunomide", "teriflunomide-leflunomide", treatments=on("glatiramer-acetate"))
    assert found.fired is None


def test_somebody_who_cannot_become_pregnant_does_not_breastfeed() -> None:
    found = option(answer(plans={"pregnancy": "no"}, birth_date="1960-01-01"), "switch-teriflunomide")
    assert [item.fired for item in found.rules if "breastfeeding" in item.id] == [False]


def test_earlier_mitoxantrone_is_read_from_the_treatments() -> None:
    past = [{"therapy": "mitoxantrone", "start": "2011-01-01", "last_dose": "2012-01-01"}]
    found = answer(treatments=past, onset_date="2010-06-01")
    assert option(found, "treat-again").standing == "not-advised"


@pytest.mark.parametrize(
    ("entry", "fired"),
    [
        ({"name": "hypertension", "active": True}, None),
        ({"name": "hypertension", "active": False}, False),
    ],
)
def test_how_bad_a_condition_is_stays_unknown_where_the_label_asks_it(
    entry: dict[str, Any], fired: bool | None
) -> None:
    courses = [
        {"therapy": "alemtuzumab", "start": f"{year}-02-01", "last_dose": f"{year}-02-05"}
        for year in (2021, 2022)
    ]
    found = option(answer(treatments=courses, comorbidities=[entry]), "treat-again")
    rows = [item.fired for item in found.rules if "hypertension" in item.id]
    assert rows == [fired]


def test_a_rule_of_ours_alone_is_not_called_a_label() -> None:
    found = option(answer(treatments=on("natalizumab")), "switch-cladribine")
    strengths = {item.id: item.strength for item in found.rules}
    assert strengths["cladribine-pml"] == "C" and strengths["cladribine-cancer"] == "A"


def test_a_disease_that_cannot_be_read_keeps_going_on_from_being_reasonable() -> None:
    found = answer(treatments=on("siponimod"), comorbidities=["other:cardiac something"])
    assert option(found, "continue").standing == "possible"
    said = next(alert.text for alert in found.alerts if alert.id == "comorbidity-not-read")
    assert '"other:cardiac something" (comorbidities[0])' in said and "av block" in said


def test_an_alert_says_what_to_do_about_the_condition() -> None:
    found = answer(treatments=on("siponimod"), comorbidities=["Mobitz II"])
    said = next(alert.text for alert in found.alerts if "av-block" in alert.id)
    assert "The EU and US labels forbid siponimod" in said
    assert "Find out now" in said and "cardiologist" in said and "do not simply end" in said.lower()


def test_a_disease_on_no_list_of_the_drug_changes_nothing() -> None:
    found = option(answer(treatments=on("siponimod"), comorbidities=["gout"]), "continue")
    assert "comorbidity-not-read" not in {rule.id for rule in found.rules}
