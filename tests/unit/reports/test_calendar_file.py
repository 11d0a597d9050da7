"""The calendar of a follow-up: nothing on a past day, and no reminder that has passed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from stepdown.reports.calendar_file import find_entry_day, write_calendar

FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("due", "entry"),
    [
        (date(2026, 12, 25), date(2026, 12, 25)),
        (FRIDAY, FRIDAY),
        (date(2026, 11, 26), date(2026, 11, 30)),
        (date(2020, 1, 1), date(2026, 11, 30)),
    ],
)
def test_what_is_past_stands_on_the_next_working_day(due: date, entry: date) -> None:
    assert find_entry_day(due, FRIDAY) == entry


def test_a_reminder_comes_when_the_window_opens_or_on_the_morning_of_the_day() -> None:
    found = write_calendar(
        [(date(2026, 12, 27), 14), (date(2026, 12, 2), 30), (date(2026, 1, 1), 30)], FRIDAY
    )
    assert re.findall(r"TRIGGER:(\S+)", found) == ["-P2D", "-P4D", "-P14D"]
    assert re.findall(r"TRIGGER:(\S+)", write_calendar([(FRIDAY, 30)], FRIDAY)) == ["PT9H"]


def test_an_entry_keeps_its_mark_when_it_moves_and_two_people_never_share_one() -> None:
    def mark(due: date, at: date, person: str) -> list[str]:
        return re.findall(r"UID:(\S+)", write_calendar([(due, 30)], at, person))

    due = date(2026, 11, 26)
    assert mark(due, date(2026, 11, 1), "invented-1") == mark(due, FRIDAY, "invented-1")
    assert mark(due, FRIDAY, "invented-1") != mark(due, FRIDAY, "invented-2")
    assert "invented" not in write_calendar([(due, 30)], FRIDAY, "invented-1")
