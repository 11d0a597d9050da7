"""One number, shown the same everywhere: expected values are worked out by hand from the rule itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.reports.rounding import (
    count_icons,
    round_half_up,
    round_per_100,
    show_number,
    show_per_1000,
    show_risk,
)
from stepdown.reports.wording import name_interval, name_time
from unit.reports.invented_answers import risk


@pytest.mark.parametrize(
    ("per_100", "shown"),
    [
        (0.0, "0"),
        (0.001, "fewer than 1"),
        (0.999, "fewer than 1"),
        (1.0, "1"),
        (1.49, "1"),
        (2.5, "3"),
        (12.2, "12"),
        (98.5, "99"),
        (99.2, "more than 99"),
        (100.0, "100"),
    ],
)
def test_a_number_is_whole_and_never_a_false_none_or_all(per_100: float, shown: str) -> None:
    assert show_number(per_100) == shown


@pytest.mark.parametrize("per_100", [-0.1, 100.1])
def test_a_number_outside_0_to_100_is_refused(per_100: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        show_number(per_100)


def test_no_event_is_never_a_bare_zero() -> None:
    shown = show_risk(risk("relapse", 2, (0.4, 0.0, 16.8), events=0))
    assert shown is not None
    assert (shown.words, shown.compact) == ("0, but up to 17", "0 (0-17)")


def test_no_event_with_a_tiny_upper_bound_still_has_one() -> None:
    shown = show_risk(risk("relapse", 2, (0.0, 0.0, 0.2), events=0))
    assert shown is not None
    assert shown.words == "0, but up to 1"


def test_no_event_but_a_pooled_estimate_of_1_or_more_keeps_the_estimate() -> None:
    shown = show_risk(risk("relapse", 2, (2.2, 0.1, 9.0), events=0))
    assert shown is not None
    assert shown.words == "2 (fewer than 1 to 9)"


def test_unknown_has_no_shown_number() -> None:
    assert show_risk(risk("relapse", 2, None)) is None
    assert round_per_100(risk("relapse", 2, None)) is None


@pytest.mark.parametrize(
    ("numbers", "wide", "very_wide"),
    [((20.0, 15.0, 25.0), False, False), ((20.0, 14.0, 25.0), True, False), ((30.0, 14.0, 45.0), True, True)],
)
def test_wide_starts_above_10_and_very_wide_above_30(
    numbers: tuple[float, float, float], wide: bool, very_wide: bool
) -> None:
    shown = show_risk(risk("relapse", 2, numbers))
    assert shown is not None
    assert (shown.wide, shown.very_wide) == (wide, very_wide)


@pytest.mark.parametrize(
    ("per_100", "of", "icons"),
    [(0.4, 100, 0), (0.4, 1000, 4), (99.7, 100, 99), (100.0, 100, 100), (44.7, 100, 45)],
)
def test_filled_icons_follow_the_shown_number(per_100: float, of: int, icons: int) -> None:
    assert count_icons(per_100, of) == icons


def test_json_numbers_below_1_do_not_turn_into_0() -> None:
    assert round_per_100(risk("relapse", 2, (0.98, 0.04, 5.2))) == {"estimate": 0.9, "low": 0.04, "high": 5}


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (0.05, "fewer than 0.1"), (2.71, "2.7"), (10.2, "10")]
)
def test_per_1000_keeps_a_decimal_below_10(value: float, shown: str) -> None:
    assert show_per_1000(value) == shown


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_larger_risk_never_shows_fewer_icons(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert count_icons(low) <= count_icons(high)


@given(st.floats(1, 99))
def test_event_and_rest_add_up_to_100(per_100: float) -> None:
    """Both frames of one number: 12 and 88, never 13 and 88; a half goes up in the first only."""
    shown = show_risk(risk("relapse", 2, (per_100, 0.5, 99.5)))
    assert shown is not None
    assert round_half_up(per_100) + int(shown.rest) == 100


@pytest.mark.parametrize(
    ("years", "told"), [(1.0, "1 year"), (2.0, "2 years"), (16 / 12, "16 months"), (1 / 12, "1 month")]
)
def test_a_time_is_told_in_years_or_months(years: float, told: str) -> None:
    assert name_time(years) == told


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (1, "day"),
        (2, "2 days"),
        (7, "week"),
        (42, "6 weeks"),
        (30, "month"),
        (182, "6 months"),
        (365, "12 months"),
        (45, "45 days"),
    ],
)
def test_an_interval_is_told_in_the_unit_clinics_use(days: int, told: str) -> None:
    assert name_interval(days) == told
