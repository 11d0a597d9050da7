"""Facts: three-valued truth, bounds that decide or do not, and unknown that is never no."""

from __future__ import annotations

import pytest

from stepdown.ms.facts import Fact, State, both, bounded, doubtful, either, known, unknown


def test_true_and_false_are_known_and_unknown_is_neither() -> None:
    assert known("x", True).is_true and known("x", False).is_false
    for fact in (unknown("x", "why"), doubtful("x", "why")):
        assert not fact.is_true and not fact.is_false and not fact.is_known


@pytest.mark.parametrize(("fact", "at_least", "more_than"), [
    (known("x", 5.0), True, False), (known("x", 6), True, True), (known("x", 4), False, False),
    (bounded("x", 4, 6), None, None), (bounded("x", 5, None), True, None),
    (bounded("x", 6, None), True, True), (unknown("x", "why"), None, None),
])
def test_bounds_decide_a_limit_of_5_or_leave_it_open(
    fact: Fact, at_least: bool | None, more_than: bool | None
) -> None:
    assert fact.at_least(5) is at_least
    assert fact.more_than(5) is more_than


def test_equal_bounds_are_one_value() -> None:
    assert bounded("x", 3, 3).value == 3


def test_a_doubt_is_a_state_of_its_own() -> None:
    assert doubtful("x", "two entries disagree", "a", "b").state is State.DOUBT


@pytest.mark.parametrize(("truths", "any_", "all_"), [
    ([], False, True), ([True, None], True, None), ([False, None], None, False), ([False, True], True, False),
    ([None], None, None), ([True], True, True), ([False], False, False),
])
def test_one_truth_or_one_falsehood_decides(
    truths: list[bool | None], any_: bool | None, all_: bool | None
) -> None:
    assert either(truths) is any_
    assert both(truths) is all_
