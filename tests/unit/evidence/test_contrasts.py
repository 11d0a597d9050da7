"""A contrast inside a study moves a risk by age and MRI activity, and an unknown fact moves it every way."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence import contrasts
from stepdown.evidence.contrasts import (
    UNKNOWN_AGE,
    Contrast,
    Shift,
    age_shift,
    find_contrast,
    mri_shift,
    read_contrast_table,
)
from stepdown.evidence.person import Person
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Effect
from unit.evidence.invented_studies import finding, study

BY_AGE = Contrast("age", math.log(0.96), 0.01, "one#by-age")
BY_MRI = Contrast("mri_active", math.log(2.0), 0.25, "one#by-mri")
EFFECT = Effect("HR", 0.9, "per year older", 0.8, 1.0, 0.95)
WHERE = ("relapse", "stop", "injectable")


def aged(low: float, high: float | None = None) -> Person:
    return Person(age_low=low, age_high=low if high is None else high)


def test_the_age_contrast_is_that_of_the_danish_registry_per_year_of_age() -> None:
    """Printed: hazard ratio 0.96 per year (0.94 to 0.98); standard error (ln 0.98 - ln 0.94) / 3.92."""
    found = find_contrast("age", *WHERE)
    assert found is not None and found.source == "dmsr_deescalation#any-activity-by-age"
    assert found.slope == pytest.approx(math.log(0.96))
    assert found.se == pytest.approx(0.0106, abs=0.0001)


def test_the_mri_contrast_is_turned_round_from_without_lesions_to_with_lesions() -> None:
    """Printed: hazard ratio 0.46 (0.28 to 0.78) without enhancing lesions, so 1 / 0.46 with them."""
    found = find_contrast("mri_active", *WHERE)
    assert found is not None and found.source == "bsteh2017#relapse-by-enhancing-lesions"
    assert math.exp(found.slope) == pytest.approx(1 / 0.46)


@pytest.mark.parametrize(
    "outcome", ["confirmed_worsening", "serious_infection", "severe_adverse_event", "restart", "death"]
)
def test_no_contrast_of_activity_moves_another_outcome(outcome: str) -> None:
    assert find_contrast("age", outcome, "stop", "injectable") is None
    assert find_contrast("mri_active", outcome, "stop", "injectable") is None


def test_no_contrast_moves_people_who_go_on_with_their_drug() -> None:
    assert find_contrast("age", "relapse", "continue", "injectable") is None


@pytest.mark.parametrize(
    ("effect", "retracted"),
    [(EFFECT, "2026-01-02"), (replace(EFFECT, low=None), None), (replace(EFFECT, value=None), None)],
)
def test_a_retracted_or_incomplete_contrast_gives_way_to_the_next(
    monkeypatch: pytest.MonkeyPatch, effect: Effect, retracted: str | None
) -> None:
    """Without an interval its error is unknown, and taken as none it would be too sure."""
    first = study("first", finding("by-age", effect=effect), retracted=retracted)
    second = study("second", finding("by-age", effect=EFFECT))
    row = {"covariate": "age", "outcomes": ["relapse"], "strategies": ["stop"], "groups": ["injectable"]}
    table = [{**row, "finding": f"{name}#by-age"} for name in ("first", "second")]
    monkeypatch.setattr(contrasts, "read_contrast_table", lambda: table)
    monkeypatch.setattr(contrasts, "read_library", lambda: {"first": first, "second": second})
    found = find_contrast("age", *WHERE)
    assert found is not None and found.source == "second#by-age"


def test_every_row_names_a_finding_about_its_covariate() -> None:
    for row in read_contrast_table():
        study_id, _, finding_id = row["finding"].partition("#")
        named = read_library()[study_id].finding(finding_id)
        assert named.covariate == row["covariate"] and named.effect is not None


def test_ten_years_older_than_the_people_studied_is_ten_times_the_yearly_step() -> None:
    shift = age_shift(BY_AGE, aged(60.0), 50.0)
    assert shift.estimate == shift.low == shift.high == pytest.approx(10 * math.log(0.96))
    assert shift.se == pytest.approx(0.1)
    assert shift.sources == ("one#by-age",)


def test_an_age_between_two_numbers_moves_between_two_shifts() -> None:
    shift = age_shift(BY_AGE, aged(59.0, 60.0), 50.0)
    assert (shift.low, shift.high) == pytest.approx((10 * math.log(0.96), 9 * math.log(0.96)))
    assert shift.estimate == pytest.approx(9.5 * math.log(0.96))


def test_an_unknown_age_reaches_over_all_ages_with_the_estimate_left_where_it_is() -> None:
    young, old = UNKNOWN_AGE
    shift = age_shift(BY_AGE, Person(), 50.0)
    assert shift.estimate == 0.0
    assert (shift.low, shift.high) == pytest.approx(((old - 50) * BY_AGE.slope, (young - 50) * BY_AGE.slope))


def test_without_a_contrast_or_the_age_of_the_people_studied_age_moves_nothing() -> None:
    assert age_shift(None, aged(60.0), 50.0) == Shift()
    assert age_shift(BY_AGE, aged(60.0), None) == Shift()


def test_activity_on_mri_moves_by_the_contrast_and_quiet_by_nothing() -> None:
    assert mri_shift(BY_MRI, Person(mri_active=True)).estimate == pytest.approx(math.log(2.0))
    assert mri_shift(BY_MRI, Person(mri_active=False)) == Shift()
    assert mri_shift(None, Person(mri_active=True)) == Shift()


def test_unknown_activity_on_mri_reaches_from_quiet_to_active() -> None:
    shift = mri_shift(BY_MRI, Person())
    assert (shift.estimate, shift.low, shift.high) == pytest.approx((0.0, 0.0, math.log(2.0)))
    assert shift.se == 0.25


@given(age=st.floats(*UNKNOWN_AGE), studied=st.floats(*UNKNOWN_AGE))
def test_an_unknown_age_never_reaches_less_far_than_a_known_one(age: float, studied: float) -> None:
    known, unknown = age_shift(BY_AGE, aged(age), studied), age_shift(BY_AGE, Person(), studied)
    assert unknown.low <= known.low and known.high <= unknown.high
    assert known.se <= unknown.se


def test_two_shifts_add_up_and_their_errors_are_independent() -> None:
    both = Shift(1.0, 0.5, 2.0, 0.3, ("a#b",)).plus(Shift(0.5, 0.5, 0.5, 0.4, ("c#d",)))
    assert both == Shift(1.5, 1.0, 2.5, 0.5, ("a#b", "c#d"))
