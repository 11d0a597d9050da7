"""Times the import of OMOP from PostgreSQL beside COPY TO of the same rows, which is the floor.

    python benchmarks/omop.py --save benchmarks/omop.md

It runs a server of its own with invented rows: people, one in four with MS, and laboratory results; of these
the ones of people with MS are needed. COPY is run by psql into nothing. Each run is a program of its own, so
that its peak memory is its own; they take turns, and the faster of each counts. Seconds are those on the
clock, because most of them are the server's, and beside them the processor's of the client.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "tests"))

from postgres_server import OWNER, SECRET, Server, find_programs, run_server  # noqa: E402

ROUNDS = 2
SIZES = (250_000, 1_000_000, 4_000_000)
RESULTS_OF_ONE = 50
_ENDING = (
    "Reading includes finding the people and the copy into the working database, of which at most 1 GB is in",
    "memory. The import counts every row, turns each that is needed into a checked row of the registry, and",
    "writes it.",
)
FILL = """
CREATE SCHEMA cdm;
CREATE TABLE cdm.concept (concept_id int, concept_name text, vocabulary_id text, concept_class_id text,
  concept_code text);
INSERT INTO cdm.concept VALUES (1, 'Multiple sclerosis', 'SNOMED', 'Disorder', '24700007'),
  (7, 'Lymphocytes', 'LOINC', 'Lab Test', '731-0');
CREATE TABLE cdm.concept_ancestor (ancestor_concept_id int, descendant_concept_id int);
CREATE TABLE cdm.person AS SELECT i AS person_id, 8532 AS gender_concept_id, 1970 AS year_of_birth,
  5 AS month_of_birth, 6 AS day_of_birth FROM generate_series(1, {people}) i;
CREATE TABLE cdm.observation_period AS SELECT person_id AS observation_period_id, person_id,
  date '2005-01-01' AS observation_period_start_date, date '2022-12-31' AS observation_period_end_date
  FROM cdm.person;
CREATE TABLE cdm.condition_occurrence AS SELECT person_id AS condition_occurrence_id, person_id,
  CASE WHEN person_id % 4 = 0 THEN 1 ELSE 2 END AS condition_concept_id, 0 AS condition_source_concept_id,
  date '2006-01-01' AS condition_start_date FROM cdm.person;
CREATE TABLE cdm.measurement AS SELECT row_number() OVER () AS measurement_id, person_id,
  7 AS measurement_concept_id, date '2006-01-01' + (i * 90) AS measurement_date,
  0 AS measurement_source_concept_id, round((800 + (person_id * 7 + i * 13) % 2000)::numeric, 1) AS
  value_as_number, 'result ' || i AS value_source_value, 0 AS unit_concept_id, '/uL' AS unit_source_value
  FROM cdm.person, generate_series(1, {each}) i;
ANALYZE;
"""
NEEDED = """
SELECT CAST(measurement_id AS bigint), CAST(person_id AS bigint), CAST(measurement_concept_id AS bigint),
  CAST(measurement_date AS date), CAST(measurement_source_concept_id AS bigint),
  CAST(value_as_number AS double precision), CAST(value_source_value AS varchar),
  CAST(unit_concept_id AS bigint), CAST(unit_source_value AS varchar)
FROM cdm.measurement WHERE person_id IN (SELECT person_id FROM cdm.condition_occurrence
  WHERE condition_concept_id = 1) AND measurement_concept_id = 7
"""
_HEAD = """
import resource, sys, time
from pathlib import Path
address, folder = sys.argv[1:]
begun, start = time.perf_counter(), time.process_time()
"""
_TAIL = """
print(time.perf_counter() - begun, time.process_time() - start,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, sep="\\t")
"""
_ANOTHER = """
import resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, sep="\\t")
"""
READ = """
from stepdown.cohorts.registry.importing.from_omop import MEMORY
from stepdown.cohorts.registry.importing.omop_concepts import read_omop_mapping
from stepdown.cohorts.registry.importing.omop_copying import Copy, copy_cdm
from stepdown.cohorts.registry.importing.omop_layout import Schemas, find_layout
from stepdown.cohorts.registry.importing.omop_postgres import open_postgres
from stepdown.cohorts.registry.reading import connect_duckdb
work = connect_duckdb(memory_limit=MEMORY, temp_directory=folder).con
with open_postgres(work, address) as source:
    copy_cdm(Copy(work, source, find_layout(source, Schemas()), lambda _: None), read_omop_mapping(None))
"""
IMPORT = """
from stepdown.cohorts.registry.importing.from_omop import import_omop
from stepdown.cohorts.registry.importing.omop_concepts import read_omop_mapping
import_omop(address, read_omop_mapping(None), Path(folder) / "made")
"""


@dataclass(frozen=True)
class Run:
    """One run: seconds on the clock, processor seconds of the client, and its largest memory in MB."""

    clock: float
    processor: float
    memory: float


def run_copy(server: Server, database: str) -> Run:
    """COPY of the needed rows by psql into nothing."""
    statement = f"COPY ({NEEDED}) TO STDOUT (FORMAT csv)"
    return _time(["psql", "-q", "-d", server.address(database, OWNER), "-c", statement])


def run_program(server: Server, database: str, program: str) -> Run:
    """A program of ours, told by itself."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", _HEAD + program + _TAIL, server.address(database, OWNER), folder]
        told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return Run(*map(float, told.splitlines()[-1].split("\t")))  # a bar of DuckDB may stand before


def _time(words: list[str]) -> Run:
    command = [sys.executable, "-c", _ANOTHER, *words]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return Run(*map(float, told.stdout.split("\t")))


def measure(server: Server, needed: int) -> dict[str, Run]:
    """The faster run of each way at one size, with the largest memory of all."""
    server.create("bench")
    people = 4 * needed // RESULTS_OF_ONE
    server.run("bench", FILL.replace("{people}", str(people)).replace("{each}", str(RESULTS_OF_ONE)))
    ways = {"COPY TO by psql, the floor": lambda: run_copy(server, "bench"),
            "stepdown, reading all that is needed": lambda: run_program(server, "bench", READ),
            "stepdown registry import, the whole": lambda: run_program(server, "bench", IMPORT)}
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            runs[name].append(way())
    return {name: Run(min(one.clock for one in each), min(one.processor for one in each),
                      max(one.memory for one in each)) for name, each in runs.items()}


def write_table(measured: dict[int, dict[str, Run]], server_version: str) -> str:
    """The page about it."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("psycopg", "pyarrow", "duckdb"))
    lines = [
        "# How long OMOP on PostgreSQL takes", "",
        f"{datetime.now(UTC):%Y-%m-%d}, `benchmarks/omop.py`; {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f}, {platform.system()} {platform.machine()}; Python "
        f"{platform.python_version()}, {versions}; PostgreSQL {server_version} on the same machine.", "",
        "Invented laboratory results, four times as many as are needed: one person in four has MS.", "",
        "| rows needed | rows on the server | what | seconds | rows per second | times COPY | "
        "processor seconds of the client | peak MB |", "|---|---|---|---|---|---|---|---|"]
    for needed, ways in measured.items():
        floor = next(iter(ways.values())).clock
        for name, run in ways.items():
            lines.append(f"| {needed:,} | {4 * needed:,} | {name} | {run.clock:.2f} | "
                         f"{needed / run.clock:,.0f} | {run.clock / floor:.1f} | {run.processor:.2f} | "
                         f"{run.memory:.0f} |")
    return "\n".join([*lines, "", *_ENDING, ""])


def main() -> int:
    """Measure, and print or save the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    arguments = parser.parse_args()
    programs = find_programs()
    if programs is None:
        print("no PostgreSQL (apt-get install postgresql)", file=sys.stderr)
        return 3
    os.environ["PGPASSWORD"] = SECRET
    with run_server(programs) as server:
        with server.connect() as connection:
            told = str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]
        page = write_table({needed: measure(server, needed) for needed in arguments.sizes}, told)
    print(page)
    if arguments.save:
        arguments.save.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
