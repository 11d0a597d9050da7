"""One import from an OMOP database: find the people with MS, take what is on file, account for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepdown.cohorts.registry.importing.account import Imported
from stepdown.cohorts.registry.importing.converting import convert_entry
from stepdown.cohorts.registry.importing.from_files import (
    Arrived,
    account_for,
    check_folder,
    find_other_therapies,
    make_folder,
    write_about,
)
from stepdown.cohorts.registry.importing.mapping import ColumnMapping, Entry
from stepdown.cohorts.registry.importing.omop_concepts import OmopMapping, create_meanings
from stepdown.cohorts.registry.importing.omop_drugs import create_drug_meanings, create_treatments
from stepdown.cohorts.registry.importing.omop_tables import EXTRACTS, Extract
from stepdown.cohorts.registry.importing.source_file import TextTable
from stepdown.cohorts.registry.importing.staging import Stage
from stepdown.cohorts.registry.importing.values import Style
from stepdown.cohorts.registry.reading import connect_duckdb
from stepdown.ms.errors import UserError
from stepdown.patients.tables import TABLES

DATABASE = "omop"
#: Without these there is nothing to import.
NEEDED = {
    "person": ("person_id", "gender_concept_id", "year_of_birth"),
    "concept": ("concept_id", "concept_name", "vocabulary_id", "concept_code", "concept_class_id"),
    "condition_occurrence": ("person_id", "condition_concept_id", "condition_start_date"),
    "observation_period": ("person_id", "observation_period_start_date", "observation_period_end_date"),
}


@dataclass
class Cdm:
    """An attached database: its tables by name, and the columns each has, in lower case."""

    connection: Any
    schema: str
    columns: dict[str, set[str]] = field(default_factory=dict)

    def has(self, table: str, columns: tuple[str, ...]) -> bool:
        """Whether a table is there with these columns."""
        return set(columns) <= self.columns.get(table, set())

    def find(self, table: str, columns: tuple[str, ...]) -> str | None:
        """The full name of a table that is there with these columns; None when it is not."""
        return self.name(table) if self.has(table, columns) else None

    def name(self, table: str) -> str:
        """A table by its full name."""
        return f'{DATABASE}."{self.schema}".{table}'


def import_omop(source: Path, mapping: OmopMapping, folder: Path,
                report: Callable[[int], None] = lambda _: None) -> Imported:
    """Make a registry in ``folder`` from an OMOP database in DuckDB, opened for reading only.

    Every row of each table read is accounted for; those of people without MS are left aside. UserError for a
    file that is no such database, and where nobody has MS: its details say what was counted.
    """
    check_folder(folder)
    connection = connect_duckdb().con
    cdm = attach(connection, source)
    above = cdm.find("concept_ancestor", ("ancestor_concept_id", "descendant_concept_id"))
    concepts = create_meanings(connection, mapping, cdm.name("concept"), above)
    _find_people(cdm, concepts)
    notes = _prepare_treatments(cdm, mapping, above)
    stage = Stage(connection)
    arrived: list[Arrived] = []
    for extract in EXTRACTS:
        if cdm.has(extract.source, extract.columns):
            arrived.append(_arrive(cdm, stage, extract, len(arrived)))
        else:
            notes.append(f"{extract.source} was not read: it is missing, or lacks a column of CDM 5.4; "
                         f"nothing of it is known.")
        report(len(arrived))
    return _finish(stage, arrived, notes, folder)


def _finish(stage: Stage, arrived: list[Arrived], notes: list[str], folder: Path) -> Imported:
    stage.number_people()
    stage.set_apart()
    make_folder(folder)
    rows = stage.write(folder)
    accounts = tuple(account_for(stage, one, number, folder) for number, one in enumerate(arrived))
    imported = Imported(folder, accounts, find_other_therapies(stage.connection), tuple(notes))
    write_about(imported, rows)
    return imported


def attach(connection: Any, source: Path) -> Cdm:
    """Open the database for reading; UserError where it is none, or lacks what an OMOP database has."""
    import duckdb

    if not source.is_file():
        raise UserError(f"{source}: there is no such file.")
    path = str(source).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS {DATABASE} (READ_ONLY)")
    except duckdb.Error as problem:
        raise UserError(f"{source}: cannot be opened as a DuckDB database.") from problem
    rows = connection.execute(
        "SELECT table_schema, lower(table_name), lower(column_name) FROM information_schema.columns "
        f"WHERE table_catalog = '{DATABASE}'").fetchall()
    schema = next((schema for schema, table, _ in rows if table == "person"), "main")
    cdm = Cdm(connection, schema)
    for place, table, column in rows:
        if place == schema:
            cdm.columns.setdefault(table, set()).add(column)
    for table, columns in NEEDED.items():
        if not cdm.has(table, columns):
            raise UserError(f"{source}: is no OMOP database: the table {table} is missing, or lacks one of "
                            f"{', '.join(columns)}.")
    return cdm


def _find_people(cdm: Cdm, concepts: int) -> None:
    """Make the table ``people``: those with a diagnosis that the mapping names; UserError when nobody has."""
    either = "condition_concept_id" if "condition_source_concept_id" not in \
        cdm.columns["condition_occurrence"] else "condition_concept_id, condition_source_concept_id"
    cdm.connection.execute(
        "CREATE TABLE found AS SELECT person_id, sort, word, condition_start_date AS day "
        f"FROM {cdm.name('condition_occurrence')} JOIN meanings ON concept IN ({either}) "
        "WHERE sort IN ('diagnosis', 'course')")
    cdm.connection.execute(
        "CREATE TABLE people AS SELECT person_id, any_value(seen_until) AS seen_until "
        "FROM (FROM found WHERE sort = 'diagnosis') LEFT JOIN "
        "(SELECT person_id, max(observation_period_end_date) AS seen_until "
        f"FROM {cdm.name('observation_period')} GROUP BY 1) USING (person_id) GROUP BY 1")
    if not cdm.connection.execute("SELECT count(*) FROM people").fetchone()[0]:
        tables = ("person", "condition_occurrence", "drug_exposure", "measurement")
        counts = [f"{name:<22}{_count(cdm, name):>12,} rows" for name in tables if name in cdm.columns]
        raise UserError(
            f"nobody with multiple sclerosis found among {_count(cdm, 'person'):,} people: no condition is "
            "one of the concepts of the mapping (stepdown registry template omop); nothing was written.",
            (*counts, f"{'concepts looked for':<22}{concepts:>12,}"))


def _count(cdm: Cdm, table: str) -> int:
    return int(cdm.connection.execute(f"SELECT count(*) FROM {cdm.name(table)}").fetchone()[0])


def _prepare_treatments(cdm: Cdm, mapping: OmopMapping, ancestors: str | None) -> list[str]:
    """Join exposures to treatments; the sentences that say what is assumed in this import."""
    exposures = cdm.name("drug_exposure")
    wanted = ("drug_exposure_id", "drug_concept_id", "drug_exposure_start_date", "drug_exposure_end_date",
              "days_supply")
    if cdm.has("drug_exposure", wanted):
        create_drug_meanings(cdm.connection, exposures, cdm.name("concept"), ancestors)
        create_treatments(cdm.connection, exposures, mapping.gap_days)
    return [
        "The day of the diagnosis is that of the first record of it.",
        f"Exposures are one treatment while the next begins within {mapping.gap_days} days after the cover "
        "of the one before ends; one whose cover ends that long before the end of observation is stopped.",
    ]


def _arrive(cdm: Cdm, stage: Stage, extract: Extract, number: int) -> Arrived:
    """Take the rows of one OMOP table that are about these people and were asked for."""
    result = cdm.connection.execute(extract.query.replace("{omop}", f'{DATABASE}."{cdm.schema}"'))
    names = [column[0] for column in result.description]
    rows = result.fetchall()
    cells = [[None if value is None else str(value) for value in column]
             for column in zip(*rows, strict=True)] or [[] for _ in names]
    columns = dict(zip(names, cells, strict=True))
    numbers, weights = [int(cell or 0) for cell in columns.pop("row")], columns.pop("weight", None)
    text = TextTable(extract.source, dict(columns), numbers)
    mapped = {name: ColumnMapping(column=(name,)) for name in columns}
    converted = convert_entry(text, Entry(columns=mapped), TABLES[extract.table], Style())
    stage.add(TABLES[extract.table], converted.rows, number)
    counted = [1] * len(numbers) if weights is None else [int(cell or 1) for cell in weights]
    used = sum(counted)
    return Arrived(extract.table, text, used, _count(cdm, extract.source) - used,
                   dict(zip(numbers, counted, strict=True)))
