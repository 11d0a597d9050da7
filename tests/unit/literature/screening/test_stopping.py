"""Stopping is allowed when a recall below the target has become improbable, and not before."""

from __future__ import annotations

import random

import pytest

from stepdown.literature.screening.stopping import find_p, judge_stopping


def test_p_is_the_hypergeometric_tail_by_hand() -> None:
    """Of 10 the first two are labelled: one relevant, one not; recall under 50 % means 2 more among 9 hidden.

    From the start: 10 left, 3 relevant, 2 drawn, at most 1 found: 1 - C(3,2)/C(10,2) = 1 - 3/45. After the
    relevant one: 9 left, 2 hidden, 1 drawn, 0 found: 7/9.
    """
    assert find_p([True, False], 10, 0.5) == pytest.approx(7 / 9)


def test_without_anything_relevant_nothing_is_known() -> None:
    assert find_p([False] * 50, 60) == 1.0 and not judge_stopping([False] * 50, 60).may_stop


def test_when_all_is_labelled_one_may_stop() -> None:
    assert judge_stopping([False] * 60, 60).may_stop


def test_a_long_run_of_irrelevant_ones_lets_one_stop() -> None:
    assert not judge_stopping([True] * 10 + [False] * 20, 1000).may_stop
    assert judge_stopping([True] * 10 + [False] * 960, 1000).may_stop


def test_labelled_at_random_recall_is_below_the_target_in_at_most_one_run_of_twenty_and_a_bit() -> None:
    """25 invented reviews of 100 records, 20 relevant, in random order: the test rests on chance alone."""
    draw = random.Random(20_261_130)
    assert sum(stops_too_early(draw) for _ in range(25)) <= 3


def stops_too_early(draw: random.Random) -> bool:
    labels = [True] * 20 + [False] * 80
    draw.shuffle(labels)
    seen = next(count for count in range(10, 101, 10) if judge_stopping(labels[:count], 100).may_stop)
    return sum(labels[:seen]) < 0.95 * 20


def test_the_line_says_what_to_do() -> None:
    line = str(judge_stopping([True, False], 10))
    assert line.startswith("labelled 2, relevant 1, left 8: go on (recall under 95%")
