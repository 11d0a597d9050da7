"""The state of treatment follows from the file; what is not clear is not guessed."""

from __future__ import annotations

from typing import Any

import pytest

from invented import history, left, on
from stepdown.decisions.situation import Treatment, find_situation

TWO_COURSES = [
    {"therapy": "cladribine", "start": "2021-02-01", "last_dose": "2021-03-01"},
    {"therapy": "cladribine", "start": "2022-02-01", "last_dose": "2022-03-01"},
]


@pytest.mark.parametrize(
    ("treatments", "expected", "group"),
    [
        (on("Copaxone"), Treatment.ON_DRUG, "injectable"),
        (on("natalizumab"), Treatment.ON_DRUG, "natalizumab"),
        (left("fingolimod", "2026-09-01"), Treatment.OFF_DRUG, "s1p"),
        ([], Treatment.OFF_DRUG, None),
        (None, Treatment.UNCLEAR, None),
        (on("other:study drug"), Treatment.UNCLEAR, None),
        (on("natalizumab") + on("ocrelizumab"), Treatment.UNCLEAR, None),
        (TWO_COURSES[:1], Treatment.COURSE_OPEN, "cladribine"),
        (TWO_COURSES, Treatment.COURSE_DONE, "cladribine"),
    ],
)
def test_the_state_of_treatment(treatments: Any, expected: Treatment, group: str | None) -> None:
    situation = find_situation(history(treatments=treatments))
    assert (situation.treatment, situation.group) == (expected, group)


def test_never_treated_needs_a_person_observed_since_the_disease_began() -> None:
    situation = find_situation(history(treatments=[], relapses=[], onset_date="2010-06-01"))
    assert situation.treatment is Treatment.NEVER_TREATED


def test_an_unclear_treatment_says_why() -> None:
    situation = find_situation(history(treatments=on("natalizumab") + on("ocrelizumab")))
    assert situation.unclear_because


@pytest.mark.parametrize(
    ("drug", "expected"), [("natalizumab", True), ("siponimod", True), ("ocrelizumab", False)]
)
def test_rebound_belongs_to_natalizumab_and_s1p(drug: str, expected: bool) -> None:
    assert find_situation(history(treatments=on(drug))).may_rebound is expected


RELAPSE = {"lasted_24h": True, "fever_or_infection": False}


@pytest.mark.parametrize(
    ("relapses", "observed_since", "expected"),
    [
        ([{"onset": "2011-05-01", **RELAPSE}, {"onset": "2011-11-01", **RELAPSE}], "2010-01-01", True),
        ([{"onset": "2011-11-01", **RELAPSE}], "2010-01-01", False),
        ([{"onset": "2011-11-01", **RELAPSE}], "2012-01-01", None),
        (None, "2010-01-01", None),
    ],
)
def test_highly_active_before_is_two_relapses_in_the_year_before_treatment(
    relapses: Any, observed_since: str, expected: bool | None
) -> None:
    fact = history(relapses=relapses, observed_since=observed_since).by_name["highly_active_before"]
    assert (fact.value if fact.is_known else None) is expected


@pytest.mark.parametrize(
    ("drug", "dose", "expected"),
    [
        ("ocrelizumab", 920, True),
        ("ocrelizumab", 600, False),
        ("ocrelizumab", None, None),
        ("ofatumumab", None, True),
        ("rituximab", None, False),
    ],
)
def test_the_form_of_a_drug_follows_from_its_dose(drug: str, dose: int | None, expected: bool | None) -> None:
    fact = history(treatments=on(drug, dose_mg=dose)).by_name["subcutaneous_form"]
    assert (fact.value if fact.is_known else None) is expected


def test_the_drug_with_the_later_last_dose_is_the_one_that_was_left() -> None:
    anti_cd20 = left("ublituximab", "2026-07-25", "2020-07-20", last_dose="2026-04-26")
    between = left("natalizumab", "2026-06-26", "2026-06-26")
    assert find_situation(history(treatments=anti_cd20 + between)).group == "natalizumab"
