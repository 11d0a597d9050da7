"""A PostgreSQL server of our own for tests, in a new folder, and OMOP databases loaded into it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWNER, READER, SECRET = "owner", "reader", "p@ss:word%1"
#: Types of DuckDB by their names in PostgreSQL.
_TYPES = {"DOUBLE": "double precision", "VARCHAR": "text"}


@dataclass(frozen=True)
class Server:
    """Where the server listens, and how to ask it as its owner."""

    port: int
    folder: Path

    def address(self, database: str, user: str = READER) -> str:
        """The address of a database, as a user types it."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", user: str = OWNER) -> Any:
        """A connection in which each statement counts at once."""
        import psycopg

        return psycopg.connect(self.address(database, user), password=SECRET, autocommit=True)

    def create(self, database: str, template: str = "template1") -> None:
        """Make a database anew, empty or as the copy of another."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")

    def run(self, database: str, statements: str) -> None:
        """Run statements in a database."""
        with self.connect(database) as connection:
            if statements:
                connection.execute(statements)


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    return folders[-1].parent if folders else Path(found).resolve().parent if found else None


@contextmanager
def run_server(programs: Path) -> Iterator[Server]:
    """A server on a free port, stopped at the end; as root it runs as the user ``postgres``."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # no folder of a test: the path of a socket must be short
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        (folder / "secret").chmod(0o644)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        _run(programs / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "scram-sha-256", "--no-sync",
             "-E", "UTF8", "--locale", "C", f"--pwfile={folder / 'secret'}")
        settings = f"-p {port} -k {folder} -c fsync=off -c listen_addresses=127.0.0.1"
        _run(programs / "pg_ctl", "-D", folder / "data", "-w", "-o", settings, "-l", folder / "log", "start")
        try:
            server = Server(port, folder)
            server.run("postgres", f"CREATE ROLE {READER} LOGIN PASSWORD '{SECRET}'")
            yield server
        finally:
            _run(programs / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: Path, *words: str | Path) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run([str(word) for word in (program, *words)], check=True, user=user, cwd="/",
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def load_cdm(server: Server, database: str, source: Path, schema: str = "cdm",
             vocabulary: str = "cdm") -> None:
    """Load every table of a DuckDB file; ``reader`` may select from them, and no more."""
    import duckdb

    with duckdb.connect(str(source), read_only=True) as connection, server.connect(database) as target:
        for name in dict.fromkeys((schema, vocabulary)):
            target.execute(f"CREATE SCHEMA {name}; GRANT USAGE ON SCHEMA {name} TO {READER}")
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            place = f"{vocabulary if table.startswith('concept') else schema}.{table}"
            _load_table(connection, target, table, place)


def _load_table(connection: Any, target: Any, table: str, place: str) -> None:
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    columns = ", ".join(f"{column[0]} {_TYPES.get(column[1], column[1])}" for column in described)
    target.execute(f"CREATE TABLE {place} ({columns}); GRANT SELECT ON {place} TO {READER}")
    with target.cursor() as cursor, cursor.copy(f"COPY {place} FROM STDIN") as copy:
        for row in connection.execute(f"SELECT * FROM {table}").fetchall():
            copy.write_row(row)
