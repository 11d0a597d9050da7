"""One import from an OMOP database: find the people with MS, take what is on file, account for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stepdown.cohorts.registry.importing.account import Imported
from stepdown.cohorts.registry.importing.from_files import (
    QUARANTINE,
    check_folder,
    find_other_therapies,
    make_folder,
    write_about,
)
from stepdown.cohorts.registry.importing.omop_asking import Asked, account_for_asked, ask_for
from stepdown.cohorts.registry.importing.omop_concepts import OmopMapping
from stepdown.cohorts.registry.importing.omop_copying import STEPS, Copy, copy_cdm
from stepdown.cohorts.registry.importing.omop_drugs import create_treatments
from stepdown.cohorts.registry.importing.omop_duckdb import attach_duckdb
from stepdown.cohorts.registry.importing.omop_layout import Layout, OmopSource, Schemas, find_layout
from stepdown.cohorts.registry.importing.omop_postgres import open_postgres
from stepdown.cohorts.registry.importing.omop_tables import EXTRACTS
from stepdown.cohorts.registry.importing.postgres_address import is_address
from stepdown.cohorts.registry.importing.staging import Stage
from stepdown.cohorts.registry.reading import connect_duckdb
from stepdown.ms.errors import UserError

#: How many stages ``report`` is told of.
STAGES = len(STEPS) + len(EXTRACTS) + 1
#: What the working database may hold in memory; what is more lies in a folder of this user until the end.
MEMORY = "1GB"
_ANY = Schemas()
_COUNTED = ("person", "condition_occurrence", "drug_exposure", "measurement")


def import_omop(source: str | Path, mapping: OmopMapping, folder: Path, schemas: Schemas = _ANY,
                report: Callable[[str], None] = lambda _: None) -> Imported:
    """Make a registry in ``folder`` from an OMOP database: a DuckDB file, or an address of PostgreSQL.

    It is read only, and no more of it than the rows that are needed. Every row of each table read is
    accounted for; those of people without MS are left aside. ``report`` is told each of ``STAGES``. UserError
    for what is no such database, cannot be reached or may not be read, and where nobody has MS: its details
    say what was counted. Nothing is written before all is read.
    """
    check_folder(folder)
    with TemporaryDirectory(prefix="stepdown-") as spill:
        work = connect_duckdb(memory_limit=MEMORY, temp_directory=spill).con
        try:
            with open_source(work, source) as opened:
                stage, asked, notes = _read(work, opened, schemas, mapping, report)
            report("writing the tables")
            return _finish(stage, asked, notes, folder)
        finally:
            work.close()


@contextmanager
def open_source(work: Any, source: str | Path) -> Iterator[OmopSource]:
    """The database of a file or of a server, for reading."""
    text = str(source)
    opening = open_postgres(work, text) if is_address(text) else attach_duckdb(work, Path(source))
    with opening as opened:
        yield opened


def _read(work: Any, source: OmopSource, schemas: Schemas, mapping: OmopMapping,
          report: Callable[[str], None]) -> tuple[Stage, list[Asked], list[str]]:
    """Copy what is needed and stage it; what is said about it."""
    layout = find_layout(source, schemas)
    copy = Copy(work, source, layout, report)
    concepts = copy_cdm(copy, mapping)
    _create_people(copy, concepts)
    create_treatments(work, mapping.gap_days)
    stage = Stage(work)
    asked: list[Asked] = []
    for extract in EXTRACTS:
        report(f"taking {extract.table} from {extract.source}")
        if copy.has(extract.source):
            asked.append(ask_for(work, stage, extract, len(asked), copy.count(extract.source)))
    return stage, asked, [*source.notes, *_list_notes(layout, mapping)]


def _list_notes(layout: Layout, mapping: OmopMapping) -> list[str]:
    """What was assumed and what is not known, in sentences."""
    return [
        *layout.notes,
        "The day of the diagnosis is that of the first record of it.",
        f"Exposures are one treatment while the next begins within {mapping.gap_days} days after the cover "
        "of the one before ends; one whose cover ends that long before the end of observation is stopped.",
    ]


def _create_people(copy: Copy, concepts: int) -> None:
    """Make ``found``, what is said of diagnosis and course, and ``people``; UserError when nobody has MS.

    ``seen_until`` is unknown where an observation has no end, or one that is yet to come: such as 9999-12-31.
    """
    copy.work.execute(
        "CREATE TABLE found AS SELECT person_id, sort, word, condition_start_date AS day "
        "FROM cdm.condition_occurrence "
        "JOIN meanings ON concept IN (condition_concept_id, condition_source_concept_id) "
        "WHERE sort IN ('diagnosis', 'course')")
    copy.work.execute(
        "CREATE TABLE people AS SELECT person_id, any_value(seen_until) AS seen_until "
        "FROM (FROM found WHERE sort = 'diagnosis') LEFT JOIN "
        f"(SELECT person_id, CASE WHEN count(*) = count(observation_period_end_date) FILTER "
        f"(observation_period_end_date <= DATE '{date.today()}') THEN max(observation_period_end_date) END "
        "AS seen_until FROM cdm.observation_period GROUP BY 1) USING (person_id) GROUP BY 1")
    if not copy.ask("SELECT count(*) FROM people")[0]:
        counts = [f"{name:<22}{copy.count(name):>12,} rows" for name in _COUNTED if copy.has(name)]
        named = copy.ask("SELECT count(*) FROM meanings WHERE sort = 'diagnosis'")[0]
        why = "no condition is one of the concepts of the mapping" if named else \
            "no concept of the diagnosis is in the table concept: is the vocabulary loaded?"
        raise UserError(
            f"nobody with multiple sclerosis found among {copy.count('person'):,} people: {why} "
            "(stepdown registry template omop); nothing was written.",
            (*counts, f"{'concepts looked for':<22}{concepts:>12,}"))


def _finish(stage: Stage, asked: list[Asked], notes: list[str], folder: Path) -> Imported:
    stage.number_people()
    stage.set_apart()
    make_folder(folder)
    rows = stage.write(folder)
    accounts = tuple(account_for_asked(stage.connection, one, number, folder / QUARANTINE)
                     for number, one in enumerate(asked))
    imported = Imported(folder, accounts, find_other_therapies(stage.connection), tuple(notes))
    write_about(imported, rows)
    return imported
