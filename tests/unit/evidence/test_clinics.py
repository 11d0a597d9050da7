"""Clinics drawn from what the evidence allows: of one person they are the person's own interval."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.cells import Cell
from stepdown.evidence.clinics import draw_clinic_lots, draw_clinics, to_hazard
from stepdown.evidence.people import People, to_people
from stepdown.evidence.person import Person
from stepdown.evidence.risk import find_risks

LOTS = draw_clinic_lots(4000, 1)
FIRST_LINE = Cell("relapse", "stop", "teriflunomide", selection="elective-stable", course="RRMS")
KNOWN = Person(58, 58, False, 6.0, 6.0, "RRMS", "teriflunomide")


def draw(people: People, cell: Cell = FIRST_LINE) -> tuple[np.ndarray, np.ndarray]:
    """The quantiles of drawn sums, and the sum of hazards at the interval's ends."""
    risks = find_risks(cell, 2.0, people)
    drawn = np.quantile(draw_clinics(risks, LOTS), [0.025, 0.975])
    return drawn, np.array([to_hazard(risks.low).sum(), to_hazard(risks.high).sum()])


def test_of_one_person_with_known_facts_clinics_spread_as_the_interval() -> None:
    risks = find_risks(FIRST_LINE, 2.0, to_people([KNOWN]))
    assert risks.is_personal.all()
    drawn, interval = draw(to_people([KNOWN]))
    assert drawn == pytest.approx(interval, rel=0.08)


def test_people_of_one_clinic_share_its_effect() -> None:
    """Were they strangers, the sum of 50 of them would spread far less than each of them does."""
    drawn, interval = draw(to_people([KNOWN] * 50))
    assert drawn == pytest.approx(interval, rel=0.08)


def test_not_knowing_a_fact_never_makes_clinics_more_alike() -> None:
    unknown = Person(None, None, None, None, None, None, "teriflunomide")
    ratios = [np.divide(*draw(to_people([person]))[0][::-1]) for person in (KNOWN, unknown)]
    assert ratios[1] > ratios[0]


def test_where_the_studies_answer_clinics_spread_as_their_interval() -> None:
    cell = Cell("relapse", "stop", "natalizumab", selection="any-reason")
    person = Person(17, 17, None, None, None, None, "natalizumab")
    risks = find_risks(cell, 1.0, to_people([person]))
    assert not risks.is_personal.any() and not np.isnan(risks.estimate).any()
    drawn = np.quantile(draw_clinics(risks, LOTS), [0.025, 0.975])
    assert drawn == pytest.approx([to_hazard(risks.low)[0], to_hazard(risks.high)[0]], rel=0.1)


def test_people_without_a_number_count_as_nothing() -> None:
    risks = find_risks(Cell("confirmed_worsening", "stop", "ahsct"), 2.0, to_people([Person()]))
    assert np.isnan(risks.estimate).all() and not draw_clinics(risks, LOTS).any()
