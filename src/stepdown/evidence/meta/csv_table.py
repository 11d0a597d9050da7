"""Reads a table of studies from a CSV file; what is wrong is said with file, row and field.

Rows are counted as a spreadsheet shows them: the heading is row 1. Empty fields and NA are missing;
a study that misses a needed field is left out, and said so. Commas, semicolons or tabs may stand between
the fields; where it is not commas, 0,4 is read as 0.4, unless a point stands in another number of the file.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.meta.refusals import ReportError

MISSING = ("", "NA", "NaN", "nan", ".", "null", "NULL", "N/A", "n/a", "#N/A")
SEPARATORS = (",", ";", "\t")
_WITH_COMMA, _WITH_POINT = re.compile(r"[-+]?\d+,\d+"), re.compile(r"[-+]?\d*\.\d+([eE][-+]?\d+)?")
_LIKE_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
LABELS = ("study", "trial", "author", "label", "slab")


@dataclass(frozen=True)
class Table:
    """The rows of a file as text, with the number of each row, and what its decimals are written with."""

    path: str
    header: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]
    decimal: str = "."
    notes: tuple[str, ...] = ()

    def find(self, field: str) -> str | None:
        """The heading's own spelling of a field: as it is, else the one that differs in capitals alone."""
        if field in self.header:
            return field
        alike = [name for name in self.header if name.casefold() == field.casefold()]
        return alike[0] if len(alike) == 1 else None

    def has(self, fields: Sequence[str]) -> bool:
        """Whether all these fields stand in the heading."""
        return all(self.find(field) for field in fields)

    def read_text(self, index: int, field: str) -> str:
        """One field of one study as it is written; empty where the file has no such field."""
        return self.rows[index].get(self.find(field) or field, "")

    def label(self, index: int) -> str:
        """The name of a study: its own column, or the row number."""
        named = [name for name in (self.read_text(index, field) for field in LABELS) if name]
        return named[0] if named else f"row {self.numbers[index]}"


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numeric columns of the studies that have them all, their labels, and who was left out."""

    columns: Mapping[str, Floats]
    kept: tuple[int, ...]
    labels: tuple[str, ...]
    left_out: tuple[str, ...]


def read_table(path: Path | str, rename: Mapping[str, str] | None = None) -> Table:
    """The table of a CSV file; ``rename`` maps our field names to the names in the file."""
    place = Path(path)
    lines, separator = _split(place)
    if len(lines) < 2:
        raise ReportError(f"{place.name}: needs a heading and at least one study")
    header = _rename(place.name, [cell.strip() for cell in lines[0][1]], dict(rename or {}))
    rows = tuple(_to_row(place.name, header, i, row) for i, row in lines[1:])
    decimal = _find_decimal(rows, separator)
    notes = _find_notes(rows, decimal)
    return Table(place.name, header, rows, tuple(i for i, _ in lines[1:]), decimal, notes)


def _split(place: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """The rows that hold anything, with their numbers, and what stands between the fields."""
    if not place.is_file():
        raise ReportError(f"{place}: no such file")
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ReportError(f"{place.name}: not a text file in UTF-8; save it as CSV UTF-8") from None
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    try:
        numbered = list(enumerate(csv.reader(text.splitlines(), delimiter=separator), start=1))
    except csv.Error as problem:
        raise ReportError(f"{place.name}: not a CSV file ({problem})") from None
    return [(i, row) for i, row in numbered if any(cell.strip() for cell in row)], separator


def _find_decimal(rows: Sequence[Mapping[str, str]], separator: str) -> str:
    """A comma where the file must mean it so; else a point."""
    cells = [cell for row in rows for cell in row.values()]
    is_comma = separator != "," and any(
        _WITH_COMMA.fullmatch(cell) and not _LIKE_THOUSANDS.fullmatch(cell) for cell in cells)
    return "," if is_comma and not any(_WITH_POINT.fullmatch(cell) for cell in cells) else "."


def _find_notes(rows: Sequence[Mapping[str, str]], decimal: str) -> tuple[str, ...]:
    """What was read one way and could be meant another."""
    cells = [cell for row in rows for cell in row.values()]
    unsure = [cell for cell in cells if decimal == "," and _LIKE_THOUSANDS.fullmatch(cell)]
    return tuple(f"{cell} is read as {cell.replace(',', '.')}, for commas are decimal signs in this file; "
                 f"write {cell.replace(',', '')} if it means thousands" for cell in unsure[:1])


def _rename(name: str, header: list[str], rename: dict[str, str]) -> tuple[str, ...]:
    strangers = sorted(set(rename.values()) - set(header))
    if strangers:
        raise ReportError(f"{name}, row 1: no field {strangers[0]}; the fields are {', '.join(header)}")
    back = {theirs: ours for ours, theirs in rename.items()}
    renamed = tuple(back.get(field, f"original {field}" if field in rename else field) for field in header)
    repeated = [field for field in renamed if renamed.count(field) > 1]
    if repeated:
        raise ReportError(f"{name}, row 1: field {repeated[0]} stands twice")
    return renamed


def _to_row(name: str, header: tuple[str, ...], number: int, row: list[str]) -> Mapping[str, str]:
    if len(row) != len(header):
        raise ReportError(f"{name}, row {number}: {len(row)} fields where the heading has {len(header)}")
    return {field: cell.strip() for field, cell in zip(header, row, strict=True)}


def read_numbers(table: Table, fields: Sequence[str], optional: Sequence[str] = ()) -> Numbers:
    """The needed fields as numbers; ReportError names the field that is absent or not a number."""
    for field in fields:
        if table.find(field) is None:
            raise ReportError(f"{table.path}, row 1: field {field} is missing; "
                              f"needed are {', '.join(fields)}, found are {', '.join(table.header)}")
    wanted = [*fields, *(f for f in optional if table.find(f))]
    values = np.array([[read_number(table, i, field) for field in wanted] for i in range(len(table.rows))])
    complete = np.all(np.isfinite(values[:, :len(fields)]), axis=1)
    kept = tuple(int(i) for i in np.flatnonzero(complete))
    left_out = tuple(
        f"{table.label(int(i))}: {_join_missing(fields, values[i])} missing"
        for i in np.flatnonzero(~complete)
    )
    if not kept:
        raise ReportError(f"{table.path}: no study has all of {', '.join(fields)}")
    columns = {field: values[complete, j] for j, field in enumerate(wanted)}
    return Numbers(columns, kept, tuple(table.label(i) for i in kept), left_out)


def _join_missing(fields: Sequence[str], values: Floats) -> str:
    """The fields of a study that are missing, in words."""
    absent = [field for field, value in zip(fields, values, strict=False) if not np.isfinite(value)]
    return f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'}"


def read_number(table: Table, index: int, field: str) -> float:
    """One field of one study, nan where it is missing or the file has no such field."""
    text = table.read_text(index, field)
    if text in MISSING:
        return math.nan
    try:
        number = float(text.replace(table.decimal, ".") if "_" not in text else "")
    except ValueError:
        number = math.inf
    if math.isinf(number):
        hint = "; write 0.4 for 0,4, and 1230 for 1,230" if _WITH_COMMA.fullmatch(text) else ""
        raise ReportError(f"{table.path}, row {table.numbers[index]}, field {field}: not a number{hint}")
    return number


def check_rows(table: Table, numbers: Numbers, holds: Flags, field: str, rule: str) -> None:
    """ReportError for the first row that breaks a rule."""
    broken = np.flatnonzero(~holds)
    if broken.size:
        row = table.numbers[numbers.kept[int(broken[0])]]
        raise ReportError(f"{table.path}, row {row}, field {field}: {rule}")
