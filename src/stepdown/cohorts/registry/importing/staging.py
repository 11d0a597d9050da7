"""Converted rows in a database: people numbered, rows that cannot stand set apart, tables written.

The rules are those of ``registry check``: a row that breaks one which must hold is set apart, with the
sentence of that rule as its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.cohorts.registry.cross_rules import list_cross_rules
from stepdown.cohorts.registry.importing.converting import PERSON, REASON, ROW
from stepdown.cohorts.registry.rules import latest, list_row_rules
from stepdown.patients.columns import Table
from stepdown.patients.faults import Grade
from stepdown.patients.tables import REQUIRED_TABLES, TABLES

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE = "source_number"
STAGED = "staged_"
COPY = "the same as another row in every column"
#: What check would call an error but import leaves to be mended at the source: setting it apart hides more.
LEFT_TO_CHECK = ("doubled-key", "periods-overlap", "observed-after-death")
SQL_TYPES = {"identifier": "BIGINT", "integer": "INTEGER", "number": "DOUBLE", "text": "VARCHAR",
             "boolean": "BOOLEAN", "date": "DATE"}


class Stage:
    """An empty database with a table of staged rows for each declared table."""

    def __init__(self, connection: Any) -> None:
        """Use this connection, which no extension is loaded into."""
        self.connection = connection
        for table in TABLES.values():
            columns = ", ".join(f'"{one.name}" {SQL_TYPES[one.type]}' for one in table)
            connection.execute(f"CREATE TABLE {STAGED}{table.name} ({columns}, {PERSON} VARCHAR, "
                               f"{ROW} BIGINT, {SOURCE} INTEGER, {REASON} VARCHAR)")

    def add(self, table: Table, rows: pa.Table, source: int) -> None:
        """Stage converted rows of one source; a row may have its reason already."""
        self.connection.register("arriving", rows)
        names = ", ".join(f'"{name}"' for name in rows.column_names)
        self.connection.execute(f"INSERT INTO {STAGED}{table.name} ({names}, {SOURCE}) "
                                f"SELECT {names}, {source} FROM arriving")
        self.connection.unregister("arriving")

    def derive_patients(self) -> int:
        """Add a person for each mark in other tables that has none; how many."""
        marks = " UNION ".join(f"SELECT {PERSON} FROM {STAGED}{name} WHERE {REASON} IS NULL"
                               for name in TABLES if name != "patients")
        self.connection.execute(
            f"INSERT INTO {STAGED}patients ({PERSON}, {SOURCE}) SELECT {PERSON}, -1 FROM ({marks}) "
            f"WHERE {PERSON} IS NOT NULL AND {PERSON} NOT IN "
            f"(SELECT {PERSON} FROM {STAGED}patients WHERE {PERSON} IS NOT NULL)")
        return self._count(f"{STAGED}patients WHERE {SOURCE} = -1")

    def derive_periods(self) -> int:
        """Add a period from the first to the last visit, scan or blood sample of each person; how many.

        It ends with the death of the person. Only people without a period of their own get one.
        """
        contacts = " UNION ALL ".join(
            f"SELECT {PERSON}, date FROM {STAGED}{name} WHERE {REASON} IS NULL AND date IS NOT NULL"
            for name in ("visits", "mri", "labs"))
        death = latest(TABLES["events"], "date")
        self.connection.execute(
            f"INSERT INTO {STAGED}observation_periods ({PERSON}, first_day, last_day, {SOURCE}) "
            f"SELECT {PERSON}, min(date), least(max(date), any_value(died)), -1 FROM ({contacts}) "
            f"LEFT JOIN (SELECT {PERSON}, min({death}) AS died FROM {STAGED}events "
            f"WHERE event = 'death' AND {REASON} IS NULL GROUP BY 1) USING ({PERSON}) "
            f"ANTI JOIN {STAGED}observation_periods o USING ({PERSON}) "
            f"GROUP BY {PERSON} HAVING min(date) <= coalesce(any_value(died), max(date))")
        return self._count(f"{STAGED}observation_periods WHERE {SOURCE} = -1")

    def number_people(self) -> None:
        """Set doubled people apart, number the others by their mark, and carry the number to all rows."""
        run = self.connection.execute
        self._set_contradictions_apart()
        run(f"UPDATE {STAGED}patients SET {REASON} = 'another row of the same person came before' "
            f"WHERE {REASON} IS NULL AND rowid NOT IN (SELECT min_by(rowid, ({SOURCE}, {ROW})) "
            f"FROM {STAGED}patients WHERE {REASON} IS NULL GROUP BY {PERSON})")
        run(f"CREATE TABLE numbers AS SELECT {PERSON}, row_number() OVER (ORDER BY {PERSON}) AS number "
            f"FROM {STAGED}patients WHERE {REASON} IS NULL")
        run(f"UPDATE {STAGED}patients t SET person_id = n.number, source_id = t.{PERSON} FROM numbers n "
            f"WHERE n.{PERSON} = t.{PERSON} AND {REASON} IS NULL")
        for name in TABLES:
            if name != "patients":
                run(f"UPDATE {STAGED}{name} t SET person_id = n.number FROM numbers n "
                    f"WHERE n.{PERSON} = t.{PERSON}")
        self._number_rows()

    def _set_contradictions_apart(self) -> None:
        """Every row of people who stand twice and not with the same: nobody can say which is right."""
        columns = ", ".join(f'"{name}"' for name in TABLES["patients"].names
                            if name not in ("person_id", "source_id"))
        self._give_reason(
            "patients", f"{PERSON} IN (SELECT {PERSON} FROM {STAGED}patients WHERE {REASON} IS NULL "
            f"GROUP BY 1 HAVING count(DISTINCT ({columns})) > 1)",
            "person_id: stands more than once and not with the same: nobody can say which row is right")

    def _number_rows(self) -> None:
        """Number the rows of each table in the order of people, dates and sources."""
        for table in TABLES.values():
            if table.name != "patients":
                date = f'"{table.happened or table.columns[2].name}"'
                self.connection.execute(
                    f"UPDATE {STAGED}{table.name} t SET {table.key} = k.n FROM (SELECT rowid AS r, "
                    f"row_number() OVER (ORDER BY person_id, {date}, {SOURCE}, {ROW}) AS n "
                    f"FROM {STAGED}{table.name}) k WHERE k.r = t.rowid")

    def set_apart(self) -> None:
        """Give a reason to each row that repeats another or breaks a rule which must hold."""
        filled = [table for table in TABLES.values() if self._count(f"{STAGED}{table.name}")]
        names = {table.name for table in filled}
        for table in filled:
            self._set_strangers_apart(table)
            self._set_copies_apart(table)
        for rule in list_row_rules():
            # The person is missing where nobody of that mark is there: said already, in better words.
            said = (("person_id",), (TABLES[rule.table].key,))
            if rule.grade is Grade.ERROR and rule.table in names and rule.columns not in said:
                self._give_reason(rule.table, f"({rule.broken})", _say(rule.columns, rule.sentence))
        self._create_views()
        for cross in list_cross_rules():
            if cross.grade is Grade.ERROR and cross.table in names and cross.name not in LEFT_TO_CHECK:
                key = TABLES[cross.table].key
                self.connection.execute(f"CREATE OR REPLACE TABLE found AS {cross.query}")
                self._give_reason(cross.table, f"{key} IN (SELECT key FROM found)",
                                  _say(cross.columns, cross.sentence))
        for table in filled:
            self._set_strangers_apart(table)
        self._mark_relapses_set_apart()

    def _mark_relapses_set_apart(self) -> None:
        """Put down with each person how many relapse rows were set apart: they are not free of relapses."""
        self.connection.execute(
            f"UPDATE {STAGED}patients SET relapses_set_apart = (SELECT count(*) FROM {STAGED}relapses r "
            f"WHERE r.{PERSON} = {STAGED}patients.{PERSON} AND r.{REASON} IS NOT NULL "
            f"AND r.{REASON} <> '{COPY}')")

    def _set_strangers_apart(self, table: Table) -> None:
        if table.name != "patients":
            self._give_reason(
                table.name, f"person_id IS NULL OR person_id NOT IN "
                f"(SELECT person_id FROM {STAGED}patients WHERE {REASON} IS NULL AND person_id IS NOT NULL)",
                "person_id: names nobody who was taken into patients")

    def _set_copies_apart(self, table: Table) -> None:
        """All but the first of rows that are equal in every declared column."""
        columns = ", ".join(f'"{one.name}"' for one in table if not one.key)
        self._give_reason(
            table.name, f"rowid IN (SELECT rowid FROM {STAGED}{table.name} WHERE {REASON} IS NULL "
            f"QUALIFY row_number() OVER (PARTITION BY {columns} ORDER BY {SOURCE}, {ROW}) > 1)",
            COPY)

    def _give_reason(self, table: str, condition: str, reason: str) -> None:
        text = reason.replace("'", "''")
        self.connection.execute(
            f"UPDATE {STAGED}{table} SET {REASON} = '{text}' WHERE {REASON} IS NULL AND ({condition})")

    def _create_views(self) -> None:
        """Views by the declared names, as the rules ask for them, of the rows not set apart so far."""
        for table in TABLES.values():
            names = ", ".join(f'"{name}"' for name in table.names)
            self.connection.execute(f"CREATE OR REPLACE VIEW {table.name} AS SELECT {names} "
                                    f"FROM {STAGED}{table.name} WHERE {REASON} IS NULL")
        self.connection.execute(
            f"CREATE OR REPLACE VIEW deaths AS SELECT person_id, min({latest(TABLES['events'], 'date')}) "
            "AS last_day FROM events WHERE event = 'death' AND date IS NOT NULL GROUP BY 1")

    def write(self, folder: Path, asked: Collection[str] = ()) -> dict[str, int]:
        """Write the tables that have rows, must be there, or were ``asked`` for; how many rows each has.

        A table that was asked for and had no row at all says that nothing of its kind is on file. One whose
        rows were all set apart says nothing, and is not written.
        """
        self._create_views()
        written = {}
        for table in TABLES.values():
            written[table.name] = self._count(table.name)
            is_empty = table.name in asked and not self._count(f"{STAGED}{table.name}")
            if written[table.name] or is_empty or table.name in REQUIRED_TABLES:
                key = "" if table.name == "patients" else f", row_number() OVER (ORDER BY {table.key})"
                named = f"* EXCLUDE ({table.key}){key} AS {table.key}" if key else "*"
                path = str(folder / f"{table.name}.parquet").replace("'", "''")
                self.connection.execute(f"COPY (SELECT {named} FROM {table.name} ORDER BY {table.key}) TO "
                                        f"'{path}' (FORMAT parquet, COMPRESSION zstd)")
        return written

    def list_reasons(self, table: Table, source: int) -> Iterator[tuple[int, str]]:
        """The rows of a source that were set apart, with their reasons, in order."""
        yield from self.connection.execute(
            f"SELECT {ROW}, {REASON} FROM {STAGED}{table.name} WHERE {SOURCE} = {source} "
            f"AND {REASON} IS NOT NULL ORDER BY {ROW}").fetchall()

    def _count(self, what: str) -> int:
        return int(self.connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def _say(columns: tuple[str, ...], sentence: str) -> str:
    return f"{', '.join(columns)}: {sentence}"
