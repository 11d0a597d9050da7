"""The description of a study arm: any fact may be null, and each fault is one sentence that names its key."""

from __future__ import annotations

import pytest

from stepdown.evidence.model.arm_file import KEYS, read_arm
from stepdown.evidence.model.arms import to_arms
from stepdown.ms.errors import UserError

ARM = {
    "outcome": "relapse",
    "strategy": "stop",
    "therapies": ["fingolimod"],
    "disease": "MS",
    "course": "RRMS",
    "n": 60,
    "time_years": 1,
    "age_mean": 45,
    "age_min": 18,
    "age_max": 65,
    "stable_years_mean": 3,
    "stable_years_min": 2,
    "mri_active": False,
}


def test_a_full_arm_is_read_as_it_stands() -> None:
    arm = read_arm(ARM)
    assert arm.facts is not None
    assert (arm.n, set(arm.facts.groups), arm.facts.courses) == (60, {"s1p"}, ("RRMS",))
    assert (arm.facts.years, arm.facts.age_mean, arm.facts.quiet_min, arm.facts.mri_active) == (
        1,
        45,
        2,
        False,
    )


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ("outcome", "strategy", "disease")])
def test_any_fact_may_be_null_or_absent(key: str) -> None:
    nulled, absent = read_arm({**ARM, key: None}), read_arm({k: v for k, v in ARM.items() if k != key})
    assert nulled == absent
    assert nulled.facts is not None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"disease": "NMOSD"}, "another disease"),
        ({"disease": "MOGAD"}, "another disease"),
        ({"disease": "MOGAD", "course": "monophasic", "therapies": ["azathioprin"]}, "another disease"),
        ({"disease": None}, "the disease is not given"),
        ({"outcome": None}, "the outcome is not given"),
        ({"strategy": None}, "the strategy is not given"),
        ({"outcome": "serious_infection"}, "nothing of this outcome"),
    ],
)
def test_what_the_model_must_not_speak_of_is_refused(change: dict[str, object], why: str) -> None:
    arm = read_arm({**ARM, **change})
    assert arm.facts is None
    assert why in arm.refused


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"age_mean": "45"}, "age_mean"),
        ({"age_mean": 450}, "age_mean"),
        ({"age_mean": float("nan")}, "age_mean"),
        ({"age_min": 70}, "age_min"),
        ({"time_years": 0}, "time_years"),
        ({"time_years": True}, "time_years"),
        ({"n": 0}, "n:"),
        ({"n": 4.5}, "n:"),
        ({"n": float("inf")}, "n:"),
        ({"n": float("nan")}, "n:"),
        ({"mri_active": "no"}, "mri_active"),
        ({"therapies": 3}, "therapies"),
        ({"therapies": ["fingolimid"]}, "did you mean fingolimod"),
        ({"course": "RPMS"}, "course"),
        ({"outcome": "relapses"}, "outcome"),
        ({"strategy": "pause"}, "strategy"),
        ({"disease": 1}, "disease"),
        ({"ages": 4}, "ages"),
    ],
)
def test_a_fault_is_one_sentence_that_names_its_key(change: dict[str, object], key: str) -> None:
    with pytest.raises(UserError, match=key) as fault:
        read_arm({**ARM, **change})
    assert "\n" not in fault.value.sentence


@pytest.mark.parametrize("other", [None, [], "relapse", 3])
def test_what_is_no_table_is_refused_with_the_keys(other: object) -> None:
    with pytest.raises(UserError, match="an arm is a table"):
        read_arm(other)


def test_a_kind_of_drugs_counts_as_one_drug() -> None:
    """Injectable, oral (three groups), infusion (two): 1/3 + 2/9 first-line, 1/9 S1P, 1/6 each antibody."""
    arm = read_arm({**ARM, "therapies": "injectable;oral;infusion"})
    assert arm.facts is not None
    assert to_arms([arm.facts]).families[0] == pytest.approx([5 / 9, 1 / 6, 1 / 9, 1 / 6, 0])


def test_a_word_that_is_no_drug_of_ms_is_named_and_not_guessed() -> None:
    arm = read_arm({**ARM, "therapies": ["immunosuppressive-therapy"]})
    assert arm.facts is not None
    assert (arm.facts.groups, arm.unread) == ((), "immunosuppressive-therapy")


def test_people_who_stopped_or_switched_count_as_having_stopped() -> None:
    arm = read_arm({**ARM, "strategy": "stop;switch", "course": "RRMS;SPMS"})
    assert arm.facts is not None
    assert (arm.facts.strategy, arm.facts.courses) == ("stop", ("RRMS", "SPMS"))
