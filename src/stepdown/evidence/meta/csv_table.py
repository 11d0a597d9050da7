"""Reads a table of studies from a CSV file; what is wrong is said with file, row and field.

Rows are counted as a spreadsheet shows them: the heading is row 1. Empty fields and NA are missing;
a study that misses a needed field is left out, and said so.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.meta.refusals import ReportError

MISSING = ("", "NA", "NaN", "nan", ".", "null")
LABELS = ("study", "trial", "author", "label", "slab")


@dataclass(frozen=True)
class Table:
    """The rows of a file as text, with the number of each row."""

    path: str
    header: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]

    def has(self, fields: Sequence[str]) -> bool:
        """Whether all these fields stand in the heading."""
        return all(field in self.header for field in fields)

    def label(self, index: int) -> str:
        """The name of a study: its own column, or the row number."""
        row = self.rows[index]
        named = [row[field] for field in LABELS if row.get(field)]
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
    if not place.is_file():
        raise ReportError(f"{place.name}: no such file")
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ReportError(f"{place.name}: not a text file in UTF-8; save it as CSV UTF-8") from None
    numbered = enumerate(csv.reader(text.splitlines()), start=1)
    lines = [(i, row) for i, row in numbered if any(cell.strip() for cell in row)]
    if len(lines) < 2:
        raise ReportError(f"{place.name}: needs a heading and at least one study")
    header = _rename(place.name, [cell.strip() for cell in lines[0][1]], dict(rename or {}))
    return Table(place.name, header, tuple(_to_row(place.name, header, i, row) for i, row in lines[1:]),
                 tuple(i for i, _ in lines[1:]))


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
        if field not in table.header:
            raise ReportError(f"{table.path}, row 1: field {field} is missing; "
                              f"needed are {', '.join(fields)}, found are {', '.join(table.header)}")
    wanted = [*fields, *(f for f in optional if f in table.header)]
    values = np.array([[_to_number(table, i, field) for field in wanted] for i in range(len(table.rows))])
    complete = np.all(np.isfinite(values[:, :len(fields)]), axis=1)
    kept = tuple(int(i) for i in np.flatnonzero(complete))
    missing = [table.label(int(i)) for i in np.flatnonzero(~complete)]
    left_out = tuple(f"{label}: a needed field is missing" for label in missing)
    columns = {field: values[complete, j] for j, field in enumerate(wanted)}
    return Numbers(columns, kept, tuple(table.label(i) for i in kept), left_out)


def _to_number(table: Table, index: int, field: str) -> float:
    text = table.rows[index][field]
    if text in MISSING:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if math.isinf(number):
        raise ReportError(f"{table.path}, row {table.numbers[index]}, field {field}: not a number")
    return number


def check_rows(table: Table, numbers: Numbers, holds: Flags, field: str, rule: str) -> None:
    """ReportError for the first row that breaks a rule."""
    broken = np.flatnonzero(~holds)
    if broken.size:
        row = table.numbers[numbers.kept[int(broken[0])]]
        raise ReportError(f"{table.path}, row {row}, field {field}: {rule}")
