"""Observed over expected: the interval beside another program, and the power by the Poisson distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from stepdown.cohorts.audit.comparing import compare, find_mid_p, find_needed, find_power
from stepdown.cohorts.audit.rules import read_rules

#: Limits for the Poisson mean from base R 4.5: uniroot of ppois(x, m, lower=FALSE) + dpois(x, m) / 2.
FROM_R = {0: (0, 2.99573227), 1: (0.0500203448, 4.9318605247), 2: (0.335329056, 6.607959747),
          5: (1.83199481, 11.08241566), 10: (5.07952185, 17.82485370), 20: (12.5597385, 30.3396011),
          100: (81.7918211, 121.1034909)}


@pytest.mark.parametrize("observed", FROM_R)
def test_limits_are_those_of_another_program(observed: int) -> None:
    limits = [float(limit[0]) for limit in find_mid_p(np.array([observed]), 0.95)]
    assert limits == pytest.approx(FROM_R[observed], rel=1e-7)


def test_of_no_event_the_upper_limit_is_known_by_hand() -> None:
    """Half of exp(-m) is 2.5 in 100 where m is the log of 20."""
    assert compare(0, 2.0, 0.95).high == pytest.approx(math.log(20) / 2)


def test_without_expected_events_there_is_no_ratio() -> None:
    found = compare(3, 0.0, 0.95)
    assert math.isnan(found.value) and (found.low, found.high) == (0.0, math.inf)


@pytest.mark.parametrize("expected", [10.0, 40.0, 200.0])
def test_the_shift_that_would_have_been_seen_is_seen_that_often(expected: float) -> None:
    rules = read_rules()
    power, counts = find_power(expected, rules), np.arange(2000)
    low, high = (limit / expected for limit in find_mid_p(counts, rules.level))
    for ratio, seen in ((power.more, low > rules.tolerated.high), (power.fewer, high < rules.tolerated.low)):
        assert poisson.pmf(counts[seen], ratio * expected).sum() == pytest.approx(rules.power, abs=1e-6)


def test_few_expected_events_show_no_fall() -> None:
    assert find_power(1.0, read_rules()).fewer == 0.0


def test_as_many_as_needed_show_agreement_and_one_fewer_does_not() -> None:
    rules, needed = read_rules(), int(find_needed(read_rules()))
    for count, agrees in ((needed, True), (needed - 1, False)):
        found = compare(count, float(count), rules.level)
        assert rules.agreed.holds(found.low, found.high) is agrees
