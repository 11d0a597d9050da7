"""A registry folder as tables: every declared column with its declared type, unknown as NULL.

The same Ibis expressions serve DuckDB and Spark. NaN becomes NULL, a column that a file lacks is NULL in
every row, a date without precision is known to the day, and whether there were lesions follows from their
number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import MissingExtra, UserError
from stepdown.patients.columns import PRECISION_SUFFIX, Column, Table
from stepdown.patients.tables import LESIONS, REQUIRED_TABLES, TABLES

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table as IbisTable

#: The Ibis type of each declared type.
IBIS_TYPES: Mapping[str, str] = MappingProxyType({
    "identifier": "int64",
    "integer": "int32",
    "number": "float64",
    "text": "string",
    "boolean": "boolean",
    "date": "date",
})


#: The file by which a simulated registry says that it is one.
SIMULATION = "simulation.json"


@dataclass(frozen=True)
class Registry:
    """The tables of a registry on one engine, in the order of the declaration.

    ``absent`` names the tables without a file: they have no rows, and that says nothing about anybody.
    """

    folder: Path
    tables: Mapping[str, IbisTable]
    absent: tuple[str, ...]


def connect_duckdb(**settings: Any) -> BaseBackend:
    """DuckDB inside this process, in the time zone UTC, that fetches and loads no extension.

    ``settings`` are those of DuckDB, such as ``threads`` or ``memory_limit``; MissingExtra without Ibis.
    """
    try:
        import ibis
    except ModuleNotFoundError as problem:
        raise MissingExtra("reading a registry", "cohorts") from problem
    closed = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    return ibis.duckdb.connect(**closed, **settings)


def find_table_files(folder: Path) -> dict[str, Path]:
    """The Parquet file, or folder of Parquet files, of each table that is there.

    UserError where the folder is none, or lacks a table without which it is no registry.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder; a registry is a folder of Parquet files.")
    found = {name: folder / f"{name}.parquet" for name in TABLES if (folder / f"{name}.parquet").exists()}
    for name in REQUIRED_TABLES:
        if name not in found:
            raise UserError(
                f"{folder}: there is no {name}.parquet, so this is no registry; "
                "make one with stepdown registry import or stepdown registry simulate."
            )
    return found


def is_simulated(folder: Path) -> bool:
    """Whether the people of a registry are invented."""
    return (folder / SIMULATION).exists()


def read_registry(backend: BaseBackend, folder: Path) -> Registry:
    """The tables of a folder as declared; UserError for a file or a column that cannot be read so."""
    files = find_table_files(folder)
    people = _read_file(backend, files["patients"])
    tables = {
        name: _declare(_read_file(backend, files[name]), table, files[name])
        if name in files
        else _empty(people, table)
        for name, table in TABLES.items()
    }
    return Registry(folder, MappingProxyType(tables), tuple(name for name in TABLES if name not in files))


def _read_file(backend: BaseBackend, path: Path) -> IbisTable:
    """A file, or all files of a folder, as it stands."""
    from pyarrow import ArrowInvalid
    from pyarrow.parquet import read_schema

    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    try:
        for part in parts:
            read_schema(part)
    except (ArrowInvalid, OSError) as problem:
        raise UserError(f"{path}: cannot be read as Parquet.") from problem
    if not parts:
        raise UserError(f"{path}: this folder holds no file ending in .parquet.")
    return backend.read_parquet(str(path / "*.parquet") if path.is_dir() else str(path))


def _declare(raw: IbisTable, table: Table, path: Path) -> IbisTable:
    """The declared columns of a table in their order, each of its declared type."""
    columns = {column.name: _read_column(raw, column, path) for column in table}
    for name in [name for name in columns if name + PRECISION_SUFFIX in columns]:
        precision = columns[name + PRECISION_SUFFIX]
        columns[name + PRECISION_SUFFIX] = columns[name].isnull().ifelse(None, precision.coalesce("day"))
    if table.name == "mri":
        for name in LESIONS:
            columns[f"any_{name}"] = columns[f"any_{name}"].coalesce(columns[name] > 0)
    return raw.select(**columns)


def _read_column(raw: IbisTable, column: Column, path: Path) -> Any:
    """A column in its declared type, NULL where the file has none, NaN as NULL."""
    import ibis

    kind = IBIS_TYPES[column.type]
    if column.name not in raw.columns and column.required:
        raise UserError(f"{path}: the column {column.name} is missing.")
    if column.name not in raw.columns or _holds_nothing(raw[column.name]):
        return ibis.null(kind)
    value = raw[column.name]
    _check_type(value, column, path)
    if value.type().is_floating():
        value = value.isnan().ifelse(None, value)
        if column.type == "integer":
            _check_whole(value, column, path)
    return value.cast(kind)


def _check_whole(value: Any, column: Column, path: Path) -> None:
    """UserError for fractions where whole numbers stand: a cast would round them in silence."""
    if (value != value.floor()).any().execute():
        raise UserError(f"{path}: the column {column.name} holds fractions, and not whole numbers.")


def _holds_nothing(value: Any) -> bool:
    """Whether a column was written without a type, because every row of it is NULL."""
    found = value.type()
    return bool(found.is_null() or (found.is_unknown() and "NULL" in str(found)))


def _check_type(value: Any, column: Column, path: Path) -> None:
    """UserError for a column whose type in the file cannot mean what it should."""
    found = value.type()
    fits = {
        "identifier": found.is_integer(),
        "integer": found.is_integer() or found.is_floating(),
        "number": found.is_numeric(),
        "text": found.is_string(),
        "boolean": found.is_boolean(),
        "date": found.is_date() or found.is_timestamp(),
    }[column.type]
    if not fits:
        raise UserError(
            f"{path}: the column {column.name} holds {found}, and not {column.type}; "
            "stepdown registry import brings files of any form into this one."
        )


def _empty(people: IbisTable, table: Table) -> IbisTable:
    """A table without rows."""
    import ibis

    columns = {column.name: ibis.null(IBIS_TYPES[column.type]) for column in table}
    return people.select(**columns).limit(0)
