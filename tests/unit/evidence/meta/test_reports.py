"""Reports are checked when they are made, and standard errors come from the printed interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.meta import (
    Counts,
    Difference,
    MeanDifference,
    Rate,
    Ratio,
    ReportError,
    SurvivalProbability,
    UnknownChoice,
)

ABSURD = [
    lambda: Counts("a", "1", 5, 3, 1.0),
    lambda: Counts("a", "1", -1, 3, 1.0),
    lambda: Counts("a", "1", 1, 0, 1.0),
    lambda: Counts("a", "1", 1, 3, 0.0),
    lambda: Counts("a", "1", 1, 3, math.inf),
    lambda: Rate("a", "1", events=3),
    lambda: Rate("a", "1", events=-1, person_years=10),
    lambda: Rate("a", "1", events=1, person_years=0),
    lambda: Rate("a", "1", value=0.0, low=0.0, high=0.1),
    lambda: Rate("a", "1", value=0.5, low=0.6, high=0.7),
    lambda: SurvivalProbability("a", "1", 1.0, 0.9, 1.0, 1),
    lambda: SurvivalProbability("a", "1", 0.5, 0.6, 0.7, 1),
    lambda: SurvivalProbability("a", "1", 0.5, 0.0, 1.0, 1),
    lambda: Ratio("a", "1", "HR", 2.0, 2.5, 3.0),
    lambda: Ratio("a", "1", "HR", -2.0, 1.0, 3.0),
    lambda: Ratio("a", "1", "HR", 2.0, 1.0, 3.0, level=95),
    lambda: Difference("a", "1", 0.5, 0.6, 0.7),
    lambda: MeanDifference("a", "1", 1.0, 0.0, 10, 2.0, 1.0, 10),
]


@pytest.mark.parametrize("make", ABSURD)
def test_a_report_that_contradicts_itself_is_refused_by_name(make: object) -> None:
    with pytest.raises(ReportError, match=r"^a#1: "):
        make()  # type: ignore[operator]


def test_an_unknown_ratio_lists_those_that_exist() -> None:
    with pytest.raises(UnknownChoice, match="HR, RR, OR, IRR"):
        Ratio("a", "1", "SMR", 1.2, 1.0, 1.4)


def test_the_standard_error_of_a_ratio_is_the_width_of_its_log_interval() -> None:
    """By hand: (ln 4 - ln 1) / (2 * 1.959964) = 0.353653."""
    assert Ratio("a", "1", "HR", 2.0, 1.0, 4.0).se == pytest.approx(0.353653, abs=1e-6)


def test_a_ninety_percent_interval_has_its_own_quantile() -> None:
    """By hand: ln 4 / (2 * 1.644854) = 0.421403."""
    assert Ratio("a", "1", "HR", 2.0, 1.0, 4.0, level=0.9).se == pytest.approx(0.421403, abs=1e-6)


def test_a_lopsided_interval_is_noticed_and_a_rounded_one_is_not() -> None:
    assert Ratio("a", "1", "HR", 0.47, 0.23, 0.95).is_log_symmetric
    assert not Ratio("a", "1", "HR", 2.0, 1.8, 9.0).is_log_symmetric
    assert not Ratio("a", "1", "HR", 2.0, 0.0, 9.0).is_log_symmetric


@given(st.floats(0.1, 10), st.floats(0.05, 1.5))
def test_an_exactly_symmetric_interval_gives_its_standard_error_back(value: float, se: float) -> None:
    reach = 1.959963984540054 * se
    ratio = Ratio("a", "1", "OR", value, value * math.exp(-reach), value * math.exp(reach))
    assert ratio.is_log_symmetric
    assert ratio.se == pytest.approx(se, rel=1e-9)


def test_a_rate_as_a_value_with_person_years_counts_its_events() -> None:
    assert Rate("a", "1", value=0.25, person_years=40).event_count == pytest.approx(10)


def test_differences_and_means_give_their_standard_errors() -> None:
    """By hand: 0.2 / 3.919928 = 0.051021; sqrt(4/16 + 9/36) = 0.707107."""
    assert Difference("a", "1", 0.1, 0.0, 0.2).se == pytest.approx(0.051021, abs=1e-6)
    means = MeanDifference("a", "1", 5.0, 2.0, 16, 3.0, 3.0, 36)
    assert (means.value, means.se) == (2.0, pytest.approx(0.707107, abs=1e-6))
