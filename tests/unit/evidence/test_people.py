"""People as arrays keep what is unknown apart, and ask about one step with one drug at a time."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.people import COURSES, to_people
from stepdown.evidence.person import Person

KNOWN = Person(59.0, 60.0, True, 4.0, 5.0, "SPMS", therapy="interferon-beta")
UNKNOWN = Person(therapy="interferon-beta")


def test_a_fact_that_is_not_known_is_no_number() -> None:
    people = to_people([KNOWN, UNKNOWN])
    for name in ("age_low", "age_high", "quiet_low", "quiet_high", "mri_active"):
        assert np.isnan(getattr(people, name)).tolist() == [False, True]
    assert people.course.tolist() == [COURSES.index("SPMS"), -1]
    assert people.age[0] == 59.5 and np.isnan(people.age[1])


def test_rows_are_chosen_with_the_drug_kept_and_may_come_twice() -> None:
    chosen = to_people([KNOWN, UNKNOWN]).rows([0, 0])
    assert len(chosen) == 2 and chosen.quiet_low.tolist() == [4.0, 4.0]
    assert chosen.therapy == "interferon-beta"


def test_people_on_different_drugs_are_not_asked_about_together() -> None:
    with pytest.raises(ValueError, match="same step with the same drug"):
        to_people([KNOWN, Person(therapy="natalizumab")])


def test_nobody_is_an_answer_of_no_rows() -> None:
    assert len(to_people([])) == 0
