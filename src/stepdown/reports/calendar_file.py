"""Due days as a calendar file (iCalendar, RFC 5545): dates only, no word on health, disease or drug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

TITLE = "Appointment to arrange"
_NOTE = "Call your clinic to arrange or confirm this."


def write_calendar(days: Iterable[tuple[date, int]], made: datetime | None = None) -> str:
    """A calendar with an entry of a whole day for each due day, and a reminder when its window (days) opens.

    Several things due on one day are one entry: how many would already say something.
    """
    stamp = (made or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    windows: dict[date, int] = {}
    for day, window in days:
        windows[day] = max(window, windows.get(day, 0))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//stepdown//follow-up//EN", "CALSCALE:GREGORIAN"]
    for day, window in sorted(windows.items()):
        lines += _write_entry(day, window, stamp)
    return "".join(f"{line}\r\n" for line in (*lines, "END:VCALENDAR"))


def _write_entry(day: date, window: int, stamp: str) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        f"UID:{uuid5(NAMESPACE_URL, f'urn:stepdown:due:{day}')}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{TITLE}",
        f"DESCRIPTION:{_NOTE}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
    )
    if window:
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{TITLE}",
            f"TRIGGER:-P{window}D",
            "END:VALARM",
        )
    yield "END:VEVENT"
