"""One person and many get the same risk: of the model where it speaks for them, else of the studies."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell
from stepdown.evidence.people import COURSES, to_people
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Pool
from stepdown.evidence.pool_risk import RiskEstimate, find_pool_risk
from stepdown.evidence.questions import find_questions
from stepdown.evidence.reading import read_library
from stepdown.evidence.risk import SPEAKS_FOR, find_risk, find_risks

QUESTIONS = [cell for cell in find_questions(read_library().values()) if isinstance(fit_pool(cell), Pool)]
CELLS = st.sampled_from(QUESTIONS)
LEAVING = st.sampled_from([cell for cell in QUESTIONS if cell.strategy in ("stop", "switch")
                           and cell.outcome in ("relapse", "mri_activity", "any_activity")])  # fmt: skip
AGES = st.floats(18.0, 90.0)
PEOPLE = st.builds(
    Person,
    age_low=(ages := st.none() | AGES),
    age_high=ages,
    mri_active=st.sampled_from((True, False, None)),
    years_quiet_low=(years := st.none() | st.floats(0.0, 30.0)),
    years_quiet_high=years,
    course=st.sampled_from((None, *COURSES)),
).map(lambda person: person if _is_ordered(person) else Person(mri_active=person.mri_active))
STOP = Cell("relapse", "stop", "injectable", selection="elective-stable")
STABLE = Person(61.0, 61.0, False, 8.0, 8.0, "RRMS")


def _is_ordered(person: Person) -> bool:
    pairs = ((person.age_low, person.age_high), (person.years_quiet_low, person.years_quiet_high))
    return all(low is None or high is None or low <= high for low, high in pairs)


def aged(age: float, **facts: object) -> Person:
    known = {"mri_active": False, "years_quiet_low": 6.0, "years_quiet_high": 6.0, "course": "RRMS"}
    return Person(age, age, **{**known, **facts})  # type: ignore[arg-type]


def time_of(cell: Cell) -> float:
    """A time at which somebody was watched."""
    pool = fit_pool(cell)
    assert isinstance(pool, Pool)
    return pool.watched


def interval(risk: RiskEstimate) -> tuple[float, float]:
    assert risk.low is not None and risk.high is not None
    return risk.low, risk.high


@given(cell=CELLS, people=st.lists(PEOPLE, min_size=1, max_size=5), years=st.floats(0.1, 8.0))
def test_many_people_get_what_each_gets_alone(cell: Cell, people: list[Person], years: float) -> None:
    together = find_risks(cell, years, to_people(people))
    for row, person in enumerate(people):
        alone, found = find_risk(cell, years, person), together.of(row)
        assert (found.status, found.reason, found.speaks_for) == (
            alone.status,
            alone.reason,
            alone.speaks_for,
        )
        if alone.estimate is None:
            assert math.isnan(together.estimate[row])
        else:
            numbers = (alone.estimate, *interval(alone))
            columns = (together.estimate, together.low, together.high)
            assert [column[row] for column in columns] == pytest.approx(numbers, abs=1e-9)


@given(cell=CELLS, person=PEOPLE, years=st.floats(0.1, 8.0))
def test_a_number_says_whom_it_is_about_and_like_this_one_only_where_it_is_estimated(
    cell: Cell, person: Person, years: float
) -> None:
    found = find_risk(cell, years, person)
    assert (found.estimate is None) is (found.speaks_for is None) is (found.status == "unknown")
    assert found.speaks_for in (None, *SPEAKS_FOR)
    if found.speaks_for == "people_like_this":
        assert found.status == "estimated" and found.beside[0].speaks_for == "people_in_studies"
    if found.speaks_for == "beyond_people_studied":
        assert found.status == "extrapolated" and "watched for" in found.reason


@given(cell=CELLS, person=PEOPLE, years=st.floats(0.1, 8.0))
def test_no_number_is_given_at_a_time_to_which_no_study_is_carried(
    cell: Cell, person: Person, years: float
) -> None:
    found, studies = find_risk(cell, years, person), find_pool_risk(cell, years, person)
    assert (found.status == "unknown") is (studies.status == "unknown")
    if time_of(cell) + 1e-6 < years:
        assert found.status in ("extrapolated", "unknown")


@given(cell=CELLS, person=PEOPLE, years=st.floats(0.1, 8.0))
def test_the_interval_holds_what_the_studies_found_in_people_like_these(
    cell: Cell, person: Person, years: float
) -> None:
    found, studies = find_risk(cell, years, person), find_pool_risk(cell, years, person)
    if studies.status == "estimated" and studies.estimate:
        low, high = interval(found)
        assert low - 1e-9 <= studies.estimate <= high + 1e-9


@given(cell=LEAVING, age=st.floats(45.0, 70.0), older=st.floats(45.0, 70.0), mri_active=st.booleans())
def test_the_risk_after_leaving_a_drug_never_rises_with_age(
    cell: Cell, age: float, older: float, mri_active: bool
) -> None:
    ages = sorted((age, older))
    young, old = (find_risk(cell, time_of(cell), aged(years, mri_active=mri_active)) for years in ages)
    assert young.estimate is not None and old.estimate is not None
    assert old.estimate <= young.estimate + 1e-12


@given(cell=LEAVING, age=AGES, quiet=st.floats(0.0, 20.0))
def test_the_risk_after_leaving_a_drug_never_falls_with_activity_on_mri(
    cell: Cell, age: float, quiet: float
) -> None:
    facts = {"years_quiet_low": quiet, "years_quiet_high": quiet}
    still, active = (
        find_risk(cell, time_of(cell), aged(age, mri_active=mri, **facts)) for mri in (False, True)
    )
    assert still.estimate is not None and active.estimate is not None and active.estimate > still.estimate


def test_quiet_on_natalizumab_promises_nothing_after_it() -> None:
    cell = Cell("relapse", "stop", "natalizumab", selection="any-reason")
    few, many = (aged(45.0, years_quiet_low=years, years_quiet_high=years) for years in (1.0, 10.0))
    assert find_risk(cell, 1.0, few) == find_risk(cell, 1.0, many)


@pytest.mark.parametrize("age", [45.0, 55.0, 70.0])
def test_leaving_natalizumab_differs_from_leaving_an_injectable(age: float) -> None:
    cells = [STOP, Cell("relapse", "stop", "natalizumab", selection="any-reason")]
    injectable, natalizumab = (find_risk(cell, 1.0, aged(age)) for cell in cells)
    assert injectable.speaks_for == natalizumab.speaks_for == "people_like_this"
    assert injectable.estimate is not None and natalizumab.estimate is not None
    assert natalizumab.estimate > 2.5 * injectable.estimate


UNKNOWN = ({"mri_active": None}, {"years_quiet_low": None, "years_quiet_high": None})


@given(cell=LEAVING, age=st.floats(30.0, 70.0), mri=st.booleans(), quiet=st.floats(0.2, 20.0),
       facts=st.sampled_from(UNKNOWN))  # fmt: skip
def test_an_unknown_scan_or_quiet_time_holds_the_interval_of_every_known_one(
    cell: Cell, age: float, mri: bool, quiet: float, facts: dict[str, None]
) -> None:
    known = aged(age, mri_active=mri, years_quiet_low=quiet, years_quiet_high=quiet)
    unknown = aged(age, **{"mri_active": mri, "years_quiet_low": quiet, "years_quiet_high": quiet, **facts})
    inside, outside = (interval(find_risk(cell, time_of(cell), person)) for person in (known, unknown))
    assert outside[0] <= inside[0] + 1e-9 and inside[1] <= outside[1] + 1e-9


@pytest.mark.parametrize("facts", [*UNKNOWN, {"course": None}, {"age_low": 40.0, "age_high": 62.0}])
def test_what_is_unknown_has_the_wider_interval(facts: dict[str, float | None]) -> None:
    values = {"age_low": 61.0, "age_high": 61.0, "mri_active": False, "course": "RRMS",
              "years_quiet_low": 8.0, "years_quiet_high": 8.0}  # fmt: skip
    known, unknown = (Person(**given) for given in (values, {**values, **facts}))  # type: ignore[arg-type]
    narrow, wide = (interval(find_risk(STOP, 2.0, person)) for person in (known, unknown))
    assert wide[1] - wide[0] > narrow[1] - narrow[0]


def test_a_person_with_nothing_known_is_never_told_less_than_a_known_one() -> None:
    facts = product((45.0, 70.0), (False, True), (1.0, 9.0), ("RRMS", "SPMS"))
    risks = [
        find_risk(STOP, 2.0, Person(age, age, mri, quiet, quiet, course)) for age, mri, quiet, course in facts
    ]
    low, high = interval(find_risk(STOP, 2.0, Person()))
    assert low <= min(interval(risk)[0] for risk in risks) + 1e-9
    assert high >= max(interval(risk)[1] for risk in risks) - 1e-9


@pytest.mark.parametrize(
    ("cell", "person", "why"),
    [
        (STOP, aged(90.0), "older than the people in these studies"),
        (Cell("relapse", "stop", "s1p", selection="any-reason"), aged(52.0, course="SPMS"), "another course"),
        (STOP, aged(61.0, other_form="infusions"), "had infusions"),
    ],
)
def test_who_is_beyond_the_model_is_told_of_the_people_in_the_studies(
    cell: Cell, person: Person, why: str
) -> None:
    found = find_risk(cell, 1.0, person)
    assert (found.status, found.speaks_for) == ("extrapolated", "people_in_studies")
    assert why in found.reason


def test_a_number_lent_from_another_drug_is_no_surer_than_that_of_the_drug_studied() -> None:
    """Ocrelizumab after natalizumab was studied (zhu2023), rituximab was not."""
    cell = Cell("relapse", "switch", "natalizumab", to_group="anti-cd20")
    studied, lent = (find_risk(cell, 1.0, aged(38.0, target=drug)) for drug in ("ocrelizumab", "rituximab"))
    assert (studied.speaks_for, lent.speaks_for) == ("people_like_this", "people_in_studies")
    assert lent.status == "extrapolated" and "went to another drug" in lent.reason
    assert interval(lent)[0] <= interval(studied)[0] and interval(studied)[1] <= interval(lent)[1]
    assert lent.estimate == lent.beside[0].estimate and "risk model" in lent.method


def test_beyond_the_time_studied_the_model_carries_on_and_says_so() -> None:
    """Continuing: watched for 15 months (coerver2025)."""
    cell = Cell("mri_activity", "continue", "injectable")
    short, long = (find_risk(cell, years, STABLE) for years in (1.0, 2.0))
    assert (short.status, short.speaks_for) == ("estimated", "people_like_this")
    assert (long.status, long.speaks_for) == ("extrapolated", "beyond_people_studied")
    assert long.reason == "people were watched for 15 months at most"
    assert short.estimate is not None and long.estimate is not None and long.estimate > short.estimate


def test_after_natalizumab_nothing_is_carried_by_the_model_either() -> None:
    cell = Cell("relapse", "stop", "natalizumab", selection="any-reason")
    assert find_risk(cell, 1.0, STABLE).estimate is not None
    assert find_risk(cell, 1.1, STABLE).estimate is None


def test_trials_cohorts_and_both_weighed_down_stand_beside() -> None:
    found = find_risk(STOP, 2.0, STABLE)
    assert [row.design for row in found.beside] == ["observational", "randomised", "both"]
    assert {row.study: row.concern for row in found.beside[2].weighed}["coerver2025"] == "high"
    assert "power" in found.beside[2].method


def test_a_time_for_each_person_is_that_time_for_each() -> None:
    found = find_risks(STOP, [1.0, 2.0, 5.0], to_people([STABLE] * 3))
    assert found.estimate.tolist() == sorted(found.estimate.tolist())
    assert np.allclose(found.estimate, [find_risk(STOP, years, STABLE).estimate for years in (1.0, 2.0, 5.0)])  # type: ignore[arg-type]


def test_nobody_asked_is_nobody_answered() -> None:
    assert len(find_risks(STOP, 2.0, to_people([]))) == 0
