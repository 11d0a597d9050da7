"""Intervals where a few people had the event: never missing, never sure of what nobody saw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.cohorts.analysis.comparing import Sample
from stepdown.cohorts.analysis.intervals import Estimates, bound_few


@pytest.mark.parametrize(("events", "low", "high"), [
    (1, 0.025318, 5.571643), (2, 0.242209, 7.224688), (3, 0.618672, 8.767273), (4, 1.089865, 10.241589)])
def test_with_equal_weights_the_bounds_are_the_exact_ones_of_a_count(
        events: int, low: float, high: float) -> None:
    """The 95 % limits of a Poisson count by Garwood (Biometrika 1936;28:437), table of Ulm (1990)."""
    found = bound_few(events / 1000, 0.0, 1 / 1000)
    assert found == pytest.approx((low / 1000, high / 1000), rel=1e-5)


@given(st.integers(1, 4), st.floats(1e-4, 0.02), st.floats(0, 1e-3), st.floats(1, 3))
def test_the_bounds_hold_the_value_and_part_when_the_variance_grows(
        events: int, weight: float, variance: float, more: float) -> None:
    low, high = bound_few(events * weight, variance, weight)
    wider_low, wider_high = bound_few(events * weight, variance * more, weight)
    assert wider_low <= low * (1 + 1e-9) < events * weight < high <= wider_high * (1 + 1e-9)


def invent_estimates(target_events: int, still: float = 100.0) -> Estimates:
    """100 people a side without weights: 20 events among those who go on, few among those who stop."""
    risks = np.array([0.20, target_events / 100])
    values = np.broadcast_to(risks[None, :, None], (2, 2, 2))
    share = np.sqrt(risks * (1 - risks) / 100)
    lines = np.zeros((2, 2, 2, 2))
    lines[0], lines[1] = share[None, :, None] / np.sqrt(2), -share[None, :, None] / np.sqrt(2)
    return Estimates((Sample(values, lines, np.full((2, 2, 1), still), False),), (20, target_events))


def test_a_difference_with_three_events_is_joined_from_the_interval_of_each_group() -> None:
    """By hand: the risk of the few is 0.03 (0.0062 to 0.0877); Newcombe's squares for the difference."""
    estimates = invent_estimates(3)
    few, many = estimates.find_risk(1, 0), estimates.find_risk(0, 0)
    found = estimates.find_difference(0)
    assert (few.low, few.high) == pytest.approx((0.00619, 0.08767), abs=2e-5)
    assert found.low == pytest.approx(-0.17 - np.hypot(0.03 - few.low, many.high - 0.20))
    assert found.high == pytest.approx(-0.17 + np.hypot(few.high - 0.03, 0.20 - many.low))
    assert "few events" in found.why


def test_a_ratio_with_three_events_has_both_bounds_around_it() -> None:
    found = invent_estimates(3).find_ratio(0)
    assert found.value == pytest.approx(0.15)
    assert 0 < found.low < found.value < found.high < 1
    assert "few events" in found.why


def test_five_events_are_enough_for_the_usual_interval() -> None:
    assert invent_estimates(5).find_difference(0).why == ""


def test_where_nobody_is_followed_to_the_end_only_few_events_are_without_an_interval() -> None:
    """How heavy one more event would be is not known then; of many events the samples still tell."""
    estimates = invent_estimates(3, still=0.0)
    assert np.isnan(estimates.find_risk(1, 0).high) and "too few" in estimates.find_risk(1, 0).why
    assert np.isfinite(estimates.find_risk(0, 0).high)
