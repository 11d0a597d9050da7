"""A contrast inside a study moves a risk by age and MRI activity, and an unknown fact moves it every way."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
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
from stepdown.evidence.people import to_people
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


def parts(shift: Shift) -> tuple[float, float, float, float]:
    """The shift of the one person asked about: estimate, low, high, error."""
    return tuple(float(part[0]) for part in (shift.estimate, shift.low, shift.high, shift.se))  # type: ignore[return-value]


def by_age(person: Person, studied: float | None, contrast: Contrast | None = BY_AGE) -> Shift:
    return age_shift(contrast, to_people([person]), studied)


def by_mri(mri_active: bool | None, contrast: Contrast | None = BY_MRI) -> Shift:
    return mri_shift(contrast, to_people([Person(mri_active=mri_active)]))


def test_ten_years_older_than_the_people_studied_is_ten_times_the_yearly_step() -> None:
    shift = by_age(aged(60.0), 50.0)
    step = 10 * math.log(0.96)
    assert parts(shift) == pytest.approx((step, step, step, 0.1))
    assert shift.source == "one#by-age" and shift.moves(0)


def test_an_age_between_two_numbers_moves_between_two_shifts() -> None:
    step = math.log(0.96)
    assert parts(by_age(aged(59.0, 60.0), 50.0))[:3] == pytest.approx((9.5 * step, 10 * step, 9 * step))


def test_an_unknown_age_reaches_over_all_ages_with_the_estimate_left_where_it_is() -> None:
    young, old = UNKNOWN_AGE
    found = parts(by_age(Person(), 50.0))
    assert found[:3] == pytest.approx((0.0, (old - 50) * BY_AGE.slope, (young - 50) * BY_AGE.slope))


def test_without_a_contrast_or_the_age_of_the_people_studied_age_moves_nothing() -> None:
    for shift in (by_age(aged(60.0), 50.0, None), by_age(aged(60.0), None)):
        assert parts(shift) == (0.0, 0.0, 0.0, 0.0) and not shift.moves(0)


def test_activity_on_mri_moves_by_the_contrast_and_quiet_by_nothing() -> None:
    assert parts(by_mri(True))[0] == pytest.approx(math.log(2.0))
    assert parts(by_mri(False)) == parts(by_mri(True, None)) == (0.0, 0.0, 0.0, 0.0)


def test_unknown_activity_on_mri_reaches_from_quiet_to_active() -> None:
    assert parts(by_mri(None)) == pytest.approx((0.0, 0.0, math.log(2.0), 0.25))


@given(age=st.floats(*UNKNOWN_AGE), studied=st.floats(*UNKNOWN_AGE))
def test_an_unknown_age_never_reaches_less_far_than_a_known_one(age: float, studied: float) -> None:
    known, unknown = parts(by_age(aged(age), studied)), parts(by_age(Person(), studied))
    assert unknown[1] <= known[1] and known[2] <= unknown[2] and known[3] <= unknown[3]


def test_two_shifts_add_up_and_their_errors_are_independent() -> None:
    one, other = (Shift(*np.array([row]).T) for row in ((1.0, 0.5, 2.0, 0.3), (0.5, 0.5, 0.5, 0.4)))
    assert parts(one.plus(other)) == pytest.approx((1.5, 1.0, 2.5, 0.5))
