"""Partial dates: bounds, comparison, form, and arithmetic with months and years."""

from __future__ import annotations

from datetime import date

import pytest

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


def test_years_are_365_25_days() -> None:
    assert years_between(date(2020, 6, 1), date(2024, 6, 1)) == 4.0
    assert PartialDate.of(date(2024, 6, 1)) == PartialDate(2024, 6, 1)


@pytest.mark.parametrize(("text", "said"), [
    ("2024-02-29", "on 2024-02-29"), ("2024-02", "in 2024-02"), ("2024", "in 2024"),
    ("unknown", "on an unknown day"), ("2024-02-30", "on an unknown day"),
])
def test_a_date_is_said_as_exactly_as_it_is_known(text: str, said: str) -> None:
    assert say_when(text) == said
