"""A cell of text as a value of a declared column; ValueError says what is wrong, never the value itself."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stepdown.cohorts.registry.importing.drug_texts import find_generic_name
from stepdown.ms.dates import PartialDate
from stepdown.ms.disability import EDSS_SCORES, is_edss_score
from stepdown.patients.columns import Column
from stepdown.patients.patient import LAB_TESTS
from stepdown.patients.tables import LAB_RESULTS
from stepdown.patients.units import convert, find_unit, known_units, read_lab_tests

OTHER = "other:"
NOT_NAMED = OTHER + "not named"
_YES = ("true", "yes", "y", "1", "1.0")
_NO = ("false", "no", "n", "0", "0.0")
#: Words that say of a person that there was no therapy, as registries write them.
_NO_THERAPY = frozenset((
    "none", "no", "no dmt", "no therapy", "no treatment", "untreated", "treatment naive", "treatment-naive",
    "keine", "keine therapie", "ohne therapie", "unbehandelt", "aucun", "aucun traitement", "sin tratamiento",
    "ninguno", "nessuna terapia"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WITH_MONTH = re.compile(
    r"(\d{1,2})[-/. ]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[-/., ]{0,2}(\d{4})",
    re.IGNORECASE)
_UNKNOWN = ("", "na", "n/a", "nan", "null", "none", "unknown", "not known")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_OTHER_ORDER = re.compile(r"(?:(\d{1,2})[./-])?(\d{1,2})[./-](\d{4})")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ONE_COMMA = re.compile(r"[+-]?\d+,\d*|[+-]?\d{1,3}(,\d{3})+")
_GROUPED = {
    ",": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"),
    ".": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?"),
}
#: A day as Excel counts it: those from 1900-03-01 on, before which its calendar is wrong, to 9999-12-31.
_EXCEL = re.compile(r"(\d{2,7})(\.\d+)?")
_EXCEL_DAYS = range(61, 2958466)
_EXCEL_BEGAN = date(1899, 12, 30)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """How values are written in one file, every word in lower case."""

    decimal: str | None = None
    dates: str = "iso"
    unknown: frozenset[str] = frozenset(_UNKNOWN)
    yes: frozenset[str] = frozenset(_YES)
    no: frozenset[str] = frozenset(_NO)

    def is_unknown(self, text: str | None) -> bool:
        """Whether a cell says nothing."""
        return text is None or text.strip().casefold() in self.unknown


def make_style(decimal: str | None, dates: str | None, unknown: tuple[str, ...], yes: tuple[str, ...],
               no: tuple[str, ...]) -> Style:
    """The style of a file, its words beside those that always count; a word for yes or no is not unknown."""
    told_yes, told_no = (frozenset(word.strip().casefold() for word in words) for words in (yes, no))
    said = frozenset(word.strip().casefold() for word in unknown)
    return Style(decimal, dates or "iso", (frozenset(_UNKNOWN) | said) - told_yes - told_no,
                 (frozenset(_YES) | told_yes) - told_no, (frozenset(_NO) | told_no) - told_yes)


def read_cell(column: Column, style: Style) -> Callable[[str], Any]:
    """The function that reads a known cell of this column."""
    if column.name == "therapy":
        return read_therapy
    if column.type == "text":
        return lambda text: read_word(text, column)
    if column.type == "boolean":
        return lambda text: read_yes_no(text, style)
    if column.type == "date":
        return lambda text: read_date(text, style)
    return lambda text: read_number(text, column, style)


def read_word(text: str, column: Column) -> str:
    """One of the allowed words, whatever its case, or a short text where any is allowed."""
    plain = " ".join(text.split())
    if not column.allowed:
        if len(plain) > 200 or not plain.isprintable():
            raise ValueError("must be one line of at most 200 characters")
        return plain
    match = {str(word).casefold(): str(word) for word in column.allowed}.get(plain.casefold())
    if match is None:
        allowed = ", ".join(map(str, column.allowed))
        raise ValueError(f"none of {allowed}; say in the mapping, under words, what the word means")
    return match


def read_yes_no(text: str, style: Style) -> bool:
    """True or false by the words of the file."""
    word = text.strip().casefold()
    if word in style.yes or word in style.no:
        return word in style.yes
    raise ValueError("neither yes nor no; say in the mapping, under yes and no, how they are written")


def read_number(text: str, column: Column, style: Style) -> float | int:
    """A number of the column: within its bounds, a score of its scale, whole where it counts."""
    value = parse_number(text, style)
    if column.allowed == EDSS_SCORES and not is_edss_score(value):
        hint = "; is a decimal point missing?" if is_edss_score(value / 10) else ""
        raise ValueError(f"the EDSS is 0, 1, 1.5, 2 and so on by halves to 10{hint}")
    if column.low is not None and column.high is not None and not column.low <= value <= column.high:
        raise ValueError(f"must lie from {column.low:g} to {column.high:g}")
    if column.type in ("integer", "identifier"):
        if value != int(value):
            raise ValueError("must be a whole number")
        return int(value)
    return value


def parse_number(text: str, style: Style) -> float:
    """A number with a decimal point or comma; a comma that may group thousands is not guessed at.

    The other sign may only group thousands by threes: where the comma is decimal, 2.5 is refused, not 25.
    """
    plain = text.strip().replace(" ", "").replace("\u00a0", "")
    if style.decimal is None and _ONE_COMMA.fullmatch(plain):
        if _GROUPED[","].fullmatch(plain):
            raise ValueError("a comma could be decimal or group thousands; say decimal in the mapping")
        plain = plain.replace(",", ".")
    decimal = style.decimal or "."
    group = "." if decimal == "," else ","
    if group in plain and not _GROUPED[group].fullmatch(plain):
        raise ValueError("must be a number with the decimal sign of the file, and without its unit")
    plain = plain.replace(group, "").replace(decimal, ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError("must be a number without its unit")
    if not math.isfinite(value := float(plain)):
        raise ValueError("must be a number that can be")
    return value


def read_date(text: str, style: Style) -> PartialDate:
    """A day, a month or a year, in the order of the file; a time of day is left out."""
    plain = _TIME.sub("", text.strip())
    serial = _EXCEL.fullmatch(plain)
    if style.dates == "excel" and serial and int(serial[1]) in _EXCEL_DAYS:
        counted = _EXCEL_BEGAN + timedelta(days=int(serial[1]))
        return PartialDate(counted.year, counted.month, counted.day)
    if match := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _to_date(*match.groups())
    if match := _WITH_MONTH.fullmatch(plain):
        return _to_date(match[3], str(_MONTHS.index(match[2].casefold()) + 1), match[1])
    if serial and len(serial[1]) == 5:
        raise ValueError("a day as a number of Excel? Say dates: excel in the mapping")
    match = _OTHER_ORDER.fullmatch(plain)
    if match is None:
        raise ValueError("must be a date such as 2015-03-01, 2015-03 or 2015, with four figures for the year")
    first, second, year = match.groups()
    if first is None:
        return _to_date(year, second, None)
    if style.dates in ("iso", "excel"):
        raise ValueError("day or month first? Say dates: day-first or month-first in the mapping")
    day, month = (first, second) if style.dates == "day-first" else (second, first)
    return _to_date(year, month, day)


def _to_date(year: str, month: str | None, day: str | None) -> PartialDate:
    parts = [int(part) for part in (year, month, day) if part is not None]
    try:
        date(*(parts + [1, 1])[:3])
    except ValueError:
        raise ValueError("there is no such day") from None
    return PartialDate(*parts)


def read_therapy(text: str) -> str:
    """The generic name of the catalogue, or ``other:`` with the name as it was written."""
    if " ".join(text.casefold().split()) in _NO_THERAPY:
        raise ValueError("says that nothing was taken, which is no treatment")
    found = find_generic_name(text)
    if found is not None:
        return found
    plain = " ".join(text.split())
    return plain if plain.lower().startswith(OTHER) else f"{OTHER}{plain}"[:200]


def read_lab(test: str, value: str, unit: str | None, style: Style) -> tuple[float | None, str | None]:
    """A laboratory value as (number in the unit of the test, None) or (None, word)."""
    if test not in LAB_TESTS:
        raise ValueError(f"none of {', '.join(LAB_TESTS)}; say in the mapping, under words, what it means")
    declared = read_lab_tests()[test]
    word = value.strip().casefold()
    if word in LAB_RESULTS:
        return None, word
    if declared.kind == "result":
        raise ValueError(f"must be one of {', '.join(LAB_RESULTS)}")
    known = find_unit(declared, unit)
    if known is None:
        raise ValueError(f"no unit, or one that is not known; {test} is taken in "
                         f"{', '.join(known_units(declared))}")
    number = parse_number(value, style)
    if not known.fits(number):
        raise ValueError("cannot be this in its unit; is it in another unit?")
    return convert(declared, number, known).value, None
