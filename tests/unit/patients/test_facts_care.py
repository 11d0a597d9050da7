"""What a care plan asks of a person file: absent is unknown, asked and none is none, the latest counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.ms.facts import Fact, State
from stepdown.patients.checking import check_value
from stepdown.patients.facts_care import find_care_facts, find_goals
from stepdown.patients.view import View

DAY = date(2026, 11, 2)
LEAST = {"diagnosis": "MS", "age": 50, "recorded_on": "2026-11-02", "observed_since": "2014"}


def view_of(more: dict[str, Any], at: date = DAY) -> View:
    patient = check_value({**LEAST, **more}).patient
    assert patient is not None
    return View(patient, at, DAY)


def fact_of(name: str, more: dict[str, Any], at: date = DAY) -> Fact:
    return find_care_facts(view_of(more, at))[name]


def test_nothing_asked_is_nothing_known() -> None:
    assert not [fact.name for fact in find_care_facts(view_of({})).values() if fact.is_known]
    assert find_goals(view_of({})) == ()


def test_an_empty_list_of_symptoms_means_none_and_a_list_without_one_means_not_asked() -> None:
    assert fact_of("symptom_pain", {"symptoms": []}).value == "none"
    asked = {"symptoms": [{"name": "mood", "severity": "mild"}]}
    assert fact_of("symptom_pain", asked).state is State.UNKNOWN
    assert fact_of("symptom_mood", asked).value == "mild"


def test_the_latest_entry_of_a_symptom_counts_with_its_score() -> None:
    entries = [{"name": "fatigue", "severity": "severe", "date": "2026-10-01", "scale": "MFIS", "score": 60},
               {"name": "fatigue", "severity": "mild", "date": "2025-10-01"}]  # fmt: skip
    fact = fact_of("symptom_fatigue", {"symptoms": entries})
    assert (fact.value, fact.reason) == ("severe", "MFIS 60 on 2026-10-01")


@pytest.mark.parametrize(
    ("said", "scale", "score", "value"),
    [
        ("none", "PHQ-9", 4, "none"), ("none", "PHQ-9", 5, "mild"), ("mild", "PHQ-9", 10, "moderate"),
        ("none", "PHQ-9", 15, "severe"), ("severe", "PHQ-9", 3, "severe"), (None, "PHQ-9", 22, "severe"),
        (None, "PHQ-9", 3, None), ("mild", "GAD-7", 15, "severe"), ("mild", "HADS-anxiety", 20, "mild"),
    ],
)  # fmt: skip
def test_the_worse_of_a_score_and_of_what_is_said_counts(
    said: str | None, scale: str, score: float, value: str | None
) -> None:
    entry = {"name": "mood", "severity": said or "unknown", "scale": scale, "score": score}
    assert fact_of("symptom_mood", {"symptoms": [entry]}).value == value


def test_a_score_that_reads_worse_is_told_beside_what_was_said() -> None:
    entry = {"name": "mood", "severity": "none", "scale": "PHQ-9", "score": 22}
    assert fact_of("symptom_mood", {"symptoms": [entry]}).reason == "PHQ-9 22 reads severe; said: none"
    assert [fault.grade.value for fault in check_value({**LEAST, "symptoms": [entry]}).faults] == ["note"]


def test_a_scale_of_another_symptom_is_an_error_with_its_place() -> None:
    entry = {"name": "bladder", "severity": "mild", "scale": "PHQ-9", "score": 20}
    (fault,) = check_value({**LEAST, "symptoms": [entry]}).errors
    assert fault.path == "symptoms[0].scale" and "measures mood, not bladder" in fault.sentence


@pytest.mark.parametrize(("score", "state"), [(6.5, State.KNOWN), (7.0, State.DOUBT), (9.5, State.DOUBT)])
def test_mobility_that_does_not_hinder_is_doubted_beside_a_wheelchair(score: float, state: State) -> None:
    more = {"symptoms": [{"name": "mobility", "severity": "none"}],
            "edss": [{"date": "2026-10-20", "score": score, "during_relapse": False}]}  # fmt: skip
    assert fact_of("symptom_mobility", more).state is state


def test_two_entries_of_one_day_that_differ_are_in_doubt() -> None:
    entries = [{"name": "pain", "severity": each} for each in ("mild", "severe")]
    assert fact_of("symptom_pain", {"symptoms": entries}).state is State.DOUBT


@pytest.mark.parametrize(
    ("barriers", "any_of_them", "cost"),
    [(["cost", "travel"], "cost, travel", True), (["travel"], "travel", False), ([], "none", False)],
)
def test_barriers_are_known_each_for_itself(barriers: list[str], any_of_them: str, cost: bool) -> None:
    more = {"barriers": barriers}
    assert (fact_of("barriers", more).value, fact_of("barrier_cost", more).value) == (any_of_them, cost)


def test_a_day_before_the_file_knows_nothing_of_it_and_a_later_one_says_since_when() -> None:
    more = {"work": "part-time", "goals": ["walk"]}
    assert fact_of("work", more, date(2025, 1, 1)).state is State.UNKNOWN
    assert find_goals(view_of(more, date(2025, 1, 1))) == ()
    assert fact_of("work", more, date(2027, 1, 1)).reason == "so on 2026-11-02; not known since"


def test_no_missed_dose_is_a_number_and_not_an_absence() -> None:
    assert fact_of("missed_doses", {"adherence": {"missed_doses": 0}}).value == 0
    assert fact_of("missed_because_cost", {"adherence": {"missed_doses": 2}}).state is State.UNKNOWN
    why = {"adherence": {"missed_doses": 2, "why": ["cost"]}}
    assert fact_of("missed_because_cost", why).is_true and fact_of("missed_because_mood", why).is_false
