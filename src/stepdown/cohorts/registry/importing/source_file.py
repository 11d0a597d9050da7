"""A CSV or Parquet file as cells of text, each row with its number in the file; nothing is read into them."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepdown.ms.errors import UserError

DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class TextTable:
    """Columns of text by name; ``numbers`` are lines of the file (rows from 1 in Parquet).

    ``ragged`` holds rows with another number of cells than the first line has names, as they were.
    """

    name: str
    columns: dict[str, list[str | None]]
    numbers: list[int]
    ragged: tuple[tuple[int, str], ...] = ()

    def find(self, column: str) -> list[str | None]:
        """The cells of a column; UserError with the nearest name when there is none."""
        if column in self.columns:
            return self.columns[column]
        near = difflib.get_close_matches(column, self.columns, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.columns)}."
        raise UserError(f"{self.name}: there is no column {column!r}; {hint}")


def read_source(path: Path, encoding: str | None, delimiter: str | None) -> TextTable:
    """All rows of a file; UserError where it cannot be read as what its name says."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file; files of a mapping lie in the folder of the source.")
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return _read_csv(path, encoding, delimiter)
    raise UserError(f"{path}: files end in .csv, .tsv, .txt or .parquet.")


def _read_csv(path: Path, encoding: str | None, delimiter: str | None) -> TextTable:
    lines = _decode(path, encoding)
    sign = delimiter or _find_delimiter(lines.partition("\n")[0])
    rows = csv.reader(lines.splitlines(keepends=True), delimiter=sign)
    try:
        names = _read_names(path, next(rows, []))
        return _gather(path, names, rows)
    except csv.Error as problem:
        raise UserError(f"{path}: cannot be read as CSV near line {rows.line_num}.") from problem


def _decode(path: Path, encoding: str | None) -> str:
    """The text of a file; a byte order mark outranks the encoding that the mapping names."""
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else encoding or "utf-8")
    except UnicodeDecodeError as problem:
        raise UserError(f"{path}: is not written in {encoding or 'UTF-8'}; say encoding in the mapping, "
                        "such as latin-1 or windows-1252.") from problem
    except LookupError as problem:
        raise UserError(f"{path}: the mapping names an encoding that does not exist.") from problem
    if not text.strip():
        raise UserError(f"{path}: is empty; even without rows a file needs a line with its columns.")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _find_delimiter(header: str) -> str:
    """The sign that parts the names of the first line most often."""
    return max(DELIMITERS, key=header.count)


def _read_names(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    doubled = [name for name in names if names.count(name) > 1]
    if doubled:
        raise UserError(f"{path}: the column {doubled[0]!r} is there twice; name its columns apart.")
    return names


def _gather(path: Path, names: list[str], rows: Iterator[list[str]]) -> TextTable:
    """Rows as columns; a row that does not fit its header is kept apart, empty lines are no rows."""
    reader = rows
    columns: list[list[str | None]] = [[] for _ in names]
    numbers: list[int] = []
    ragged: list[tuple[int, str]] = []
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        if len(row) == len(names):
            numbers.append(line)
            for column, cell in zip(columns, row, strict=True):
                column.append(cell)
        elif row:
            ragged.append((line, " | ".join(row)))
    return TextTable(path.name, dict(zip(names, columns, strict=True)), numbers, tuple(ragged))


def _read_parquet(path: Path) -> TextTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise UserError(f"{path}: cannot be read as Parquet.") from problem
    columns = {name: _to_text(table[name], name, path) for name in table.column_names}
    return TextTable(path.name, columns, list(range(1, len(table) + 1)))


def _to_text(values: object, name: str, path: Path) -> list[str | None]:
    """A typed column as text; dates come out in ISO form."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        text: list[str | None] = pc.cast(values, pa.string()).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise UserError(f"{path}: the column {name!r} holds neither text, numbers, dates nor yes or no.") \
            from problem
    return text
