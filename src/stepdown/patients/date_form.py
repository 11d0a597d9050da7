"""How a date may be written in a person file; a day-first date is answered with the ISO form."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from stepdown.ms.dates import PartialDate
from stepdown.patients.forms import Form

_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_SLASHES = re.compile(r"(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?")


def _read_date(written: Any) -> PartialDate:
    """A date by year, month or day; a day-first date is answered with the ISO form."""
    if isinstance(written, datetime):
        written = written.date()
    if isinstance(written, date):
        return PartialDate.of(written)
    if isinstance(written, int) and not isinstance(written, bool):
        written = str(written)
    if not isinstance(written, str):
        raise ValueError('write a date as "YYYY-MM-DD", "YYYY-MM" or "YYYY"')
    return _parse_date(written.strip())


def _parse_date(text: str) -> PartialDate:
    """The date in a text, or ValueError with the likely form."""
    try:
        parsed = PartialDate.parse(text) if text.isascii() else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.year < 1000:
        raise ValueError('write a date as "YYYY-MM-DD", "YYYY-MM" or "YYYY"' + _date_hint(text))
    return parsed


def _date_hint(text: str) -> str:
    """The ISO forms of a date written day first, month first or with slashes."""
    if not text.isascii():
        return ""
    guesses = []
    if match := _DAY_FIRST.fullmatch(text):
        one, two, year = (int(part) for part in match.groups())
        guesses = [(year, two, one), (year, one, two)]
    elif match := _SLASHES.fullmatch(text):
        guesses = [(int(match[1]), int(match[2]), int(match[3] or 1))]
    days = [PartialDate(*guess) for guess in dict.fromkeys(guesses) if guess[0] >= 1000 and _is_day(*guess)]
    shown = [str(day)[:7] if match and match.re is _SLASHES and not match[3] else str(day) for day in days]
    return (
        f"; did you mean {' or '.join(shown)}?" if shown else "; this day does not exist or is not complete"
    )


def _is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _read_full_date(written: Any) -> PartialDate:
    """A date to the day."""
    day = _read_date(written)
    if not day.is_exact:
        raise ValueError('write the full day as "YYYY-MM-DD"')
    return day


DATE = Form(_read_date, {"type": ["string", "integer"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"})
FULL_DATE = Form(_read_full_date, {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
