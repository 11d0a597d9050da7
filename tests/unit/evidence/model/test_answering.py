"""What an answer is called: estimated inside what was studied, extrapolated outside, with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdown.evidence.model.answering import (
    answer_arm,
    answer_described,
)
from stepdown.evidence.model.arm_file import DescribedArm
from stepdown.evidence.model.arms import ArmFacts
from stepdown.evidence.model.support import find_support, judge
from stepdown.evidence.model.training import Training, TrainingArm

ARM = ArmFacts("relapse", "stop", ("injectable",), (), ("RRMS",), 2.0, 50.0, quiet_mean=4.0, mri_active=False)
STUDIED = Training((TrainingArm("invented", "a", ARM, 4, 40),), ())


def status(**facts: object) -> tuple[str, str]:
    verdict = judge(replace(ARM, **facts), find_support(STUDIED))  # type: ignore[arg-type]
    return verdict.status, verdict.reason


def test_people_like_those_studied_are_estimated() -> None:
    assert status() == ("estimated", "")


@pytest.mark.parametrize(
    "unknown", [{"age_mean": None}, {"quiet_mean": None}, {"mri_active": None}, {"courses": ()}]
)
def test_an_unknown_fact_widens_and_leaves_the_status(unknown: dict[str, object]) -> None:
    assert status(**unknown)[0] == "estimated"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"groups": ()}, "the drug is not known"),
        ({"groups": ("natalizumab",)}, "no study of this strategy with this drug"),
        ({"strategy": "switch"}, "no study of this strategy with this drug"),
        ({"strategy": "switch"}, "the drug gone to is not known"),
        ({"outcome": "mri_activity"}, "no study of this outcome with this strategy"),
        ({"outcome": "confirmed_worsening"}, "no study of this strategy with this drug"),
        ({"years": 3.0}, "a longer time than people were watched"),
        ({"years": None}, "the time is not known"),
        ({"age_mean": 61.0}, "older than the people studied"),
        ({"age_mean": 39.0}, "younger than the people studied"),
        ({"age_mean": None, "age_max": 35.0}, "younger than the people studied"),
    ],
)
def test_outside_of_what_was_studied_is_extrapolated_and_says_why(facts: dict[str, object], why: str) -> None:
    found, reason = status(**facts)
    assert found == "extrapolated"
    assert why in reason


def test_a_switch_to_a_drug_nobody_went_to_is_extrapolated() -> None:
    switched = replace(ARM, strategy="switch", to_groups=("s1p",))
    support = find_support(Training((TrainingArm("invented", "a", switched, 4, 40),), ()))
    assert judge(switched, support).status == "estimated"
    assert "switched to this drug" in judge(replace(switched, to_groups=("ahsct",)), support).reason


def test_a_drug_that_few_of_an_arm_had_is_not_studied_by_it() -> None:
    mixed = replace(ARM, groups=("fumarate", "teriflunomide", "anti-cd20"))
    support = find_support(Training((TrainingArm("invented", "a", mixed, 4, 40),), ()))
    assert judge(replace(ARM, groups=("anti-cd20",)), support).status == "extrapolated"
    assert judge(ARM, support).status == "estimated"


def test_a_few_people_on_another_drug_do_not_make_a_mixture_extrapolated() -> None:
    assert status(groups=("injectable",) * 5 + ("anti-cd20",))[0] == "estimated"
    assert status(groups=("injectable", "anti-cd20"))[0] == "extrapolated"


def test_an_outcome_the_model_does_not_know_gets_no_number() -> None:
    answer = answer_arm(replace(ARM, outcome="death"))
    assert (answer.status, answer.mean, answer.count) == ("refused", None, None)


def test_a_refused_arm_keeps_its_reason() -> None:
    answer = answer_described(DescribedArm(None, 40, "another disease"))
    assert (answer.status, answer.reason, answer.mean) == ("refused", "another disease", None)


def test_a_word_that_is_no_drug_makes_the_answer_extrapolated() -> None:
    answer = answer_described(DescribedArm(ARM, 40, unread="azathioprine"))
    assert answer.status == "extrapolated"
    assert "azathioprine" in answer.reason


def test_intervals_nest_and_the_count_follows_the_risk() -> None:
    answer = answer_arm(ARM, 1000)
    assert answer.low < answer.low80 < answer.mean < answer.high80 < answer.high  # type: ignore[operator]
    assert answer.count is not None and answer.low80 is not None
    assert answer.count.low80 == pytest.approx(1000 * answer.low80, rel=0.3)


def test_an_answer_names_the_findings_of_its_drug_and_strategy() -> None:
    sources = answer_arm(replace(ARM, groups=("s1p",))).sources
    assert "msbase_fty#relapse-stop-1y" in sources
    assert "framke2022#relapse-by-age" in sources
    assert "corboy2023#relapse-stop-2y" not in sources
