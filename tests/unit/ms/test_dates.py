"""Partial dates: bounds, comparison, form, and arithmetic with months and years."""

from __future__ import annotations

from datetime import date
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.dates import PartialDate, add_months, age_on, say_when, years_between


@pytest.mark.parametrize(("text", "earliest", "latest"), [
    ("2024", date(2024, 1, 1), date(2024, 12, 31)), ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ("2024-02-10", date(2024, 2, 10), date(2024, 2, 10)),
])
def test_a_date_is_bounded_by_what_is_written(text: str, earliest: date, latest: date) -> None:
    day = PartialDate.parse(f" {text} ")
    assert (day.earliest, day.latest, str(day)) == (earliest, latest, text)
    assert day.is_exact == (earliest == latest)


@pytest.mark.parametrize("text", ["10/02/2024", "2024-2", "24-02-10", ""])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        PartialDate.parse(text)


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        PartialDate.parse("2023-02-29")


@pytest.mark.parametrize(("day", "before"), [(date(2024, 3, 1), True), (date(2024, 2, 1), False),
                                             (date(2024, 2, 15), None)])
def test_a_month_is_before_a_day_or_not_or_it_is_open(day: date, before: bool | None) -> None:
    assert PartialDate(2024, 2).is_before(day) is before


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 1, 31), -2) == date(2023, 11, 30)


def test_age_counts_completed_years() -> None:
    assert age_on(date(1970, 6, 2), date(2026, 6, 1)) == 55
    assert age_on(date(1970, 6, 1), date(2026, 6, 1)) == 56


@pytest.mark.parametrize(("start", "end", "years"), [
    ("2013-06-01", "2015-06-01", 2.0),  # 730 days, and two years all the same
    ("2013-06-01", "2015-05-31", 1 + 11 / 12 + 30 / 372),
    ("2015-06-01", "2017-06-01", 2.0),
    ("2020-06-01", "2020-12-01", 0.5),
    ("2012-02-29", "2016-02-29", 4.0),
    ("2015-06-01", "2013-06-01", -2.0),
])
def test_years_are_calendar_years(start: str, end: str, years: float) -> None:
    found = years_between(date.fromisoformat(start), date.fromisoformat(end))
    assert found == pytest.approx(years, abs=1e-12)


def test_a_year_from_29_february_is_full_on_1_march() -> None:
    assert years_between(date(2012, 2, 29), date(2014, 2, 28)) < 2 < years_between(
        date(2012, 2, 29), date(2014, 3, 1))


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_whole_years_are_birthdays_and_never_far_from_days_over_365_25(birth: date, day: date) -> None:
    birth, day = sorted((birth, day))
    years = years_between(birth, day)
    assert floor(years) == age_on(birth, day)
    assert years == pytest.approx((day - birth).days / 365.25, abs=0.01)


def test_a_full_date_of_a_day() -> None:
    assert PartialDate.of(date(2024, 6, 1)) == PartialDate(2024, 6, 1)


@pytest.mark.parametrize(("text", "said"), [
    ("2024-02-29", "on 2024-02-29"), ("2024-02", "in 2024-02"), ("2024", "in 2024"),
    ("unknown", "on an unknown day"), ("2024-02-30", "on an unknown day"),
])
def test_a_date_is_said_as_exactly_as_it_is_known(text: str, said: str) -> None:
    assert say_when(text) == said
