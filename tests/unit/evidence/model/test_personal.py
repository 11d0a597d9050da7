"""A person is an arm of one, and what is not known of them is taken at both ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stepdown.evidence.model.arms import ArmFacts, to_arms
from stepdown.evidence.model.fitted import library_model
from stepdown.evidence.model.personal import PersonalRisks, predict_people
from stepdown.evidence.model.predicting import predict_risk
from stepdown.evidence.people import to_people
from stepdown.evidence.person import Person

STOP = ArmFacts("relapse", "stop", ("injectable",))
KNOWN = Person(50.0, 50.0, False, 4.0, 4.0, "RRMS")


def ask(person: Person, asked: ArmFacts = STOP, years: float = 2.0) -> tuple[float, float, float]:
    found = predict_people(library_model(), asked, np.array([years]), to_people([person]))
    return float(found.estimate[0]), float(found.low[0]), float(found.high[0])


def test_a_person_is_an_arm_of_one() -> None:
    arm = replace(STOP, courses=("RRMS",), years=2.0, age_mean=50.0, quiet_mean=4.0, mri_active=False)
    expected = [float(part[0]) for part in predict_risk(to_arms([arm]), library_model().predictor)]
    assert ask(KNOWN) == pytest.approx(expected)


def test_an_unknown_scan_is_one_in_five_active_with_both_intervals() -> None:
    quiet, active, unknown = (ask(replace(KNOWN, mri_active=mri)) for mri in (False, True, None))
    assert unknown[0] == pytest.approx(0.8 * quiet[0] + 0.2 * active[0])
    assert (unknown[1], unknown[2]) == pytest.approx((quiet[1], active[2]))


def test_quiet_between_bounds_reaches_from_the_one_to_the_other() -> None:
    few, many, between = (
        ask(replace(KNOWN, years_quiet_low=low, years_quiet_high=high))
        for low, high in ((2.0, 2.0), (8.0, 8.0), (2.0, 8.0))
    )
    assert (between[1], between[2]) == pytest.approx((many[1], few[2]))
    assert many[0] < between[0] < few[0]


def test_a_person_of_whom_nothing_is_known_gets_a_wider_interval_not_a_low_risk() -> None:
    known, unknown = ask(Person(62.0, 62.0, False, 8.0, 8.0, "RRMS")), ask(Person())
    assert unknown[2] - unknown[1] > known[2] - known[1]
    assert unknown[0] > known[0]


def test_a_quiet_time_of_nothing_is_a_little_and_not_the_same_as_not_asked() -> None:
    none, little, long = (
        ask(replace(KNOWN, years_quiet_low=y, years_quiet_high=y))[0] for y in (0.0, 0.1, 1.0)
    )
    assert none == little > long


def test_quiet_years_are_used_of_a_person_who_stays_on_natalizumab_and_not_of_one_who_left_it() -> None:
    people = [replace(KNOWN, years_quiet_low=years, years_quiet_high=years) for years in (1.0, 9.0)]
    stop, stay = (
        replace(STOP, strategy=strategy, groups=("natalizumab",)) for strategy in ("stop", "continue")
    )
    assert ask(people[0], stop) == ask(people[1], stop)
    assert ask(people[0], stay)[0] > ask(people[1], stay)[0]


def test_a_step_down_is_told_from_a_step_to_a_strong_drug() -> None:
    switch = replace(STOP, strategy="switch", groups=("natalizumab",))
    down = ask(KNOWN, replace(switch, to_groups=("injectable", "teriflunomide", "fumarate")))
    strong = ask(KNOWN, replace(switch, to_groups=("anti-cd20",)))
    assert down[0] > 1.5 * strong[0]


def test_nobody_is_answered_with_nothing() -> None:
    found = predict_people(library_model(), STOP, np.empty(0), to_people([]))
    assert isinstance(found, PersonalRisks) and len(found.estimate) == 0


def test_more_people_than_one_part_holds_are_all_answered() -> None:
    people = to_people([KNOWN, Person()]).rows(np.tile([0, 1], 1_500))
    found = predict_people(library_model(), STOP, np.full(len(people), 2.0), people)
    assert len(found.estimate) == 3_000
    assert np.array_equal(found.low[::2], np.repeat(found.low[0], 1_500))
