"""An OMOP database in PostgreSQL, read in one transaction that can write nothing, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stepdown.cohorts.registry.importing.omop_columns import CDM_TABLES, DAY, ID, NUMBER
from stepdown.cohorts.registry.importing.omop_layout import SourceColumn
from stepdown.cohorts.registry.importing.postgres_address import explain_refusal, name_place, read_address
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

#: Bytes of rows that are held at a time.
_BLOCK = 4_000_000
_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL),
  has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT'),
  row_security_active(c.oid)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE lower(c.relname) = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT pg_is_other_temp_schema(n.oid)
"""
#: Of the transaction alone: how days and texts are written, and room for the numbers of people.
_SETTINGS = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL standard_conforming_strings = on; " \
    "SET LOCAL work_mem = '64MB'"
_MOMENT = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"
_ENDINGS: Mapping[str, str] = {
    "42501": "this user may not read {table}; ask for the right to SELECT, which is all that is needed",
    "57014": "the server ended the reading of {table} (a limit of time, such as statement_timeout, or an "
             "administrator)",
    "40001": "the server ended the reading of {table} because it follows another server; read from that one, "
             "or ask for a longer max_standby_streaming_delay",
}
_LOST = "the connection was lost while {table} was read; nothing was written, run the command again"


@dataclass(frozen=True)
class PostgresSource:
    """An open transaction; rows go from the server into the working database as they arrive."""

    connection: psycopg.Connection
    work: Any
    place: str
    notes: tuple[str, ...]
    prefix: str = ""

    def list_columns(self) -> Iterable[SourceColumn]:
        """Every column of every table or view that has the name of one of OMOP, readable or not."""
        with self._watch("the catalogue"):
            rows = self.connection.execute(_COLUMNS, [list(CDM_TABLES)]).fetchall()
        return [SourceColumn(*row) for row in rows]

    def count_rows(self, table: str) -> int:
        """The rows of a table by its full name."""
        with self._watch(table):
            row = self.connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        return int(row[0]) if row else 0

    def copy_rows(self, table: str, query: str, types: Mapping[str, str], insert: str,
                  report: Callable[[int], None]) -> None:
        """Run ``insert`` on the rows of a query, block by block, so that few are held at any time."""
        arrived = 0
        for rows in self._read_blocks(table, query):
            block = _read_block(rows, types, f"{self.place}: {table}")
            self.work.register("arriving", block)
            self.work.execute(f"{insert} arriving")
            self.work.unregister("arriving")
            arrived += len(block)
            report(arrived)

    def _read_blocks(self, table: str, query: str) -> Iterator[bytes]:
        """The rows of a query as CSV; the server sends each row whole."""
        statement = f"COPY ({query}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')".encode()
        with self._watch(table), self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            rows, size = [], 0
            for row in copy:
                rows.append(bytes(row))
                size += len(row)
                if size >= _BLOCK:
                    yield b"".join(rows)
                    rows, size = [], 0
            yield b"".join(rows)

    @contextmanager
    def _watch(self, table: str) -> Iterator[None]:
        """Turn what the server says into a sentence; its own words may hold a value of a row."""
        import psycopg

        try:
            yield
        except psycopg.Error as problem:
            is_lost = self.connection.broken or problem.sqlstate in (None, "57P01", "57P02", "57P03")
            sentence = _LOST if is_lost else _ENDINGS.get(problem.sqlstate or "", _say_code(problem.sqlstate))
            raise UserError(f"{self.place}: {sentence.format(table=table)}.") from None


def _say_code(code: str | None) -> str:
    if code and code.startswith("22"):
        return "{table} holds a value that its column cannot hold in CDM 5.4, such as a number too large"
    return f"the server did not read {{table}} to its end (its code is {code})"


def _read_block(rows: bytes, types: Mapping[str, str], place: str) -> pa.Table:
    """Lines of CSV as typed columns: nothing between two commas is unknown, and "" is an empty text."""
    import pyarrow as pa
    from pyarrow import csv

    kinds = {ID: pa.int64(), NUMBER: pa.float64(), DAY: pa.date32()}
    schema = pa.schema([(name, kinds.get(type_, pa.string())) for name, type_ in types.items()])
    if not rows:
        return schema.empty_table()
    try:
        return csv.read_csv(
            pa.py_buffer(rows),
            csv.ReadOptions(column_names=schema.names, block_size=len(rows) + 1, use_threads=False),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=True,
                               quoted_strings_can_be_null=False))
    except pa.ArrowInvalid:
        raise UserError(f"{place} holds what is no text in UTF-8; ask for the database in UTF-8.") from None


def _begin(connection: psycopg.Connection) -> tuple[str, ...]:
    """Begin the transaction, and say of which moment it is."""
    import psycopg

    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.prepare_threshold = None
    connection.execute(_SETTINGS)
    row = connection.execute(_MOMENT).fetchone()
    moment = row[0] if row else "a moment"
    return (f"Read from PostgreSQL in one transaction: every table is as it was at {moment} UTC.",)


@contextmanager
def open_postgres(work: Any, address: str) -> Iterator[PostgresSource]:
    """The database at an address, as it is at one moment; nothing is ever written to it.

    The transaction is read-only and repeatable-read: all tables are of the moment of the first statement. The
    password comes from PGPASSWORD, ~/.pgpass or a service file, as for every client of PostgreSQL. UserError
    where no connection is made; MissingExtra without psycopg.
    """
    parts = read_address(address)
    import psycopg

    try:
        connection = psycopg.connect(**parts)
    except psycopg.Error as problem:
        raise explain_refusal(parts, problem) from None
    try:
        yield PostgresSource(connection, work, name_place(parts), _begin(connection))
    finally:
        connection.close()
