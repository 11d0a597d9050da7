"""No row stays silent: whatever a needed fact may be, the row has a line for it; every word has a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from stepdown.decisions.care_plan.asking import find_plan_facts
from stepdown.decisions.care_plan.building import build_care_plan
from stepdown.decisions.care_plan.knowledge import (
    GROUPS,
    KINDS,
    STRENGTHS,
    find_sources,
    list_rows,
    read_knowledge,
)
from stepdown.decisions.care_plan.rows import find_rows, make_reader
from stepdown.decisions.planned_care import PlanRow
from stepdown.decisions.refusing import find_refusal
from stepdown.decisions.situation import Situation, find_situation
from stepdown.ms.disability import EDSS_SCORES
from stepdown.ms.facts import Fact, known
from stepdown.patients.care_needs import BARRIERS, CRITERIA, SEVERITIES
from stepdown.patients.checking import check_value
from stepdown.patients.history import History

LEAST: dict[str, Any] = {"diagnosis": "MS", "age": 50, "recorded_on": "2026-11-02", "observed_since": "2014"}
YES_NO = (True, False)
#: Every value that a needed fact of a row can have.
VALUES: dict[str, tuple[Any, ...]] = {
    "course": ("CIS", "RRMS", "SPMS", "PPMS"),
    "activity_known": ("active", "not active"),
    "worsening": YES_NO,
    "edss": EDSS_SCORES,
    "diagnosis_criteria": CRITERIA,
    "brain_mri_last_12_months": YES_NO,
    "current_therapy": ("none", "ocrelizumab", "other:something"),
    "relapse_last_12_months": YES_NO,
    "goals": ("walk",),
    "quality_of_life": (0, 4.5, 5, 10),
    "self_harm_thoughts": YES_NO,
    "home_adapted": YES_NO,
    "falls_last_12_months": (0, 1, 20),
    "work": ("full-time", "part-time", "studying", "sick-leave", "not-working", "retired"),
    "lives": ("alone", "with-others", "care-home"),
    "caregiver": YES_NO,
    "barriers": ("none", *BARRIERS),
    "missed_doses": (0, 1, 28),
    "smoking": YES_NO,
}


def situation_of(more: dict[str, Any]) -> Situation:
    checked = check_value({**LEAST, **more})
    assert checked.patient is not None
    return find_situation(History(checked.patient, checked.at))


def supposing(name: str, value: Any) -> dict[str, Fact]:
    """The facts of somebody of whom only this is known, and what follows from it."""
    facts = dict(find_plan_facts(situation_of({}), 6.0))
    facts[name] = known(name, value)
    if name == "activity_known":
        facts["course_activity"] = known("course_activity", value)
    if name == "edss":
        facts["severe"] = known("severe", value >= 6.0)
    if name == "barriers":
        facts |= {f"barrier_{each}": known(f"barrier_{each}", each == value) for each in BARRIERS}
    return facts


def rows_of(facts: dict[str, Fact], *, is_ms: bool = True) -> dict[str, PlanRow]:
    return {row.id: row for row in find_rows(make_reader(facts, is_ms=is_ms))}


def each_value() -> Iterator[tuple[str, str, Any]]:
    for row in list_rows():
        for need in row["needs"]:
            for value in VALUES.get(need, SEVERITIES):
                yield row["id"], need, value


@pytest.mark.parametrize("is_ms", [True, False], ids=["MS", "another disease"])
@pytest.mark.parametrize(("row", "need", "value"), list(each_value()))
def test_a_row_whose_fact_is_given_says_something_of_it(row: str, need: str, value: Any, is_ms: bool) -> None:
    without = rows_of(dict(find_plan_facts(situation_of({}), 6.0)), is_ms=is_ms).get(row)
    given = rows_of(supposing(need, value), is_ms=is_ms).get(row)
    if given is None:
        assert without is None and not is_ms
        return
    assert need not in [missing.fact for missing in given.missing]
    assert without is not None and set(given.lines) - set(without.lines)


def test_an_edss_on_both_sides_of_the_limit_is_said_and_not_silent() -> None:
    scores = [{"date": "2026", "score": 5.5}, {"date": "2026-03", "score": 6.5}]
    plan = build_care_plan(situation_of({"edss": scores}))
    row = next(row for row in plan.rows if row.id == "severity")
    assert plan.severe is None and "both sides" in row.lines[0].text and row.status == "assessed"


def test_the_limit_of_severe_can_be_changed_and_is_stated() -> None:
    situation = situation_of({"edss": [{"date": "2026-05-12", "score": 5.5}]})
    plan, other = build_care_plan(situation), build_care_plan(situation, severe_from=5.0)
    assert (plan.severe, other.severe) == (False, True)
    assert "EDSS 6 or more" in plan.severe_rule and "EDSS 5 or more" in other.severe_rule
    assert (plan.review_due, other.review_due) == ("2027-11-02", "2027-05-02")


def test_nothing_asked_is_not_assessed_everywhere_and_no_row_is_lost() -> None:
    plan = build_care_plan(situation_of({}))
    needy = {row["id"] for row in list_rows() if row["needs"]}
    assert {row.id for row in plan.rows if row.status == "not-assessed"} == needy
    assert {row.id for row in plan.rows} == {row["id"] for row in list_rows()} - {"other-disease"}


@pytest.mark.parametrize("diagnosis", ["NMOSD", "MOGAD", "unknown"])
def test_another_disease_gets_no_line_and_no_source_of_ms(diagnosis: str) -> None:
    situation = situation_of({
        "diagnosis": diagnosis, "smoking": True, "work": "full-time", "caregiver": {"present": True},
        "symptoms": [{"name": each, "severity": "severe", "worse_lately": True}
                     for each in ("mood", "vision", "swallowing", "bladder", "fatigue", "mobility")],
    })  # fmt: skip
    refusal = find_refusal(situation)
    assert refusal is not None
    plan = build_care_plan(situation, refusal.reason)
    told = " ".join(f"{line.text} {line.plain} {line.caregiver}" for row in plan.rows for line in row.lines)
    told += " ".join(f"{item.text} {item.plain}" for item in plan.raised)
    told += " ".join(f"{item.why} {item.plain}" for item in plan.referrals)
    assert plan.status == "other-disease" and plan.not_ms and set(plan.sources) == {"reasoning"}
    assert "The MS" not in told and not re.search(r"\d+\.\d|\d of 100|trials|baclofen|methylpred", told)
    assert re.findall(r"\bMS\b", told) == ["MS", "MS", "MS"]  # only to say that MS does not speak
    assert plan.rows[0].id == "other-disease" and "worse-lately-other" in [flag.id for flag in plan.raised]


def test_a_goal_stays_in_the_words_of_the_person() -> None:
    goal = "walk {my} dog - 2 km a day, 100 %"
    plan = build_care_plan(situation_of({"goals": [goal]}))
    assert plan.goals == (goal,)
    assert any(goal in line.text for row in plan.rows for line in row.lines if row.id == "goals")


def test_every_line_has_a_kind_a_strength_and_sources_that_exist() -> None:
    for row in list_rows():
        assert row["group"] in GROUPS and row["strength"] in STRENGTHS and row["source"]
        for line in row["line"]:
            assert line["kind"] in KINDS and line.get("strength", row["strength"]) in STRENGTHS
            assert line["text"].endswith((".", "?"))
    keys = re.findall(r'source = \[([^\]]*)\]', _text())
    named = {key for group in keys for key in re.findall(r'"([^"]+)"', group) if ":" not in key}
    assert set(find_sources(named)) == named
    assert set(read_knowledge()["source"]) <= named


def test_every_fact_that_a_row_needs_has_its_name_in_both_voices() -> None:
    needs = {need for row in list_rows() for need in row["needs"]}
    words = read_knowledge()["fact"]
    assert needs <= set(words)
    assert all(each["text"] and each["plain"] and each["key"] for each in words.values())


def test_no_dose_stands_in_what_a_person_or_a_caregiver_reads() -> None:
    dose = re.compile(r"\d\s*(mg|g|mcg|ml|IU|tablets?)\b")
    lines = [(row["id"], line) for row in list_rows() for line in row["line"]]
    told = [str(line.get(key, "")) for _, line in lines for key in ("plain", "caregiver")]
    assert not [text for text in told if dose.search(text)]
    with_drugs = [(row, line["text"]) for row, line in lines if line["kind"] == "with-drugs"]
    assert {row for row, text in with_drugs if dose.search(text)} == {"relapse"}


def test_no_mark_of_the_workshop_is_in_the_data_file() -> None:
    assert not re.search(r"\bmemory,|unverified|\bTODO\b|my proposal", _text())


def _text() -> str:
    from importlib.resources import files

    return (files("stepdown.decisions.care_plan") / "care_plan.toml").read_text("utf-8")


def test_something_to_act_on_now_comes_first_and_the_review_within_a_month() -> None:
    plan = build_care_plan(situation_of({"self_harm_thoughts": True, "symptoms": []}))
    assert [flag.id for flag in plan.raised] == ["self-harm"]
    assert plan.referrals[0].priority == "now" and plan.referrals[0].due == "2026-11-02"
    assert plan.referrals[0].private
    assert (plan.review_due, plan.review_because) == ("2026-12-02", ("something to act on now",))


def test_a_role_is_named_once_for_each_priority_with_all_its_reasons() -> None:
    symptoms = [{"name": "mobility", "severity": "severe"}, {"name": "spasticity", "severity": "severe"}]
    plan = build_care_plan(situation_of({"symptoms": symptoms}))
    reasons = [item.why for item in plan.referrals if item.role == "physiotherapist"]
    assert reasons == ["Mobility, gait, balance: severe. Spasticity: severe."]
    assert {"neurologist", "specialist-nurse", "gp", "physiotherapist"} <= {each.role for each in plan.team}


def test_a_person_without_any_fact_is_looked_at_within_a_year() -> None:
    plan = build_care_plan(situation_of({}))
    assert (plan.review_due, plan.review_because, plan.referrals) == ("2027-11-02", (), ())


def test_a_symptom_that_hinders_says_who_sees_to_it_and_one_that_does_not_says_nobody() -> None:
    symptoms = [{"name": "bladder", "severity": "mild"}, {"name": "pain", "severity": "none"}]
    rows = {row.id: row for row in build_care_plan(situation_of({"symptoms": symptoms})).rows}
    assert rows["bladder"].team == ("Continence specialist", "Urologist", "MS nurse")
    assert rows["pain"].team == () == rows["sleep"].team
