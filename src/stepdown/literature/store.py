"""The store: one DuckDB file in a folder, with every record of every imported file, and which of them counts.

Nothing is overwritten: each record is a line with its PMID, version, file and place, and counts once its
file is whole. The record that counts for a PMID is the one with the highest version; of one version, the
one in the latest file; and none that a later file (or the end of its own) deletes. So the order in which
files arrive does not matter, importing one twice changes nothing, and a file that was broken off leaves
no trace.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.literature.citation_json import read_citation
from stepdown.ms.errors import MissingExtra, UserError

if TYPE_CHECKING:
    import duckdb

    from stepdown.literature.citation import Citation

FILE_NAME = "literature.duckdb"
SCHEMA_VERSION = 1
#: The bytes before the first block of a DuckDB file: three headers.
_HEADERS = 3 * 4096
_TABLES = ("store", "files", "records", "texts", "deletions", "notices")
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # No extension is fetched or loaded at run time, and the memory does not grow with the store.
    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
    "memory_limit": "256MB", "threads": "2",
}


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that is whole in the store: its name, checksum, place in the order, and what it held."""

    name: str
    sha256: str
    sequence: int
    topic: str
    records: int
    imported: str


class Store:
    """An open store; made by ``open_store``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        """Keep the connection to the DuckDB file at ``path``."""
        self.connection = connection
        self.path = path

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        return self.connection.execute(sql, list(values)).fetchall()

    def append(self, table: str, columns: dict[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        """Add rows to a table in one statement; ``columns`` gives the DuckDB type of each."""
        if rows:
            parts = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
            values = [list(part) for part in zip(*rows, strict=True)]
            self.connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {parts}", values)

    def read_files(self) -> list[ImportedFile]:
        """The whole files, in the order in which they count."""
        return [ImportedFile(*row) for row in self.ask(
            "SELECT name, sha256, sequence, topic, records, strftime(imported, '%Y-%m-%d %H:%M') FROM files "
            "WHERE is_whole ORDER BY sequence, id")]

    def read_citations(self, pmids: Iterable[str] | None = None) -> Iterator[Citation]:
        """The citations that count, in the order of their PMIDs: all, or those asked for.

        They come in batches, so that a store of any size can be read in little memory.
        """
        where, values = "", []
        if pmids is not None:
            where, values = " WHERE pmid IN (SELECT unnest(?::BIGINT[]))", [[int(pmid) for pmid in pmids]]
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT citation FROM citations{where} ORDER BY pmid", values)
        while rows := cursor.fetchmany(500):
            yield from (read_citation(text) for (text,) in rows)

    def count_citations(self) -> int:
        """How many citations count."""
        return int(self.ask("SELECT count(*) FROM citations")[0][0])


@contextmanager
def open_store(folder: Path, will_write: bool = False) -> Iterator[Store]:
    """The store in a folder, made when it will be written; UserError when it cannot be opened."""
    path = _find_store(folder, will_write)
    connection = _connect(path, will_write)
    try:
        store = Store(connection, path)
        if will_write:
            _prepare(store)
        _check_version(store)
        with _say_when_damaged(path):
            yield store
    finally:
        connection.close()


@contextmanager
def _say_when_damaged(path: Path) -> Iterator[None]:
    """Turn DuckDB's words about a block that does not fit its checksum into one sentence."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.InternalException, duckdb.FatalException) as error:
        raise UserError(f"{path}: is damaged, and cannot be read; put a whole copy in its place, or import "
                        "the files anew into another folder.") from error


def _find_store(folder: Path, will_write: bool) -> Path:
    path = folder / FILE_NAME
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file; --store names a folder.")
    if not will_write:
        if not path.is_file():
            raise UserError(f"{folder}: no store is there; make one with  stepdown literature import FILE "
                            f"--store {folder}")
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: the folder cannot be made; name one that you may write.") from error
    return path


def _connect(path: Path, will_write: bool) -> duckdb.DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("stepdown literature", "literature") from error

    try:
        if path.exists():
            connection = duckdb.connect(str(path), read_only=True, config=_SETTINGS)
            _check_length(connection, path)
            if not will_write:
                return connection
            connection.close()
        return duckdb.connect(str(path), config=_SETTINGS)
    except duckdb.IOException as error:
        raise UserError(_say_why_not(path, str(error))) from error
    except duckdb.Error as error:
        raise UserError(f"{path}: is not a store of stepdown; name another folder with --store.") from error


def _check_length(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """UserError when the file ends before the last block that its tables use: a part of it was cut off.

    DuckDB opens such a file, and reads from it until it comes to what is missing. (It cuts off blocks at the
    end that nothing uses itself, so the number of blocks in its header says nothing.) A file with a log of
    changes that were not yet written into it is not judged.
    """
    import duckdb

    if path.with_name(f"{path.name}.wal").exists():
        return
    size = path.stat().st_size
    try:
        is_whole = size >= _find_needed_bytes(connection)
    except (duckdb.IOException, duckdb.InternalException, duckdb.FatalException):
        is_whole = False
    if not is_whole:
        connection.close()
        raise UserError(f"{path}: is cut off, some of it is missing; put a whole copy in its place, or "
                        "import the files anew into another folder. Nothing was changed.")


def _find_needed_bytes(connection: duckdb.DuckDBPyConnection) -> int:
    """How long the file must be to hold every block that its tables and their descriptions use."""
    import duckdb

    used = "SELECT max(greatest(block_id, list_max(additional_block_ids))) FROM pragma_storage_info('{}')"
    asked = ["SELECT max(block_id) AS last FROM pragma_metadata_info()", *map(used.format, _TABLES)]
    size = "(SELECT block_size FROM pragma_database_size())"
    query = f"SELECT (1 + max(last)) * {size} FROM ({' UNION ALL '.join(asked)})"
    try:
        row = connection.execute(query).fetchone()
    except duckdb.CatalogException:  # no store of ours: said when its version is asked for
        return 0
    return _HEADERS + int(row[0]) if row and row[0] is not None else 0


def _say_why_not(path: Path, message: str) -> str:
    if "lock" in message.lower():
        return f"{path}: another program is using the store; wait until it is done."
    if "permission" in message.lower() or "read-only" in message.lower():
        return f"{path}: may not be opened; ask its owner for permission, or name another folder."
    return f"{path}: is not a store of stepdown, or it is damaged; name another folder with --store."


def _prepare(store: Store) -> None:
    """Make the tables where they are missing, and drop what a broken-off import left."""
    if not store.ask("SELECT 1 FROM duckdb_tables() WHERE table_name = 'store'"):
        schema = (files("stepdown.literature") / "store.sql").read_text("utf-8")
        store.connection.execute(f"BEGIN; {schema} COMMIT;")
    drop_unfinished(store)


def _check_version(store: Store) -> None:
    import duckdb

    found: list[tuple[Any, ...]] = []
    with contextlib.suppress(duckdb.CatalogException):
        found = store.ask("SELECT schema_version FROM store")
    if found != [(SCHEMA_VERSION,)]:
        raise UserError(f"{store.path}: is not a store of this version of stepdown; import the files anew "
                        "into another folder.")


def drop_unfinished(store: Store) -> None:
    """Drop everything of files that are not whole."""
    unfinished = [row[0] for row in store.ask("SELECT id FROM files WHERE NOT is_whole")]
    if unfinished:
        store.connection.begin()
        for table in ("records", "texts", "deletions", "notices"):
            store.ask(f"DELETE FROM {table} WHERE file IN (SELECT unnest(?::INTEGER[]))", [unfinished])
        store.ask("DELETE FROM files WHERE NOT is_whole")
        store.connection.commit()


@contextmanager
def say_when_full(path: Path) -> Iterator[None]:
    """Turn DuckDB's words about a file that cannot be written into one sentence."""
    import duckdb

    try:
        yield
    except duckdb.IOException as error:
        raise UserError(f"{path}: cannot be written; look whether the disk is full. Nothing was kept of the "
                        "file that was being read.") from error
