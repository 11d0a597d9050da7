"""VIAADISC: where it refuses, and that more knowledge only narrows the range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.facts import Fact, bounded, known, unknown
from stepdown.ms.viaadisc import viaadisc_points

AGE, MRI, YEARS = known("age", 60), known("mri", False), known("years", 9.0)


def ask(age: Fact = AGE, mri: Fact = MRI, years: Fact = YEARS, group: str | None = "injectable") -> Fact:
    return viaadisc_points(age=age, mri_active=mri, years_stable=years, group=group)


REFUSED = ["natalizumab", "s1p", "cladribine", "alemtuzumab", "mitoxantrone", "ahsct", None]


@pytest.mark.parametrize("group", REFUSED)
def test_it_refuses_where_it_does_not_hold(group: str | None) -> None:
    fact = ask(group=group)
    assert fact.value is None and fact.low is None and fact.reason


@pytest.mark.parametrize("group", ["injectable", "teriflunomide", "fumarate", "anti-cd20"])
def test_it_answers_for_drugs_on_which_it_was_tried(group: str) -> None:
    assert ask(group=group).value == 0


def test_the_facts_that_are_missing_are_named() -> None:
    assert "mri" in ask(mri=unknown("mri", "no MRI")).reason


@given(st.floats(18, 90), st.floats(18, 90), st.booleans(), st.floats(0, 40))
def test_knowing_more_only_narrows_the_range(one: float, other: float, mri: bool, years: float) -> None:
    low, high = sorted((one, other))
    wide = ask(bounded("age", low, high), known("mri", mri), known("years", years))
    sharp = ask(known("age", low), known("mri", mri), known("years", years))
    assert wide.low is not None and wide.high is not None and sharp.low is not None
    assert 0 <= wide.low <= sharp.low <= wide.high <= 6


@given(st.integers(18, 90), st.integers(0, 20), st.floats(0, 40))
def test_points_never_rise_with_age(age: int, more: int, years: float) -> None:
    younger = ask(known("age", age), MRI, known("years", years))
    older = ask(known("age", age + more), MRI, known("years", years))
    assert younger.low is not None and older.low is not None
    assert older.low <= younger.low
