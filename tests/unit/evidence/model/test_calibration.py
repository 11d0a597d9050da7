"""Leaving out: a study is predicted without its own numbers, from the facts a prediction may use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdown.evidence.model.arms import ArmFacts
from stepdown.evidence.model.baselines import predict_baseline
from stepdown.evidence.model.calibration import LeftOut, leave_out_each
from stepdown.evidence.model.counting import RISK_POINTS
from stepdown.evidence.model.training import Training, TrainingArm

FACTS = ArmFacts("relapse", "stop", ("injectable",), (), ("RRMS",), 2.0, 50.0, quiet_min=2.0)
FEW = Training(
    (
        TrainingArm("one", "a", FACTS, 4, 100),
        TrainingArm("two", "b", FACTS, 5, 100),
        TrainingArm("three", "c", replace(FACTS, groups=("natalizumab",)), 45, 100),
        TrainingArm("three", "d", replace(FACTS, groups=("natalizumab",), strict=True), 40, 100),
    ),
    (),
)


@pytest.fixture(scope="module")
def left_out() -> tuple[LeftOut, ...]:
    return leave_out_each(FEW)


def test_every_arm_is_predicted_once(left_out: tuple[LeftOut, ...]) -> None:
    assert [(row.study, row.finding) for row in left_out] == [
        ("one", "a"),
        ("two", "b"),
        ("three", "c"),
        ("three", "d"),
    ]


def test_a_studys_own_numbers_do_not_move_its_prediction(left_out: tuple[LeftOut, ...]) -> None:
    changed = replace(FEW, arms=(replace(FEW.arms[0], events=90), *FEW.arms[1:]))
    assert leave_out_each(changed)[0].predicted == left_out[0].predicted


def test_how_a_study_counted_does_not_help_its_prediction(left_out: tuple[LeftOut, ...]) -> None:
    assert left_out[2].predicted == left_out[3].predicted


def test_a_drug_only_the_left_out_study_knew_is_extrapolated(left_out: tuple[LeftOut, ...]) -> None:
    assert [row.status for row in left_out] == ["estimated", "estimated", "extrapolated", "extrapolated"]


def test_one_risk_for_all_is_the_same_for_everybody_over_the_same_time() -> None:
    risks = predict_baseline(FEW, [FACTS, replace(FACTS, groups=("s1p",), age_mean=70.0)], RISK_POINTS, False)
    assert risks[0] == pytest.approx(risks[1])


def test_one_risk_by_drug_follows_the_drug() -> None:
    asked = [FACTS, replace(FACTS, groups=("natalizumab",))]
    injectable, natalizumab = predict_baseline(FEW, asked, RISK_POINTS, True)
    assert natalizumab.mean() > injectable.mean()


def test_progress_is_told_study_by_study() -> None:
    told: list[str] = []
    leave_out_each(replace(FEW, arms=FEW.arms[:2]), told.append)
    assert told == ["1 of 2: without one", "2 of 2: without two"]
