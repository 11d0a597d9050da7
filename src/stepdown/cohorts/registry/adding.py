"""People written into a registry that is there: their rows behind those of all others, who do not change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.cohorts.registry.reading import find_table_files
from stepdown.ms.errors import MissingExtra, UserError
from stepdown.patients.registry_rows import RegistryRows, Row
from stepdown.patients.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class AddedPerson:
    """One person in the registry: number, whether older rows gave way, rows by table, what was left out."""

    source_id: str
    person_id: int
    replaced: bool
    rows: Mapping[str, int]
    left_out: tuple[str, ...]


def add_people(folder: Path, people: Sequence[RegistryRows]) -> tuple[AddedPerson, ...]:
    """Write people into a registry; who is there by the same ``source_id`` gets the new rows for the old.

    Each table is put in place whole, that of the people last: a command that was broken off is given again.
    Rows for a table that the registry does not have are left out, because a table with one person in it would
    say of all others that nothing happened. UserError for a person without an id or given twice, and for
    tables in parts.
    """
    files = find_table_files(folder)
    _refuse(files, people)
    known, last = _find_numbers(files["patients"])
    numbers = _number(people, known, last)
    for name in [name for name in TABLES if name != "patients" and name in files] + ["patients"]:
        rows = [{"person_id": numbers[one.source_id], **row} for one in people for row in one.tables[name]]
        _write_table(files[name], name, rows, set(numbers.values()))
    return tuple(_describe(one, numbers[one.source_id], one.source_id in known, files) for one in people)


def _refuse(files: Mapping[str, Path], people: Sequence[RegistryRows]) -> None:
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as problem:
        raise MissingExtra("writing into a registry", "cohorts") from problem
    parts = [path.name for path in files.values() if path.is_dir()]
    if parts:
        raise UserError(f"{parts[0]} is kept in parts: people are added to tables of one file each.")
    ids = [one.source_id for one in people]
    if not all(ids):
        raise UserError("a person file needs an id to enter a registry: your own mark, not a name.")
    if len(set(ids)) < len(ids):
        raise UserError("two of the person files have the same id.")


def _find_numbers(path: Path) -> tuple[dict[str, int], int]:
    """The number of each person by the mark of the source, and the highest number."""
    from pyarrow import parquet

    names = parquet.read_schema(path).names
    table = parquet.read_table(path, columns=[name for name in ("person_id", "source_id") if name in names])
    numbers = table["person_id"].to_pylist()
    marks = table["source_id"].to_pylist() if "source_id" in names else []
    known = {str(mark): number for mark, number in zip(marks, numbers, strict=False) if mark is not None}
    return known, max(numbers, default=0)


def _number(people: Sequence[RegistryRows], known: Mapping[str, int], last: int) -> dict[str, int]:
    new = [one.source_id for one in people if one.source_id not in known]
    fresh = {mark: last + place for place, mark in enumerate(new, start=1)}
    return {one.source_id: known.get(one.source_id) or fresh[one.source_id] for one in people}


def _write_table(path: Path, name: str, rows: Sequence[Row], numbers: set[int]) -> None:
    """A table with the rows of these people in place of any they had; all others are copied as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    key, draft = TABLES[name].key, path.with_name(f".{path.name}.part")
    with parquet.ParquetFile(path) as old:
        schema = _extend(old.schema_arrow, name, rows)
        last = 0
        with parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
            for table in _keep_others(old, schema, numbers):
                last = max(last, pc.max(table[key]).as_py() or 0)
                writer.write_table(table)
            placed = rows if key == "person_id" else [{key: last + place, **row}
                                                      for place, row in enumerate(rows, start=1)]
            writer.write_table(pa.Table.from_pylist([_fit(row, schema) for row in placed], schema))
    os.replace(draft, path)


def _extend(schema: pa.Schema, name: str, rows: Sequence[Row]) -> pa.Schema:
    """The columns of the file, and declared ones that the new rows fill and the file lacks or left empty."""
    import pyarrow as pa

    types = {"identifier": pa.int64(), "integer": pa.int32(), "number": pa.float64(), "text": pa.string(),
             "boolean": pa.bool_(), "date": pa.date32()}
    filled = {column for row in rows for column, value in row.items() if value is not None}
    for column in TABLES[name]:
        place = schema.get_field_index(column.name)
        if column.name in filled and (place < 0 or pa.types.is_null(schema.field(place).type)):
            field = pa.field(column.name, types[column.type])
            schema = schema.append(field) if place < 0 else schema.set(place, field)
    return schema.remove_metadata()


def _keep_others(old: Any, schema: pa.Schema, numbers: set[int]) -> Iterator[pa.Table]:
    """The rows of all other people, a batch at a time, with NULL in columns that the file did not have."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(sorted(numbers), pa.int64())
    for batch in old.iter_batches():
        table = pa.Table.from_batches([batch])
        table = table.filter(pc.invert(pc.is_in(table["person_id"].cast(pa.int64()), wanted)))
        for field in schema:
            if field.name not in table.column_names:
                table = table.append_column(field, pa.nulls(len(table), field.type))
        yield table.select(schema.names).cast(schema)


def _fit(row: Row, schema: pa.Schema) -> Row:
    return {name: row.get(name) for name in schema.names}


def _describe(one: RegistryRows, number: int, replaced: bool, files: Mapping[str, Path]) -> AddedPerson:
    absent = [f"{name}: this registry has no such table; {len(rows)} of its rows were left out"
              for name, rows in one.tables.items() if rows and name not in files]
    counts = {name: len(rows) for name, rows in one.tables.items() if name in files}
    return AddedPerson(one.source_id, number, replaced, counts, (*one.left_out, *absent))
