"""A CSV or Parquet file as cells of text, each row with its number in the file; nothing is read into them."""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITERS = ",;\t|"
TWICE = "is there twice; name its columns apart"
NO_CELLS = "holds neither text, numbers, dates nor yes or no"
#: Excel's own first line, which names the sign between cells.
_SAID_BY_EXCEL = re.compile(r"sep=([,;\t|])\n")


@dataclass(frozen=True)
class TextTable:
    """Columns of text by name; ``numbers`` are lines of the file (rows from 1 in Parquet).

    ``ragged`` holds rows with another number of cells than the first line has names, as they were.
    ``refused`` are columns that cannot be asked for, each with the reason.
    """

    name: str
    columns: dict[str, list[str | None]]
    numbers: list[int]
    ragged: tuple[tuple[int, str], ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    def find(self, column: str) -> list[str | None]:
        """The cells of a column; UserError with the nearest name when there is none, or why it is refused."""
        column = unicodedata.normalize("NFC", column)
        if column in self.refused:
            raise UserError(f"{self.name}: the column {column!r} {self.refused[column]}.")
        if column in self.columns:
            return self.columns[column]
        near = difflib.get_close_matches(column, self.columns, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.columns)}."
        raise UserError(f"{self.name}: there is no column {column!r}; {hint}")


def read_source(path: Path, encoding: str | None, delimiter: str | None) -> TextTable:
    """All rows of a file; UserError where it cannot be read as what its name says."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file; files of a mapping lie in the folder of the source.")
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        return _read_parquet(path)
    if name.endswith((".csv", ".tsv", ".txt")):
        return _read_csv(path, encoding, delimiter)
    if name.endswith((".xlsx", ".xls", ".ods")):
        raise UserError(f"{path}: is a workbook; save each sheet as CSV in UTF-8 and name that file.")
    raise UserError(f"{path}: files end in .csv, .tsv or .txt (or these with .gz), or in .parquet.")


def _read_csv(path: Path, encoding: str | None, delimiter: str | None) -> TextTable:
    lines = _decode(path, encoding)
    told = _SAID_BY_EXCEL.match(lines)
    sign = told[1] if told else delimiter or _find_delimiter(lines.partition("\n")[0])
    split = list(io.StringIO(lines))  # at ends of lines alone: other signs that part lines belong to cells
    rows = csv.reader(split, delimiter=sign)
    try:
        if told:
            next(rows)
        table, last = _gather(path, [cell.strip() for cell in next(rows, [])], rows)
    except csv.Error as problem:
        raise UserError(f"{path}: cannot be read as CSV near line {rows.line_num}.") from problem
    _check_quotes(path, split, last, sign)
    return table


def _check_quotes(path: Path, lines: list[str], last: int, sign: str) -> None:
    """UserError where the row after ``last`` lines has swallowed all below it, for want of a quote."""
    if len(lines) - last < 2:
        return
    try:
        list(csv.reader(lines[last:], delimiter=sign, strict=True))
    except csv.Error as problem:
        if "end of data" in str(problem):
            raise UserError(f"{path}: a quotation mark in line {last + 1} is never closed, so the rows below "
                            "it cannot be told apart; close it, or write it twice.") from None


def _decode(path: Path, encoding: str | None) -> str:
    """The text of a file; a byte order mark outranks the encoding that the mapping names."""
    content = _read_bytes(path)
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
    # One letter may be written in two ways that look the same, and marks and words must still meet.
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))


def _read_bytes(path: Path) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as problem:
        raise UserError(f"{path}: cannot be unpacked; is the file whole?") from problem


def _find_delimiter(header: str) -> str:
    """The sign that parts the names of the first line most often."""
    return max(DELIMITERS, key=header.count)


def _gather(path: Path, names: list[str], rows: Iterator[list[str]]) -> tuple[TextTable, int]:
    """Rows as columns, and how many lines lie before the last; empty lines are no rows.

    A row that does not fit its header is kept apart.
    """
    reader, last, line = rows, 0, 1
    columns: list[list[str | None]] = [[] for _ in names]
    numbers: list[int] = []
    ragged: list[tuple[int, str]] = []
    for row in reader:
        last, line = line, reader.line_num  # type: ignore[attr-defined]
        if len(row) == len(names):
            numbers.append(line)
            for column, cell in zip(columns, row, strict=True):
                column.append(cell)
        elif row:
            ragged.append((line, " | ".join(row)))
    doubled = {name: TWICE for name in names if names.count(name) > 1}
    apart = [f"{name}, column {place}" if name in doubled else name for place, name in enumerate(names, 1)]
    return TextTable(path.name, dict(zip(apart, columns, strict=True)), numbers, tuple(ragged), doubled), last


def _read_parquet(path: Path) -> TextTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise UserError(f"{path}: cannot be read as Parquet.") from problem
    columns = {name: _to_text(table[name]) for name in table.column_names}
    cells = {name: text for name, text in columns.items() if text is not None}
    refused = {name: NO_CELLS for name, text in columns.items() if text is None}
    return TextTable(path.name, cells, list(range(1, len(table) + 1)), refused=refused)


def _to_text(values: pa.ChunkedArray) -> list[str | None] | None:
    """A typed column as text; None for one that holds neither text, numbers, dates nor yes or no.

    Dates come out in ISO form, a moment as the clock showed it in the time zone of the column. Whole numbers
    that stand as fractions, because one of them was missing, come out whole.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        values = pc.local_timestamp(values)
    if pa.types.is_floating(values.type) and pc.all(pc.equal(values, pc.floor(values))).as_py() is not False:
        values = _make_whole(values)
    try:
        text: list[str | None] = pc.utf8_normalize(pc.cast(values, pa.string()), form="NFC").to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return text


def _make_whole(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Fractions that are whole, as whole numbers where these can hold them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.cast(pc.if_else(pc.is_nan(values), None, values), pa.int64())
    except pa.ArrowInvalid:
        return values
