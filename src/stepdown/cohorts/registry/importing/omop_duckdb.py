"""An OMOP database in a DuckDB file, attached for reading only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepdown.cohorts.registry.importing.omop_columns import CDM_TABLES
from stepdown.cohorts.registry.importing.omop_layout import SourceColumn
from stepdown.ms.errors import UserError

_ATTACHED = "omop"


@dataclass(frozen=True)
class DuckdbSource:
    """The attached file; what is copied does not leave the engine."""

    work: Any
    place: str
    prefix: str = f"{_ATTACHED}."
    notes: tuple[str, ...] = ()

    def list_columns(self) -> Iterable[SourceColumn]:
        """Every column of every table that has the name of one of OMOP."""
        names = ", ".join(f"'{name}'" for name in CDM_TABLES)
        rows = self.work.execute(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
            f"WHERE table_catalog = '{_ATTACHED}' AND lower(table_name) IN ({names})").fetchall()
        return [SourceColumn(*row) for row in rows]

    def count_rows(self, table: str) -> int:
        """The rows of a table by its full name."""
        return int(self._run(f"SELECT count(*) FROM {table}", table).fetchone()[0])

    def copy_rows(self, table: str, query: str, types: Mapping[str, str], insert: str,  # noqa: ARG002
                  report: Callable[[int], None]) -> None:
        """Run ``insert`` on the rows of a query, in one statement of the engine."""
        report(int(self._run(f"{insert} ({query})", table).fetchone()[0]))

    def _run(self, statement: str, table: str) -> Any:
        import duckdb

        try:
            return self.work.execute(statement)
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as problem:
            raise UserError(f"{self.place}: {table} holds a value that its column cannot hold in CDM 5.4, "
                            "such as a number too large.") from problem
        except (duckdb.IOException, duckdb.SerializationException) as problem:
            raise UserError(f"{self.place}: {table} cannot be read; is the file whole?") from problem


@contextmanager
def attach_duckdb(work: Any, path: Path) -> Iterator[DuckdbSource]:
    """The database of a file; UserError where it is none."""
    import duckdb

    if not path.is_file():
        raise UserError(f"{path}: there is no such file.")
    named = str(path).replace("'", "''")
    try:
        work.execute(f"ATTACH '{named}' AS {_ATTACHED} (READ_ONLY)")
    except duckdb.Error as problem:
        raise UserError(f"{path}: cannot be opened as a DuckDB database.") from problem
    yield DuckdbSource(work, str(path))
