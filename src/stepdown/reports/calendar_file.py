"""Due days as a calendar file (iCalendar, RFC 5545): dates only, no word on health, disease or drug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

TITLE = "Appointment to arrange"
_NOTE = "Call your clinic to arrange or confirm this."
_DAY = timedelta(days=1)
_SATURDAY = 5


def find_entry_day(due: date, at: date) -> date:
    """The day of the entry: the due day, or the next working day once that has gone by."""
    return due if due >= at else _find_working_day(at + _DAY)


def _find_working_day(day: date) -> date:
    """That day, or the Monday after it."""
    return day if day.weekday() < _SATURDAY else _find_working_day(day + _DAY)


def write_calendar(
    open_days: Iterable[tuple[date, int]], at: date, person: str = "", made: datetime | None = None
) -> str:
    """A calendar with an entry of a whole day for each day on which something is to be arranged.

    ``open_days`` are days due and how many days either way still count. Nothing stands on a past day. A
    reminder comes when the window opens, or on the morning of the day where that has gone by. Several things
    of one day are one entry: how many would already say something. An entry keeps its mark when it moves, so
    that a later file moves it too; ``person`` is in the mark and cannot be read from it.
    """
    stamp = (made or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    entries: dict[date, list[tuple[date, int]]] = {}
    for due, window in open_days:
        entries.setdefault(find_entry_day(due, at), []).append((due, window))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//stepdown//follow-up//EN", "CALSCALE:GREGORIAN"]
    for day, found in sorted(entries.items()):
        mark = uuid5(NAMESPACE_URL, f"urn:stepdown:due:{person}:{min(due for due, _ in found)}")
        remind = min(max(window for _, window in found), (day - at).days - 1)
        lines += _write_entry(day, remind, f"UID:{mark}", stamp)
    return "".join(f"{line}\r\n" for line in (*lines, "END:VCALENDAR"))


def _write_entry(day: date, remind_days: int, mark: str, stamp: str) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        mark,
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + _DAY:%Y%m%d}",
        f"SUMMARY:{TITLE}",
        f"DESCRIPTION:{_NOTE}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
    )
    yield from (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{TITLE}",
        f"TRIGGER:-P{remind_days}D" if remind_days > 0 else "TRIGGER:PT9H",
        "END:VALARM",
    )
    yield "END:VEVENT"
