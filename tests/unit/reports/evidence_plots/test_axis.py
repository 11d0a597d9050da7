"""An axis shows every estimate, and its ticks are few and round."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.reports.evidence_plots.axis import MOST_TICKS, choose_linear_ticks, choose_log_ticks, find_scale
from stepdown.reports.evidence_plots.rows import PREDICTED, STUDY, PlotRow, PlotSection


def test_log_ticks_are_one_two_five_of_each_decade() -> None:
    assert choose_log_ticks(0.4, 12) == (0.5, 1, 2, 5, 10)


def test_many_decades_have_fewer_ticks_each() -> None:
    assert choose_log_ticks(0.008, 300) == (0.01, 0.1, 1, 10, 100)


def test_a_part_of_a_decade_has_even_ticks() -> None:
    assert choose_log_ticks(3, 4.5) == (3, 3.5, 4, 4.5)


def test_linear_ticks_stand_at_round_steps() -> None:
    assert choose_linear_ticks(-3, 43) == (0, 10, 20, 30, 40)


@given(st.floats(1e-4, 1e3), st.floats(1.2, 1e9))
def test_ticks_lie_inside_and_are_at_most_seven(low: float, times: float) -> None:
    ticks = choose_log_ticks(low, low * times)
    assert 0 < len(ticks) <= MOST_TICKS + 1
    assert all(low * 0.999 <= tick <= low * times * 1.001 for tick in ticks)


def test_a_prediction_that_tells_nothing_does_not_squeeze_the_studies() -> None:
    rows = (PlotRow(STUDY, "a", "", 2, 1, 4), PlotRow(PREDICTED, "other", "", 2, 1e-6, 1e6))
    scale = find_scale([PlotSection("one", rows)])
    assert scale.low > 0.2 and scale.high < 20
    assert scale.clip(1e6) == scale.high and scale.clip(2) == 2


def test_a_study_without_events_is_drawn_from_the_end_of_the_axis() -> None:
    rows = (PlotRow(STUDY, "none", "0 of 40", 0, 0, 4), PlotRow(STUDY, "a", "", 2, 1, 4))
    scale = find_scale([PlotSection("one", rows)])
    assert scale.low > 0 and scale.clip(0) == scale.low


def test_an_upper_end_that_does_not_exist_is_cut() -> None:
    rows = (PlotRow(STUDY, "all", "3 of 3", 50, 20, math.inf), PlotRow(STUDY, "a", "", 2, 1, 4))
    assert math.isfinite(find_scale([PlotSection("one", rows)]).high)


@pytest.mark.parametrize(("no_difference", "is_log"), [(1.0, True), (0.0, False), (None, True)])
def test_the_line_of_no_difference_is_that_of_the_measure(no_difference: float | None, is_log: bool) -> None:
    rows = (PlotRow(STUDY, "a", "", 2, 1, 4),)
    section = PlotSection("one", rows, is_log=is_log, no_difference=no_difference)
    assert find_scale([section]).reference == no_difference
