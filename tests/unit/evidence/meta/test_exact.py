"""One study's hazard has an exact interval, and no events still have an upper bound."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from stepdown.evidence.meta import Counts, Rate, SurvivalProbability
from stepdown.evidence.meta.exact import find_clopper_pearson, find_exact_interval, find_garwood


@given(st.integers(1, 60), st.data())
def test_clopper_pearson_leaves_half_of_the_error_on_each_side(n: int, data: st.DataObject) -> None:
    """By definition: at the low bound so many events or more have a chance of 2.5 %, likewise at the high."""
    events = data.draw(st.integers(1, n - 1)) if n > 1 else 1
    low, high = find_clopper_pearson(events, n, 0.95)
    assert binom.sf(events - 1, n, low) == pytest.approx(0.025, rel=1e-6)
    if events < n:
        assert binom.cdf(events, n, high) == pytest.approx(0.025, rel=1e-6)


@given(st.integers(1, 200))
def test_garwood_leaves_half_of_the_error_on_each_side(events: int) -> None:
    low, high = find_garwood(events, 0.95)
    assert poisson.sf(events - 1, low) == pytest.approx(0.025, rel=1e-6)
    assert poisson.cdf(events, high) == pytest.approx(0.025, rel=1e-6)


def test_no_events_leave_an_upper_bound() -> None:
    """By hand: (1 - p)^131 = 0.025 gives a hazard of -ln(0.025) / (131 * 2) over 2 years."""
    found = find_exact_interval([Counts("a", "1", 0, 131, 2)], 0.95)
    assert (found.value, found.low) == (-math.inf, -math.inf)
    assert found.high == pytest.approx(math.log(-math.log(0.025) / 262))


def test_no_events_in_counts_and_rates_together_share_one_bound() -> None:
    """By hand: exp(-h * (100 * 1 + 50 * 2 + 30)) = 0.025."""
    found = find_exact_interval(
        [Counts("a", "1", 0, 100, 1), Counts("b", "1", 0, 50, 2), Rate("c", "1", events=0, person_years=30)],
        0.95,
    )
    assert found.high == pytest.approx(math.log(-math.log(0.025) / 230))


def test_when_everybody_had_the_event_there_is_a_lower_bound() -> None:
    """By hand: (1 - exp(-h))^5 * (1 - exp(-2h))^3 = 0.025 at the bound."""
    found = find_exact_interval([Counts("a", "1", 5, 5, 1), Counts("b", "1", 3, 3, 2)], 0.95)
    h = math.exp(found.low)
    assert (1 - math.exp(-h)) ** 5 * (1 - math.exp(-2 * h)) ** 3 == pytest.approx(0.025)
    assert found.high == math.inf


def test_a_survival_probability_keeps_its_printed_interval() -> None:
    """By hand: -ln 0.8 is the hazard of 80 % after one year; the interval lies on the log(-log) scale."""
    found = find_exact_interval([SurvivalProbability("a", "1", 0.8, 0.7, 0.88, 1)], 0.95)
    width = math.log(-math.log(0.7)) - math.log(-math.log(0.88))
    assert found.value == pytest.approx(math.log(-math.log(0.8)))
    assert found.high - found.low == pytest.approx(width)


def test_findings_of_one_study_at_different_times_share_a_profile_interval() -> None:
    """At both ends the log likelihood lies half of 3.84 below its top."""
    reports = [Counts("a", "1", 3, 131, 2), Counts("a", "2", 8, 70, 1)]
    found = find_exact_interval(reports, 0.95)

    def chance(eta: float) -> float:
        h = math.exp(eta)
        return 3 * math.log(-math.expm1(-2 * h)) - 128 * 2 * h + 8 * math.log(-math.expm1(-h)) - 62 * h

    assert chance(found.value) - chance(found.low) == pytest.approx(1.920729, abs=1e-5)
    assert chance(found.value) - chance(found.high) == pytest.approx(1.920729, abs=1e-5)
