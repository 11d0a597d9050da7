"""A person with something otherwise: the facts say what was supposed, and the rest stays."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from invented import AT, STABLE
from stepdown.patients.checking import Checked, check_value
from stepdown.patients.history import History
from stepdown.patients.what_if import LAST_MRI, WhatIf, suppose


def supposed(base: dict[str, Any] = STABLE, **said: Any) -> Checked:
    checked = check_value(base, AT)
    assert checked.patient is not None
    return check_value(suppose(base, checked.patient, AT, WhatIf(**said)), AT)


def facts(checked: Checked) -> History:
    assert checked.patient is not None
    assert not checked.errors, [str(fault) for fault in checked.errors]
    return History(checked.patient, checked.at)


def test_nothing_supposed_changes_nothing() -> None:
    checked = check_value(STABLE, AT)
    assert checked.patient is not None
    assert suppose(STABLE, checked.patient, AT, WhatIf()) == STABLE


def test_the_values_on_file_are_left_alone() -> None:
    before = deepcopy(STABLE)
    supposed(age=40, years_quiet=2, last_mri="last-active", therapy="natalizumab", interval_days=42)
    assert before == STABLE


def test_another_age_stands_in_place_of_the_date_of_birth() -> None:
    found = facts(supposed(age=40))
    assert (found.age.low, found.sex.value) == (40, "female")


@pytest.mark.parametrize("years", [0.5, 3, 13, 30])
def test_years_quiet_are_those_since_the_last_relapse(years: float) -> None:
    found = facts(supposed(years_quiet=years)).years_clinically_stable
    assert found.low == pytest.approx(years, abs=0.01)
    assert found.high == pytest.approx(years, abs=0.01)


@pytest.mark.parametrize(
    ("last_mri", "active"),
    [("last-quiet", False), ("last-active", True), ("new-quiet", False), ("new-active", True)],
)
def test_the_last_mri_shows_what_is_supposed(last_mri: str, active: bool) -> None:
    assert facts(supposed(last_mri=last_mri)).mri_active_last_12_months.value is active


def test_an_mri_whose_reading_is_not_known_says_nothing() -> None:
    assert not facts(supposed(last_mri="last-unknown")).mri_active_last_12_months.is_known


@pytest.mark.parametrize("last_mri", LAST_MRI)
def test_a_person_without_an_mri_gets_one_only_where_it_is_supposed(last_mri: str) -> None:
    bare = {key: value for key, value in STABLE.items() if key != "mri"}
    patient = supposed(bare, last_mri=last_mri).patient
    assert patient is not None
    assert len(patient.mri or ()) == (1 if last_mri.startswith("new-") else 0)


def test_another_drug_takes_the_place_of_the_one_taken_without_its_dose() -> None:
    base = {**STABLE, "treatments": [{"therapy": "glatiramer-acetate", "start": "2012-03-01",
                                      "still_taking": True, "interval_days": 2, "dose_mg": 40}]}  # fmt: skip
    patient = supposed(base, therapy="ocrelizumab").patient
    assert patient is not None and patient.treatments is not None
    (entry,) = patient.treatments
    assert (entry.therapy, entry.interval_days, entry.dose_mg) == ("ocrelizumab", None, None)
    assert entry.start is not None
    assert entry.start.year == 2018  # approved in 2017


def test_another_interval_is_that_of_the_drug_taken() -> None:
    patient = supposed(interval_days=42).patient
    assert patient is not None and patient.treatments is not None
    assert patient.treatments[0].interval_days == 42


def test_what_cannot_be_is_an_error_of_the_check() -> None:
    assert supposed(age=300).errors
