"""The rows of an OMOP table that were asked for: staged a block at a time, and accounted for at the end."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepdown.cohorts.registry.importing.account import Account
from stepdown.cohorts.registry.importing.converting import REASON, ROW, convert_entry
from stepdown.cohorts.registry.importing.mapping import ColumnMapping, Entry
from stepdown.cohorts.registry.importing.omop_tables import Extract
from stepdown.cohorts.registry.importing.source_file import TextTable
from stepdown.cohorts.registry.importing.staging import SOURCE, STAGED, Stage
from stepdown.cohorts.registry.importing.values import Style
from stepdown.patients.tables import TABLES

#: Rows that are turned into values at a time.
_ROWS = 50_000
#: Columns of an extract that are no columns of the declared table.
_ROW, _WEIGHT, _NUMBER = "row", "weight", "number"


@dataclass(frozen=True)
class Asked:
    """The rows of an extract, as text in the table ``name``; ``in_source``: all rows of its source."""

    extract: Extract
    name: str
    columns: tuple[str, ...]
    in_source: int


def ask_for(work: Any, stage: Stage, extract: Extract, number: int, in_source: int) -> Asked:
    """Stage the rows of an extract as source ``number``."""
    name = f"asked_{number}"
    names = [column[0] for column in work.execute(f"DESCRIBE {extract.query}").fetchall()]
    order = ", ".join(f'"{column}"' for column in names)
    weight = "" if _WEIGHT in names else f", 1 AS {_WEIGHT}"
    work.execute(f"CREATE TABLE {name} AS SELECT row_number() OVER (ORDER BY {order}) AS {_NUMBER}, "
                 f"CAST(COLUMNS(*) AS VARCHAR){weight} FROM ({extract.query})")
    columns = tuple(column for column in names if column not in (_ROW, _WEIGHT))
    entry = Entry(columns={column: ColumnMapping(column=(column,)) for column in columns})
    table = TABLES[extract.table]
    for block in _read_blocks(work, extract.source, name, columns):
        stage.add(table, convert_entry(block, entry, table, Style()).rows, number)
    return Asked(extract, name, columns, in_source)


def _read_blocks(work: Any, source: str, name: str, columns: tuple[str, ...]) -> Iterator[TextTable]:
    """The rows a block at a time; by a cursor of its own, as a statement in between ends the reading."""
    wanted = ", ".join(f'"{column}"' for column in (_NUMBER, *columns))
    with work.cursor() as cursor:
        for batch in cursor.sql(f"SELECT {wanted} FROM {name} ORDER BY 1").to_arrow_reader(_ROWS):
            cells = {column: batch.column(column).to_pylist() for column in columns}
            yield TextTable(source, cells, batch.column(_NUMBER).to_pylist())


def account_for_asked(work: Any, asked: Asked, number: int, quarantine: Path) -> Account:
    """What became of the rows of an extract; writes those set apart, as they were, with their reason."""
    table = asked.extract.table
    used = int(work.execute(f"SELECT coalesce(sum(CAST({_WEIGHT} AS BIGINT)), 0) FROM {asked.name}")
               .fetchone()[0])
    listed = ", ".join(f'"{column}"' for column in asked.columns)
    apart = work.execute(
        f"SELECT CAST({_WEIGHT} AS BIGINT), {REASON}, \"{_ROW}\", {REASON}, {listed} FROM {asked.name} "
        f"JOIN (SELECT {ROW} AS {_NUMBER}, {REASON} FROM {STAGED}{table} WHERE {SOURCE} = {number} "
        f"AND {REASON} IS NOT NULL) USING ({_NUMBER}) ORDER BY {_NUMBER}")
    reasons = _write_quarantine(apart, asked.columns, quarantine / f"{table}-{number + 1}.csv")
    set_apart = reasons.total()
    ordered = tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])))
    return Account(asked.extract.source, table, asked.in_source, used - set_apart, set_apart,
                   asked.in_source - used, ordered)


def _write_quarantine(apart: Any, columns: tuple[str, ...], path: Path) -> Counter[str]:
    """Write the rows, if there are any; how many rows of the source have each reason."""
    reasons: Counter[str] = Counter()
    rows = apart.fetchmany(_ROWS)
    if not rows:
        return reasons
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", *columns])
        while rows:
            for weight, reason, *cells in rows:
                reasons[reason] += weight
                writer.writerow(cells)
            rows = apart.fetchmany(_ROWS)
    return reasons
