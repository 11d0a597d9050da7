"""Rows of text as rows of a declared table, each with the first reason why it cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stepdown.cohorts.registry.importing.mapping import UNIT, ColumnMapping, Entry, Written
from stepdown.cohorts.registry.importing.source_file import TextTable
from stepdown.cohorts.registry.importing.values import (
    NOT_NAMED,
    OTHER,
    Style,
    make_style,
    read_cell,
    read_lab,
    read_therapy,
)
from stepdown.ms.dates import PartialDate
from stepdown.patients.columns import PRECISION_SUFFIX, Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

Cells = Sequence[str | None]
#: The person as the source names them, the place of the row, and why it is not taken.
PERSON, ROW, REASON = "source_person", "source_row", "reason"


@dataclass(frozen=True)
class Converted:
    """The rows of one entry that its mapping asks for, as columns; ``left_aside`` are those it does not."""

    table: Table
    rows: pa.Table
    left_aside: int


@dataclass
class _Filled:
    """A declared column being filled, with the reason of each row that it cannot take."""

    values: list[Any]
    precisions: list[str | None]
    reasons: list[str | None]


def convert_entry(source: TextTable, entry: Entry, table: Table, style: Style) -> Converted:
    """The rows of a source for a table, converted; UserError for a column that the source does not have."""
    kept = _find_asked_for(source, entry)
    filled = {name: _fill(source, spec, table.column(name), style, kept)
              for name, spec in entry.columns.items() if name not in ("person_id", UNIT, "value", "result")}
    if table.name == "labs":
        filled |= _fill_labs(source, entry, table, style, kept)
    people = [source.find(name) for name in entry.columns["person_id"].column or ()]
    persons = [_name_person(people, row, style) for row in kept]
    reasons = _find_first_reasons(persons, filled)
    numbers = [source.numbers[row] for row in kept]
    return Converted(table, _to_arrow(table, filled, persons, numbers, reasons),
                     len(source.numbers) - len(kept))


def find_style(general: Written, own: Written) -> Style:
    """The style of an entry: its own words, else those at the beginning of the mapping."""
    both = {name: getattr(own, name) if getattr(own, name) is not None else getattr(general, name)
            for name in Written.model_fields}
    return make_style(both["decimal"], both["dates"], both["unknown"] or (), both["yes"] or (),
                      both["no"] or ())


def _find_asked_for(source: TextTable, entry: Entry) -> list[int]:
    """The rows that have one of the wanted words in each column of ``where``."""
    kept = list(range(len(source.numbers)))
    for column, words in entry.where.items():
        cells, wanted = source.find(column), {word.casefold() for word in words}
        kept = [row for row in kept if (cells[row] or "").strip().casefold() in wanted]
    return kept


def _name_person(columns: Sequence[Cells], row: int, style: Style) -> str | None:
    parts = [cell.strip() for cells in columns if not style.is_unknown(cell := cells[row]) and cell]
    return "/".join(parts) if len(parts) == len(columns) else None


def _fill(source: TextTable, spec: ColumnMapping, column: Column, style: Style, kept: list[int]) -> _Filled:
    """A column from its cells; each different cell is read once, however many rows have it."""
    read = read_cell(column, style)
    if spec.value is not None:
        return _repeat(read, spec.value, len(kept))
    words = {word.strip().casefold(): meaning for word, meaning in spec.words.items()}
    choose = _choose_therapy if column.name == "therapy" else _choose_first
    cells = [source.find(name) for name in spec.column or ()]
    return _read_once(lambda key: choose(key, words, read, style),
                      list(zip(*([each[row] for row in kept] for each in cells), strict=True)))


def _choose_first(key: tuple[str | None, ...], words: dict[str, str], read: Callable[[str], Any],
                  style: Style) -> Any:
    """The value of the first column that says anything; None when none does."""
    for cell in key:
        word = words.get((cell or "").strip().casefold())
        if word is not None:
            return None if style.is_unknown(word) else read(word)
        if cell is not None and not style.is_unknown(cell):
            return read(cell)
    return None


def _choose_therapy(key: tuple[str | None, ...], words: dict[str, str], _: Callable[[str], Any],
                    style: Style) -> str:
    """The first column that leads to a therapy of the catalogue, else the last that names one."""
    named = [words.get(cell.strip().casefold(), cell) for cell in key
             if cell is not None and (cell.strip().casefold() == "none" or not style.is_unknown(cell))]
    found = [read_therapy(name) for name in named]
    return next((name for name in found if not name.startswith(OTHER)), found[-1] if found else NOT_NAMED)


def _repeat(read: Callable[[str], Any], text: str, count: int) -> _Filled:
    return _read_once(lambda _: read(text), [("",)] * count)


def _read_once(read: Callable[[tuple[str | None, ...]], Any], keys: list[tuple[str | None, ...]]) -> _Filled:
    seen: dict[tuple[str | None, ...], tuple[Any, str | None, str | None]] = {}
    for key in keys:
        if key not in seen:
            seen[key] = _try(read, key)
    rows = [seen[key] for key in keys]
    return _Filled([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def _try(read: Callable[[tuple[str | None, ...]], Any],
         key: tuple[str | None, ...]) -> tuple[Any, str | None, str | None]:
    """The value, how much of a date is known, and why the value could not be read."""
    try:
        value = read(key)
    except ValueError as problem:
        return None, None, str(problem)
    if isinstance(value, PartialDate):
        return value.earliest, _name_precision(value), None
    return value, None, None


def _name_precision(value: PartialDate) -> str:
    return "day" if value.day else "month" if value.month else "year"


def _fill_labs(source: TextTable, entry: Entry, table: Table, style: Style,
               kept: list[int]) -> dict[str, _Filled]:
    """Number and word of laboratory results, which need the test and the unit to be read."""
    count = len(kept)
    tests = _fill(source, entry.columns["test"], table.column("test"), style, kept).values
    written = _find_texts(source, entry.columns.get("value") or entry.columns.get("result"), kept)
    units = _find_texts(source, entry.columns.get(UNIT), kept)
    keys: list[tuple[str | None, ...]] = list(zip(tests, written, units, strict=True))
    both = _read_once(lambda key: None if key[0] is None else _read_lab(key[0], key[1], key[2], style), keys)
    values = [each or (None, None) for each in both.values]
    blank: list[str | None] = [None] * count
    return {"value": _Filled([each[0] for each in values], blank, both.reasons),
            "result": _Filled([each[1] for each in values], blank, list(blank))}


def _read_lab(test: str, written: str | None, unit: str | None,
              style: Style) -> tuple[float | None, str | None]:
    if written is None or style.is_unknown(written):
        raise ValueError("is not known, so it is no result")
    return read_lab(test, written, unit, style)


def _find_texts(source: TextTable, spec: ColumnMapping | None, kept: list[int]) -> Cells:
    """The words of a column after those of the mapping; a fixed value in every row."""
    if spec is None:
        return [None] * len(kept)
    if spec.value is not None:
        return [spec.value] * len(kept)
    cells = source.find((spec.column or ("",))[0])
    words = {word.strip().casefold(): meaning for word, meaning in spec.words.items()}
    return [words.get((cells[row] or "").strip().casefold(), cells[row]) for row in kept]


def _find_first_reasons(persons: Cells, filled: dict[str, _Filled]) -> list[str | None]:
    """The first reason of each row, with the column it is about."""
    reasons: list[str | None] = [None if person else "person_id: nobody is named" for person in persons]
    for name, column in filled.items():
        for row, reason in enumerate(column.reasons):
            if reason is not None and reasons[row] is None:
                reasons[row] = f"{name}: {reason}"
    return reasons


def _to_arrow(table: Table, filled: dict[str, _Filled], persons: Cells, numbers: list[int],
              reasons: list[str | None]) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, Any] = {
        PERSON: pa.array(persons, pa.string()),
        ROW: pa.array(numbers, pa.int64()),
        REASON: pa.array(reasons, pa.string()),
    }
    kinds = {"text": pa.string(), "boolean": pa.bool_(), "date": pa.date32(), "number": pa.float64(),
             "integer": pa.int32(), "identifier": pa.int64()}
    for column in table:
        if column.key or column.name in ("person_id", "source_id"):
            continue
        base = column.name.removesuffix(PRECISION_SUFFIX)
        from_ = filled.get(base)
        values = None if from_ is None else from_.precisions if base != column.name else from_.values
        columns[column.name] = pa.array(values or [None] * len(numbers), kinds[column.type])
    return pa.table(columns)
