"""The numbers the model sees of people, worked out by hand; what is not known widens, and is never 'no'."""

from __future__ import annotations

from math import log, log1p

import numpy as np
import pytest

from stepdown.evidence.model.arms import ArmFacts, to_arms
from stepdown.evidence.model.design import to_design
from stepdown.evidence.model.settings import coefficient_names

KNOWN = ArmFacts(
    "relapse", "stop", ("injectable",), (), ("RRMS",), 2.0, 55.0, quiet_mean=4.0, mri_active=False
)


def row(facts: ArmFacts) -> dict[str, float]:
    return dict(zip(coefficient_names(), to_design(to_arms([facts])).columns[0], strict=True))


def change(**facts: object) -> ArmFacts:
    return ArmFacts(**{**KNOWN.__dict__, **facts})  # type: ignore[arg-type]


def doubt(facts: ArmFacts) -> float:
    return float(to_design(to_arms([facts])).doubt[0])


def test_a_stop_at_55_after_four_quiet_years_is_level_age_and_quiet_alone() -> None:
    """One decade above 45; four years is the reference of quiet; two years is the reference of time."""
    assert {name: value for name, value in row(KNOWN).items() if value} == {
        "level": 1,
        "age": 1,
        "quiet_asked": 1,
    }


def test_quiet_counts_by_its_logarithm_and_only_up_to_ten_years() -> None:
    assert row(change(quiet_mean=9.0))["quiet"] == pytest.approx(log(10 / 5))
    assert row(change(quiet_mean=30.0))["quiet"] == pytest.approx(log1p(10) - log1p(4))


def test_time_enters_through_the_exponent_of_the_drug_left() -> None:
    assert row(change(years=1.0))["exponent"] == pytest.approx(-log(2))
    fingolimod = row(change(years=1.0, groups=("s1p",)))
    assert (fingolimod["exponent"], fingolimod["exponent_rebound"]) == (0, pytest.approx(-log(2)))
    assert row(change(years=1.0, groups=("anti-cd20",)))["exponent_anti_cd20"] == pytest.approx(-log(2))


def test_an_arm_of_two_drugs_is_half_of_each() -> None:
    mixed = row(change(groups=("natalizumab", "s1p")))
    assert (mixed["left_natalizumab"], mixed["left_s1p"]) == (0.5, 0.5)


def test_continuing_an_antibody_is_not_leaving_it() -> None:
    on = row(change(strategy="continue", groups=("anti-cd20",)))
    assert (on["on_high"], on["left_anti_cd20"], on["extended"]) == (1, 0, 0)
    assert row(change(strategy="extend", groups=("anti-cd20",)))["extended"] == 1


def test_a_switch_counts_the_drug_gone_to_by_its_efficacy() -> None:
    assert row(change(strategy="switch", to_groups=("anti-cd20",)))["to_high"] == 1
    assert row(change(strategy="switch", to_groups=("s1p",)))["to_mild"] == 1


def test_worsening_of_disability_does_not_move_with_age_quiet_or_drug() -> None:
    worse = row(change(outcome="confirmed_worsening", groups=("natalizumab",)))
    assert {name for name, value in worse.items() if value} == {"worsening", "worsening_off"}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"age_mean": None}, "age"),
        ({"quiet_mean": None, "quiet_min": 4.0}, "only the least quiet time"),
        ({"quiet_mean": None, "mri_active": None}, "MRI where nobody asked for quiet"),
        ({"groups": ()}, "drug"),
        ({"courses": ()}, "course"),
        ({"years": None}, "time"),
        ({"strategy": "switch"}, "drug gone to"),
    ],
)
def test_what_is_not_known_widens(facts: dict[str, object], why: str) -> None:
    assert doubt(change(**facts)) > doubt(KNOWN) == 0, why


def test_unknown_mri_is_not_taken_as_quiet_mri() -> None:
    anybody = change(quiet_mean=None, mri_active=None)
    assert row(anybody)["mri"] > row(change(quiet_mean=None, mri_active=False))["mri"]


def test_ages_are_the_mean_then_the_middle_then_above_the_least() -> None:
    """In decades from 45: bounds 50 and 60 give 55; 60 and over gives 66.5."""
    assert row(change(age_mean=None, age_min=50.0, age_max=60.0))["age"] == pytest.approx(1.0)
    assert row(change(age_mean=None, age_min=60.0))["age"] == pytest.approx(2.15)
    assert row(change(age_mean=None, age_min=18.0))["age"] == row(change(age_mean=None))["age"]


def test_many_rows_are_what_each_is_alone() -> None:
    both = [KNOWN, change(groups=(), age_mean=None)]
    together = to_design(to_arms(both))
    alone = [to_design(to_arms([facts])) for facts in both]
    assert np.array_equal(together.columns, np.concatenate([design.columns for design in alone]))
    assert np.array_equal(together.doubt, np.concatenate([design.doubt for design in alone]))
