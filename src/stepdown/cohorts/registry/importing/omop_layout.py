"""Where the tables of an OMOP database lie, and how each column is asked for: by name, case and type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from stepdown.cohorts.registry.importing.omop_columns import (
    CDM_TABLES,
    DAY,
    ID,
    NUMBER,
    TEXT,
    TYPE_NAMES,
    VOCABULARY,
    CdmTable,
)
from stepdown.ms.errors import UserError

_NUMERIC = re.compile(r"(u?(small|big|tiny|huge)?int|numeric|decimal|real|double|float)", re.IGNORECASE)
_DATED = re.compile(r"(date|timestamp)", re.IGNORECASE)
_TEXTUAL = re.compile(r"(text|varchar|char)", re.IGNORECASE)
#: What is outside of these, such as infinity, is no day.
_DAYS = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


@dataclass(frozen=True)
class Schemas:
    """The schemas that the user named; None: the only one that holds the tables."""

    cdm: str | None = None
    vocabulary: str | None = None


@dataclass(frozen=True)
class SourceColumn:
    """A column that the database says it has, by its very names.

    ``may_read``: whether this user may; ``is_hidden_in_part``: whether a policy may hide rows from this user.
    """

    schema: str
    table: str
    name: str
    type: str
    may_read: bool = True
    is_hidden_in_part: bool = False


class OmopSource(Protocol):
    """A database that is read and never written to."""

    @property
    def place(self) -> str:
        """How a sentence names it."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the report says of where the rows are from."""

    @property
    def prefix(self) -> str:
        """What stands before the schema in the full name of a table."""

    def list_columns(self) -> Iterable[SourceColumn]:
        """Every column of every table that has the name of one of OMOP, whatever the case."""

    def count_rows(self, table: str) -> int:
        """The rows of a table by its full name."""

    def copy_rows(self, table: str, query: str, types: Mapping[str, str], insert: str,
                  report: Callable[[int], None]) -> None:
        """Run ``insert``, which ends in FROM, on the rows of a query; tells how many have arrived.

        ``types`` are the columns of the query in order; ``table`` is what a sentence names.
        """


@dataclass(frozen=True)
class SourceTable:
    """A table with its full name and its columns by lower-case name."""

    schema: str
    name: str
    columns: Mapping[str, SourceColumn]

    @property
    def full_name(self) -> str:
        """As SQL, in its very case."""
        return f"{quote(self.schema)}.{quote(self.name)}"

    def lacks(self, declared: CdmTable) -> list[str]:
        """The columns without which it is not read."""
        return [name for name in declared.columns if name not in self.columns]


@dataclass(frozen=True)
class Layout:
    """The tables that are read, by their names in CDM 5.4, and what has to be said about the others."""

    tables: Mapping[str, SourceTable]
    notes: tuple[str, ...]


def quote(name: str) -> str:
    """A name as SQL takes it in its very case."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def find_layout(source: OmopSource, wanted: Schemas) -> Layout:
    """Where each table lies; UserError for a schema, table or column that is missing or may not be read."""
    found = _group(source.list_columns())
    cdm = _choose(source, found, wanted.cdm, "person", "--schema")
    others = [name for name in CDM_TABLES if name not in VOCABULARY]
    tables, notes = _find_tables(source, cdm, found[cdm], others)
    inside = wanted.vocabulary is None and "concept" in found[cdm]
    words = cdm if inside else _choose(source, found, wanted.vocabulary, "concept", "--vocabulary-schema")
    more, told = _find_tables(source, words, found[words], VOCABULARY)
    return Layout(tables | more, (*notes, *told))


def _find_tables(source: OmopSource, schema: str, there: Mapping[str, SourceTable],
                 names: Iterable[str]) -> tuple[dict[str, SourceTable], list[str]]:
    """The tables of these names that are read, and what has to be said about the others."""
    tables, notes = {}, []
    for name in names:
        declared, table = CDM_TABLES[name], there.get(name)
        lacking = table.lacks(declared) if table else []
        if table is not None and not lacking:
            _check(source, table, declared)
            tables[name] = table
            notes += _list_doubts(name, table, declared)
        elif declared.needed:
            raise UserError(f"{source.place}: is no OMOP database (CDM 5.4): "
                            f"{_say_lack(schema, name, lacking)}.")
        else:
            why = f"it lacks {', '.join(lacking)}" if lacking else "it is missing"
            notes.append(f"{name} was not read: {why}; nothing of it is known.")
    return tables, notes


def _list_doubts(name: str, table: SourceTable, declared: CdmTable) -> list[str]:
    """What has to be said about a table that is read."""
    hidden = any(column.is_hidden_in_part for column in table.columns.values())
    said = f"{name}: a policy of the server may hide rows from this user; they are neither read nor counted."
    return [*([said] if hidden else []),
            *(f"{name}.{column} is missing, so it is unknown in every row."
              for column in declared.others if column not in table.columns)]


def _group(columns: Iterable[SourceColumn]) -> dict[str, dict[str, SourceTable]]:
    """The tables of each schema; of two that differ in case alone the one in lower case."""
    gathered: dict[str, dict[str, dict[str, SourceColumn]]] = {}
    for column in columns:
        gathered.setdefault(column.schema, {}).setdefault(column.table, {})[column.name.lower()] = column
    return {schema: {name.lower(): SourceTable(schema, name, tables[name]) for name in sorted(tables)}
            for schema, tables in gathered.items()}


def _choose(source: OmopSource, found: Mapping[str, Mapping[str, SourceTable]], named: str | None,
            table: str, option: str) -> str:
    """The schema that was named, else the only one that holds the table."""
    holding = sorted(schema for schema, tables in found.items() if table in tables)
    if named is not None:
        alike = [named] if named in found else [one for one in found if one.casefold() == named.casefold()]
        if len(alike) != 1:
            others = f"; the table {table} is in {', '.join(holding)}" if holding else ""
            raise UserError(f"{source.place}: there is no schema {named} with tables of OMOP in it{others}.")
        return alike[0]
    if not holding:
        raise UserError(f"{source.place}: is no OMOP database (CDM 5.4): no schema holds the table {table}.")
    if len(holding) > 1:
        raise UserError(f"{source.place}: the table {table} is in {', '.join(holding)}; "
                        f"name one of these schemas with {option}.")
    return holding[0]


def _say_lack(schema: str, table: str, lacking: list[str]) -> str:
    if lacking:
        return f"the table {table} in the schema {schema} lacks {', '.join(lacking)}"
    return f"the table {table} is missing in the schema {schema}"


def _check(source: OmopSource, table: SourceTable, declared: CdmTable) -> None:
    """UserError for a column that may not be read, or whose type cannot be what CDM 5.4 says."""
    for name, type_ in declared.types.items():
        column = table.columns.get(name)
        if column is not None and not column.may_read:
            raise UserError(f"{source.place}: this user may not read {table.schema}.{table.name}; "
                            "ask for the right to SELECT, which is all that is needed.")
        if column is not None and _ask(column, type_) is None:
            raise UserError(f"{source.place}: {table.schema}.{table.name}.{column.name} holds "
                            f"{column.type}, and CDM 5.4 has {TYPE_NAMES[type_]} there.")


def _ask(column: SourceColumn, type_: str) -> tuple[str, str] | None:
    """A column as SQL with the type it is sent in; None where that cannot be.

    Numbers that stand in a column of text are sent as text: what is none becomes unknown here.
    """
    name = f"t.{quote(column.name)}"
    if type_ == TEXT:
        return f"CAST({name} AS VARCHAR)", TEXT
    if type_ == DAY:
        day = f"CAST({name} AS DATE)"
        return (f"CASE WHEN {day} {_DAYS} THEN {day} END", DAY) if _DATED.match(column.type) else None
    if _NUMERIC.match(column.type):
        return (f"CAST({name} AS DOUBLE PRECISION)", NUMBER) if type_ == NUMBER else \
            (f"CAST({name} AS BIGINT)", ID)
    return (f"CAST({name} AS VARCHAR)", TEXT) if type_ != ID and _TEXTUAL.match(column.type) else None


def ask_columns(table: SourceTable, declared: CdmTable) -> tuple[str, dict[str, str]]:
    """The columns of a table as SQL in the order of CDM_TABLES, and the type that each is sent in."""
    asked = {}
    for name, type_ in declared.types.items():
        column = table.columns.get(name)
        asked[name] = ("CAST(NULL AS VARCHAR)", TEXT) if column is None else _ask(column, type_)
    known = {name: each for name, each in asked.items() if each is not None}
    return (", ".join(f"{text} AS {name}" for name, (text, _) in known.items()),
            {name: type_ for name, (_, type_) in known.items()})
