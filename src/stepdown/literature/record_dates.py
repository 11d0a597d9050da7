"""The dates of a PubMed record, each as exact as it is printed and no more."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from stepdown.literature.citation import RecordDate
from stepdown.ms.dates import PartialDate

if TYPE_CHECKING:
    from lxml.etree import _Element

_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def read_issue_date(element: _Element) -> RecordDate:
    """PubDate: a year, month or day; with a season or a range of months only the year is known."""
    parts = {str(child.tag): (child.text or "").strip() for child in element}
    if words := parts.get("MedlineDate"):
        year = _YEAR.search(words)
        return RecordDate("issue", PartialDate(int(year[0])) if year else None, words)
    year_text, season = parts.get("Year", ""), parts.get("Season")
    date = read_parts(year_text, parts.get("Month", ""), parts.get("Day", ""))
    return RecordDate("issue", date, f"{year_text} {season}" if season else "")


def read_date(element: _Element, kind: str) -> RecordDate:
    """A date that is written as Year, Month and Day, in this order."""
    return RecordDate(kind, read_parts(*[child.text or "" for child in element[:3]]))


@lru_cache(maxsize=20_000)
def read_parts(year: str = "", month: str = "", day: str = "") -> PartialDate | None:
    """As much of the date as holds: without its day when there is no such day, None without a year."""
    if not (year.isascii() and year.isdigit() and len(year) == 4 and year > "0000"):
        return None
    number = read_month(month)
    if number is None or not (day.isascii() and day.isdigit()):
        return PartialDate(int(year), number)
    date = PartialDate(int(year), number, int(day))
    return date if _is_real(date) else PartialDate(int(year), number)


def _is_real(date: PartialDate) -> bool:
    try:
        return date.earliest is not None
    except ValueError:
        return False


def read_month(text: str) -> int | None:
    """The month's number from "6", "06", "Jun" or "June"; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.get(text[:3].lower())
