"""What the model is fitted to: exceptions name findings that exist, and nothing counts as more exact."""

from __future__ import annotations

from dataclasses import replace
from math import log, log1p

import pytest

from stepdown.evidence.model.settings import coefficient_names, read_table
from stepdown.evidence.model.training import Training, gather_training
from stepdown.evidence.reading import read_library

LIBRARY = read_library()


@pytest.fixture(scope="module")
def training() -> Training:
    return gather_training(LIBRARY.values())


@pytest.mark.parametrize("row", read_table("arms.toml")["use"], ids=lambda row: row["finding"])
def test_a_finding_used_against_the_rule_exists_and_has_its_reason(
    row: dict[str, str], training: Training
) -> None:
    study, _, finding = row["finding"].partition("#")
    assert LIBRARY[study].finding(finding)
    assert row["reason"]
    assert row["finding"] in {f"{arm.study}#{arm.finding}" for arm in training.arms}


@pytest.mark.parametrize("row", read_table("arms.toml")["leave"], ids=lambda row: row["study"])
def test_a_study_left_out_exists_and_gives_no_arm(row: dict[str, str], training: Training) -> None:
    assert row["study"] in LIBRARY and row["reason"]
    assert row["study"] not in {arm.study for arm in training.arms}


@pytest.mark.parametrize("row", read_table("contrasts.toml")["contrast"], ids=lambda row: row["finding"])
def test_a_contrast_moves_coefficients_that_exist(row: dict[str, object], training: Training) -> None:
    assert set(row["difference"]) <= set(coefficient_names())  # type: ignore[call-overload]
    assert row["finding"] in {f"{contrast.study}#{contrast.finding}" for contrast in training.contrasts}


def test_a_printed_count_is_taken_as_it_is(training: Training) -> None:
    arm = next(arm for arm in training.arms if arm.finding == "any-activity-stop-2y")
    assert (arm.events, arm.n, arm.facts.years, arm.facts.quiet_min) == (16, 131, 2, 5)


def test_a_rate_becomes_the_count_that_is_as_exact(training: Training) -> None:
    """56 (47 to 66) per 100 person-years over three months: the log hazard keeps its error of 0.0866."""
    arm = next(arm for arm in training.arms if arm.study == "framke2022")
    risk = arm.events / arm.n
    assert -log1p(-risk) / 0.25 == pytest.approx(0.56)
    error = (risk / ((1 - risk) * arm.n * log1p(-risk) ** 2)) ** 0.5
    assert error == pytest.approx(log(66 / 47) / (2 * 1.959964), rel=1e-3)


def test_an_interval_nobody_believes_is_widened(training: Training) -> None:
    """0.92 (0.72 to 1.16): its error of 0.122 times three, and 0.2 for what contrasts stray."""
    row = next(row for row in training.contrasts if row.study == "kaminsky2020")
    assert row.se == pytest.approx(((3 * log(1.16 / 0.72) / 3.919928) ** 2 + 0.2**2) ** 0.5, rel=1e-3)


def test_a_retracted_study_leaves_the_fit() -> None:
    studies = [replace(s, retracted="2026-01-01") if s.id == "corboy2023" else s for s in LIBRARY.values()]
    assert "corboy2023" not in {arm.study for arm in gather_training(studies).arms}


def test_no_person_is_counted_in_a_whole_and_in_its_part(training: Training) -> None:
    keys = [
        (
            a.study,
            a.facts.outcome,
            a.facts.strategy,
            a.facts.groups,
            LIBRARY[a.study].finding(a.finding).arm,
            a.facts.to_groups,
        )
        for a in training.arms
    ]
    assert len(keys) == len(set(keys))


def test_only_people_with_ms_are_learnt_from(training: Training) -> None:
    assert {LIBRARY[arm.study].disease for arm in training.arms} == {"MS"}


def test_leaving_out_a_study_takes_its_arms_and_contrasts(training: Training) -> None:
    rest = training.without("bsteh2025")
    assert len(training.arms) - len(rest.arms) == 2
    assert len(training.contrasts) - len(rest.contrasts) == 1
