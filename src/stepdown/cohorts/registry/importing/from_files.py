"""One import from files: read, convert, set apart, write, and account for every row."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepdown import __version__
from stepdown.cohorts.registry.importing.account import Account, Imported, count_reasons
from stepdown.cohorts.registry.importing.converting import convert_entry, find_style
from stepdown.cohorts.registry.importing.mapping import Entry, Mapping
from stepdown.cohorts.registry.importing.source_file import TextTable, read_source
from stepdown.cohorts.registry.importing.staging import Stage
from stepdown.cohorts.registry.importing.values import OTHER
from stepdown.cohorts.registry.reading import connect_duckdb
from stepdown.ms.errors import UserError
from stepdown.patients.tables import TABLES

QUARANTINE = "quarantine"
ABOUT = "import.json"
RAGGED = "has another number of cells than the first line has names"


@dataclass(frozen=True)
class Arrived:
    """A source that was staged: its rows as text, for the quarantine, and how many were left aside."""

    table: str
    source: TextTable
    staged: int
    left_aside: int


def import_files(source: Path, mapping: Mapping, folder: Path,
                 report: Callable[[int], None] = lambda _: None) -> Imported:
    """Make a registry in ``folder`` from files of ``source``, a folder or a single file.

    Rows that cannot be taken are written to ``folder/quarantine``, as they were, with their reason. UserError
    for a source or a folder that cannot be used. ``report`` is told how many files are done.
    """
    check_folder(folder)
    stage = Stage(connect_duckdb().con)
    arrived: list[Arrived] = []
    for table, entry in list_entries(mapping):
        arrived.append(_arrive(stage, source, mapping, table, entry, len(arrived)))
        report(len(arrived))
    notes = _derive(stage, mapping)
    stage.number_people()
    stage.set_apart()
    make_folder(folder)
    rows = stage.write(folder, {one.table for one in arrived if not one.source.ragged})
    accounts = tuple(_account_for(stage, one, number, folder) for number, one in enumerate(arrived))
    imported = Imported(folder, accounts, find_other_therapies(stage.connection), tuple(notes))
    write_about(imported, rows)
    return imported


def list_entries(mapping: Mapping) -> list[tuple[str, Entry]]:
    """Each table with each of its files, people first."""
    return [(name, entry) for name in TABLES for entry in mapping.tables.get(name, ())]


def check_folder(folder: Path) -> None:
    """UserError for a folder that has anything in it: nothing is ever written over."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: there is something there already; name a new or empty folder.")


def make_folder(folder: Path) -> None:
    """The folder of the registry with that of its quarantine, made only when there is something to write."""
    (folder / QUARANTINE).mkdir(parents=True, exist_ok=True)


def _arrive(stage: Stage, source: Path, mapping: Mapping, table: str, entry: Entry, number: int) -> Arrived:
    """Read, convert and stage one file."""
    own, general = entry.written, mapping.written
    path = _find_file(source, entry)
    text = read_source(path, own.encoding or general.encoding, own.delimiter or general.delimiter)
    converted = convert_entry(text, entry, TABLES[table], find_style(general, own))
    stage.add(TABLES[table], converted.rows, number)
    return Arrived(table, text, len(text.numbers) - converted.left_aside, converted.left_aside)


def _find_file(source: Path, entry: Entry) -> Path:
    if source.is_dir():
        if entry.file is None:
            raise UserError(f"{source}: is a folder, so each entry of the mapping names its file.")
        return source / entry.file
    return source


def _derive(stage: Stage, mapping: Mapping) -> list[str]:
    """What the mapping asks to make from other tables, and the sentences that say so."""
    notes = []
    if mapping.derive.patients:
        notes.append(f"{stage.derive_patients():,} people were made from the marks in other tables; nothing "
                     "but those is known of them.")
    if mapping.derive.observation_periods:
        notes.append(f"{stage.derive_periods():,} observation periods run from the first to the last visit, "
                     "scan or blood sample of a person: that nothing else happened in them is an assumption.")
    return notes


def _account_for(stage: Stage, arrived: Arrived, number: int, folder: Path) -> Account:
    """What became of the rows of one source; writes those in quarantine."""
    apart = list(stage.list_reasons(TABLES[arrived.table], number))
    ragged = [RAGGED for _ in arrived.source.ragged]
    reasons = [reason for _, reason in apart] + ragged
    if apart or ragged:
        _write_quarantine(arrived, apart, folder / QUARANTINE / f"{arrived.table}-{number + 1}.csv")
    total = arrived.staged + len(ragged) + arrived.left_aside
    return Account(arrived.source.name, arrived.table, total, total - len(reasons) - arrived.left_aside,
                   len(reasons), arrived.left_aside, count_reasons(reasons))


def _write_quarantine(arrived: Arrived, apart: list[tuple[int, str]], path: Path) -> None:
    """The rows set apart as they were, after their line in the source and the reason."""
    source = arrived.source
    places = {number: place for place, number in enumerate(source.numbers)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", *source.columns])
        for line, reason in apart:
            writer.writerow([line, reason, *(cells[places[line]] for cells in source.columns.values())])
        writer.writerows([line, RAGGED, text] for line, text in source.ragged)


def find_other_therapies(connection: Any) -> tuple[tuple[str, int], ...]:
    """The names kept as ``other:NAME`` with how often, the most frequent first."""
    found = connection.execute(
        f"SELECT therapy, count(*) FROM treatments WHERE starts_with(therapy, '{OTHER}') "
        "GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    return tuple((name.removeprefix(OTHER), count) for name, count in found)


def write_about(imported: Imported, rows: dict[str, int]) -> None:
    """Write the account beside the tables, as JSON."""
    about = {
        "stepdown": __version__,
        "rows": rows,
        "accounts": [{"source": one.source, "table": one.table, "rows": one.rows, "accepted": one.accepted,
                      "quarantined": one.quarantined, "left_aside": one.left_aside,
                      "reasons": dict(one.reasons)} for one in imported.accounts],
        "other_therapies": dict(imported.other_therapies),
        "notes": imported.notes,
    }
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (imported.folder / ABOUT).write_text(text, encoding="utf-8")
