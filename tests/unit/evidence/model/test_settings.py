"""Every coefficient of the risk model has a prior, a reason, and a source where it says it has one."""

from __future__ import annotations

import pytest

from stepdown.evidence.model.settings import Coefficient, read_coefficients, read_settings


@pytest.mark.parametrize("row", read_coefficients(), ids=lambda row: row.name)
def test_a_coefficient_says_why_it_is_there_and_what_its_prior_rests_on(row: Coefficient) -> None:
    assert len(row.reason) > 40
    assert row.basis in ("judgement", "source")
    assert bool(row.source) == (row.basis == "source")


def test_no_coefficient_is_named_twice() -> None:
    names = [row.name for row in read_coefficients()]
    assert len(names) == len(set(names))


def test_the_prior_of_age_covers_both_published_declines_of_the_relapse_rate() -> None:
    """17 % in five years is -0.37 in ten, 37 % in five years -0.92: within three standard deviations."""
    age = next(row for row in read_coefficients() if row.name == "age")
    assert age.mean - 3.5 * age.sd < -0.92 < -0.37 < age.mean + 3 * age.sd


def test_study_effects_have_heavier_tails_than_a_normal_distribution() -> None:
    assert read_settings()["study_degrees_of_freedom"] <= 10
