"""With all else equal a risk moves the way the studies say, for every pool of the library that can move."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell
from stepdown.evidence.contrasts import UNKNOWN_AGE
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Pool
from stepdown.evidence.pool_risk import RiskEstimate, find_pool_risk
from stepdown.evidence.study import SELECTIONS
from stepdown.evidence.vocabulary import GROUPS

ACTIVITY = ("relapse", "mri_activity", "any_activity", "reactivation")
STOPS = [
    Cell(outcome, "stop", group, selection=selection)
    for outcome, group, selection in product(ACTIVITY, GROUPS, SELECTIONS)
]
DOWN = [Cell(outcome, "switch", group, direction="down") for outcome, group in product(ACTIVITY, GROUPS)]
POOLED = [cell for cell in (*STOPS, *DOWN) if isinstance(fit_pool(cell), Pool)]
WITH_AGE = [cell for cell in POOLED if isinstance(pool := fit_pool(cell), Pool) and pool.studied.age_mean]

AGES = st.floats(18.0, 90.0)
MRI = st.sampled_from((True, False, None))
CELLS = st.sampled_from(POOLED)


def risk_of(cell: Cell, age: float | None, mri_active: bool | None) -> RiskEstimate:
    """The risk at the shortest time that anybody was watched, where every pool gives a number."""
    pool = fit_pool(cell)
    assert isinstance(pool, Pool)
    return find_pool_risk(cell, pool.watched, Person(age, age, mri_active))


def bounds_of(risk: RiskEstimate) -> tuple[float, float]:
    """The interval on the log-hazard scale, on which it is widened."""
    assert risk.low is not None and risk.high is not None
    low, high = (math.log(-math.log1p(-bound)) for bound in (risk.low, min(risk.high, 1 - 1e-15)))
    return low, high


def test_the_library_has_pools_to_test_with_and_without_a_known_age() -> None:
    assert {cell.group for cell in POOLED} >= {"injectable", "natalizumab", "s1p", "anti-cd20"}
    assert {cell.group for cell in WITH_AGE} >= {"injectable", "natalizumab"}


@given(cell=CELLS, age=st.floats(45.0, 70.0), older=st.floats(45.0, 70.0), mri_active=MRI)
def test_the_risk_after_leaving_a_drug_never_rises_with_age(
    cell: Cell, age: float, older: float, mri_active: bool | None
) -> None:
    young, old = (risk_of(cell, years, mri_active).estimate for years in sorted((age, older)))
    assert young is not None and old is not None and old <= young


@pytest.mark.parametrize("cell", WITH_AGE, ids=lambda cell: f"{cell.outcome} {cell.group} {cell.selection}")
def test_the_risk_falls_from_45_to_70_where_the_age_of_the_people_studied_is_known(cell: Cell) -> None:
    """0.96 per year over 25 years is a hazard ratio of 0.36."""
    young, old = (risk_of(cell, age, False).estimate for age in (45.0, 70.0))
    assert young is not None and old is not None
    assert math.log1p(-old) / math.log1p(-young) == pytest.approx(0.96**25)


@given(cell=CELLS, age=AGES)
def test_the_risk_after_leaving_a_drug_never_falls_with_activity_on_mri(cell: Cell, age: float) -> None:
    quiet, active = (risk_of(cell, age, mri_active).estimate for mri_active in (False, True))
    assert quiet is not None and active is not None and active > quiet


@given(cell=CELLS, age=AGES, mri_active=st.booleans())
def test_an_unknown_scan_never_has_the_narrower_interval(cell: Cell, age: float, mri_active: bool) -> None:
    known, unknown = bounds_of(risk_of(cell, age, mri_active)), bounds_of(risk_of(cell, age, None))
    assert unknown[0] <= known[0] + 1e-9 and known[1] <= unknown[1] + 1e-9
    assert unknown[1] - unknown[0] > known[1] - known[0]


@given(cell=CELLS, age=st.floats(*UNKNOWN_AGE), mri_active=MRI)
def test_an_unknown_age_holds_the_interval_of_every_age(
    cell: Cell, age: float, mri_active: bool | None
) -> None:
    known, unknown = bounds_of(risk_of(cell, age, mri_active)), bounds_of(risk_of(cell, None, mri_active))
    assert unknown[0] <= known[0] + 1e-9 and known[1] <= unknown[1] + 1e-9


@given(cell=st.sampled_from(WITH_AGE), age=AGES, mri_active=MRI)
def test_an_unknown_age_has_the_wider_interval(cell: Cell, age: float, mri_active: bool | None) -> None:
    known, unknown = (bounds_of(risk_of(cell, years, mri_active)) for years in (age, None))
    assert unknown[1] - unknown[0] > known[1] - known[0]


@pytest.mark.parametrize("age", [45.0, 55.0, 70.0])
def test_leaving_natalizumab_differs_from_leaving_an_injectable(age: float) -> None:
    """Chosen alike (any reason), a relapse within one year."""
    cells = [
        Cell("relapse", "stop", group, selection="any-reason") for group in ("injectable", "natalizumab")
    ]
    injectable, natalizumab = (find_pool_risk(cell, 1.0, Person(age, age, False)) for cell in cells)
    assert injectable.high is not None and natalizumab.low is not None
    assert natalizumab.low > injectable.high


@pytest.mark.parametrize("outcome", ["confirmed_worsening", "restart"])
def test_age_and_scans_move_no_risk_for_which_no_study_says_how(outcome: str) -> None:
    cells = [Cell(outcome, "stop", "injectable", selection=selection) for selection in SELECTIONS]
    cell = next(cell for cell in cells if isinstance(fit_pool(cell), Pool))
    assert len({risk_of(cell, age, mri).estimate for age in (45.0, 70.0) for mri in (True, False)}) == 1
