"""Groups of risk, kinds of people and the slope between predicted and observed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stepdown.cohorts.audit.comparing import compare
from stepdown.cohorts.audit.grouping import (
    Counted,
    find_heterogeneity,
    find_slope,
    group_by_risk,
    split,
)
from stepdown.cohorts.audit.rules import read_rules

RULES = read_rules()


def invent(count: int, hazard: np.ndarray, slope: float = 1.0, seed: int = 1) -> Counted:
    """People followed for two years at a constant hazard, the true one a power of the predicted one."""
    true = hazard.mean() * (hazard / hazard.mean()) ** slope
    time = np.random.default_rng(seed).exponential(2 / true, count)
    return Counted(np.minimum(time, 2.0), time < 2, hazard * np.minimum(time, 2.0) / 2, hazard, 2.0)


def test_groups_hold_enough_steps_and_events_and_everybody_once() -> None:
    counted = invent(400, np.linspace(0.02, 0.5, 400))
    groups = group_by_risk(counted, RULES)
    assert 2 <= len(groups) <= 10 and sum(group.steps for group in groups) == 400
    assert all(group.steps >= 10 and group.ratio.observed >= 5 for group in groups)
    assert [group.predicted for group in groups] == sorted(group.predicted for group in groups)


def test_equal_risks_are_never_parted() -> None:
    counted = invent(200, np.repeat([0.2, 0.6], 100))
    assert [group.steps for group in group_by_risk(counted, RULES)] == [100, 100]


def test_a_handful_of_events_has_no_groups() -> None:
    assert group_by_risk(invent(8, np.full(8, 3.0)), RULES) == ()


def test_the_share_seen_is_that_of_kaplan_and_meier_by_hand() -> None:
    """Twelve people, six with the event at half a year, two lost at one, the rest followed: 6 of 12."""
    time = np.array([0.5] * 6 + [1.0] * 2 + [2.0] * 4)
    counted = Counted(time, time < 1, np.full(12, 0.5), np.full(12, 0.5), 2.0)
    (group,) = group_by_risk(counted, RULES)
    assert group.observed.value == pytest.approx(0.5)
    assert group.predicted == pytest.approx(1 - math.exp(-0.5))


def test_nobody_watched_so_long_leaves_the_share_unknown() -> None:
    time = np.array([0.5] * 6 + [1.0] * 6)
    (group,) = group_by_risk(Counted(time, time < 1, np.full(12, 0.3), np.full(12, 0.5), 2.0), RULES)
    assert math.isnan(group.observed.value)


@pytest.mark.parametrize("slope", [0.4, 1.0, 1.8])
def test_the_slope_is_found_again(slope: float) -> None:
    hazard = np.exp(np.random.default_rng(2).normal(-1.5, 0.8, 6000))
    found = find_slope(invent(6000, hazard, slope), RULES)
    assert found is not None and found.low < slope < found.high and found.high - found.low < 0.25


def test_without_enough_events_or_spread_there_is_no_slope() -> None:
    assert find_slope(invent(30, np.full(30, 0.2)), RULES) is None
    assert find_slope(invent(500, np.full(500, 0.5)), RULES) is None


def test_a_kind_that_is_off_is_named_and_the_others_are_not() -> None:
    counted = invent(900, np.full(900, 0.3))
    centre = np.repeat(["A", "B", "C"], 300)
    event = counted.event | ((centre == "B") & (np.arange(900) % 2 == 0))
    off = Counted(counted.time, event, counted.expected, counted.whole, 2.0)
    (found,) = split(off, {"centre": centre, "course": np.full(900, "RRMS")}, RULES)
    assert [(kind.label, kind.differs) for kind in found.kinds] == [("A", False), ("B", True), ("C", False)]
    assert found.p < 0.001


def test_the_test_for_one_ratio_is_pearsons_by_hand() -> None:
    """10 and 30 seen where 20 are expected of each: a chi-square of 10 with one degree of freedom."""
    p = find_heterogeneity([compare(10, 20.0, 0.95), compare(30, 20.0, 0.95)])
    assert p == pytest.approx(math.erfc(math.sqrt(10 / 2)))
    assert math.isnan(find_heterogeneity([compare(1, 2.0, 0.95), compare(3, 2.0, 0.95)]))
