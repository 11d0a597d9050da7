"""Windows and observation: both ends inside, partial dates left open, nothing known after the file's day."""

from __future__ import annotations

from datetime import date

from stepdown.ms.dates import PartialDate
from stepdown.ms.observation import Observation, Window, days_between, observe, window_before

AT = date(2026, 6, 1)


def test_a_window_of_12_months_holds_both_ends() -> None:
    window = window_before(AT, 12)
    assert window == Window(date(2025, 6, 1), AT)
    assert window.holds(PartialDate(2025, 6, 1), AT) is True
    assert window.holds(PartialDate(2026, 6, 1), AT) is True
    assert window.holds(PartialDate(2025, 5, 31), AT) is False


def test_a_missing_part_that_decides_leaves_it_open() -> None:
    window = window_before(AT, 12)
    assert window.holds(PartialDate(2025), AT) is None
    assert window.holds(None, AT) is None


def test_observation_ends_on_the_day_of_the_file() -> None:
    assert observe(AT, date(2020, 1, 1), date(2026, 1, 1)) == Observation(date(2020, 1, 1), date(2026, 1, 1))


def test_observation_that_begins_later_is_none() -> None:
    assert observe(AT, date(2026, 7, 1), date(2026, 8, 1)).start is None
    assert not observe(AT, None, AT).covers(AT, AT)


def test_month_only_dates_lie_a_range_of_days_apart() -> None:
    assert days_between(PartialDate(2025, 10), PartialDate(2025, 11)) == (1, 60)
