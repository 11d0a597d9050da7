"""Times the watch of a registry beside the path for one person, in a loop; --save FILE writes the page too.

    python benchmarks/watch.py --save benchmarks/watch.md
    python benchmarks/watch.py --sizes 100000        (a minute)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from timing import COMMAND

from stepdown import __version__
from stepdown.ms.dates import PartialDate
from stepdown.patients.patient import Edss, Lab, Mri, Patient, Relapse, Treatment
from stepdown.patients.tables import TABLES
from stepdown.patients.units import read_lab_tests
from stepdown.patients.view import View

SIZES = (100_000, 1_000_000)
#: So many people are looked at one by one; their time is told for all.
SAMPLE = 10_000
NOTES = """\
Invented registries of `stepdown registry simulate`, from the Parquet files to the counts that may be shown
(*watch*) and to the list of the people in a CSV file as well (*watch -o*), each in a process of its own.
*One by one* is the peer: the path for one person (`patients/watching.py`), which reads the rows of a person
and judges them in plain Python; the time of 10,000 people is told for all, without that of starting Python.
The ratio is of processor time, that of *watch* being 1. "Same": whether both say the same of each of those
people. The aim is 1,000,000 people in under 30 s by the clock on two cores. A load above the number of
processors means that other work ran beside; half of the processor time is what two free cores would take at
best.
"""
HEAD = ("people", "what", "by the clock", "processor", "memory", "stepped down", "ratio", "same")


@dataclass(frozen=True)
class Run:
    """What one task took: how many people stepped down, and of the sample how they stand."""

    seconds: float
    processor: float
    megabytes: float
    people: int
    sample: dict[str, str]


def watch_all(registry: Path, listed: bool) -> tuple[int, dict[str, str]]:
    """The watch as the command does it, without printing."""
    from stepdown.cohorts.protocol.model import Disclosure
    from stepdown.cohorts.watch.counting import count_watch, publish_watch
    from stepdown.cohorts.watch.listing import write_list
    from stepdown.cohorts.watch.watching import watch_registry

    found = watch_registry(registry, threads=2)
    counts = count_watch(found)
    publish_watch(found, counts, Disclosure())
    if listed:
        write_list(found, counts, registry.with_suffix(".csv"))
    rows = zip(found.people["person_id"].to_pylist(), found.people["urgency"].to_pylist(), strict=True)
    return found.people.num_rows, {str(person): urgency for person, urgency in rows if person <= SAMPLE}


def watch_one_by_one(registry: Path) -> tuple[int, dict[str, str]]:
    """The path for one person, person after person."""
    from stepdown.patients.watching import watch

    found = {}
    for person, view in read_people(registry):
        watched = watch(view)
        if watched.standing.step is not None:
            found[str(person)] = watched.urgency
    return len(found), found


def read_people(registry: Path) -> Iterator[tuple[int, View]]:
    """The first people of a registry who had not died, seen from its last day."""
    import duckdb

    rows: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for name in TABLES:
        rows[name] = defaultdict(list)
        sql = f"SELECT * FROM '{registry / name}.parquet' WHERE person_id <= {SAMPLE}"
        for row in duckdb.sql(sql).to_arrow_table().to_pylist():
            rows[name][row["person_id"]].append(row)
    at = duckdb.sql(f"SELECT max(last_day) FROM '{registry}/observation_periods.parquet'").fetchall()[0][0]
    for person in rows["patients"]:
        died = any(row["event"] == "death" and row["date"] <= at for row in rows["events"][person])
        period = rows["observation_periods"][person][0]
        if not died:
            yield person, View(to_patient(person, rows, period), at, period["last_day"])


def to_patient(person: int, rows: Mapping[str, Any], period: Mapping[str, Any]) -> Patient:
    """The rows of one person as a person file would say them."""
    return Patient(
        diagnosis="MS", observed_since=PartialDate.of(period["first_day"]), treatments=tuple(Treatment(
            therapy=row["therapy"], start=to_day(row["start"]), stop=to_day(row["stop"]),
            still_taking=row["still_taking"], interval_days=row["interval_days"])
            for row in rows["treatments"][person]),
        relapses=tuple(Relapse(onset=to_day(row["onset"]), lasted_24h=row["lasted_24h"],
                               fever_or_infection=row["fever_or_infection"])
                       for row in rows["relapses"][person]),
        edss=tuple(Edss(date=to_day(row["date"]), score=row["edss"], during_relapse=row["during_relapse"])
                   for row in rows["visits"][person]),
        mri=tuple(Mri(date=to_day(row["date"]), region=row["region"], new_t2=row["new_t2"],
                      enlarging_t2=row["enlarging_t2"], gd_enhancing=row["gd_enhancing"])
                  for row in rows["mri"][person]),
        labs=tuple(Lab(date=to_day(row["date"]), test=row["test"], value=row["value"],
                       unit=read_lab_tests()[row["test"]].unit) for row in rows["labs"][person]))


def to_day(day: date | None) -> PartialDate | None:
    """A day of a table as a date of a person file."""
    return None if day is None else PartialDate.of(day)


WAYS = {"watch": lambda registry: watch_all(registry, False),
         "watch -o": lambda registry: watch_all(registry, True), "one by one": watch_one_by_one}


def run_here(task: str, registry: Path) -> None:
    """One task, what it took as JSON on standard output."""
    start, used = time.perf_counter(), time.process_time()
    people, sample = WAYS[task](registry)
    print(json.dumps({
        "seconds": time.perf_counter() - start, "processor": time.process_time() - used, "people": people,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "sample": sample}))


def run_task(task: str, registry: Path) -> Run:
    """One task in a process of its own."""
    print(f"{registry.name}: {task}", file=sys.stderr)
    done = subprocess.run([sys.executable, __file__, "--task", task, "--registry", str(registry)],
                          check=True, capture_output=True, text=True)
    return Run(**json.loads(done.stdout))


def write_table(sizes: list[int], folder: Path) -> Iterator[str]:
    """A line a run."""
    yield from (f"| {' | '.join(HEAD)} |", f"| {' | '.join('-' * len(name) for name in HEAD)} |")
    for people in sizes:
        registry = folder / f"people-{people}"
        subprocess.run([*COMMAND, "registry", "simulate", "--people", str(people), "--seed", "1", "-o",
                        str(registry)], check=True, capture_output=True)
        runs = {task: run_task(task, registry) for task in WAYS}
        for task, run in runs.items():
            yield f"| {people:,} | {task} | {' | '.join(_tell(task, run, runs['watch'], people))} |"


def _tell(task: str, run: Run, ours: Run, people: int) -> tuple[str, ...]:
    if task != "one by one":
        ratio = f"{run.processor / ours.processor:.2f}"
        return (f"{run.seconds:.1f} s", f"{run.processor:.1f} s", f"{run.megabytes:,.0f} MB",
                f"{run.people:,}", ratio, "")
    whole = run.processor * people / SAMPLE
    differ = sum(Counter({person: run.sample.get(person) != ours.sample.get(person)
                          for person in {*run.sample, *ours.sample}}).values())
    same = "yes" if not differ else f"{differ} differ"
    return ("", f"{whole:,.0f} s ({run.processor:.1f} s for {SAMPLE:,})", f"{run.megabytes:,.0f} MB", "",
            f"{whole / ours.processor:,.0f}", same)


def write_page(sizes: list[int]) -> str:
    """The whole page."""
    with TemporaryDirectory(prefix="stepdown-bench-") as folder:
        table = "\n".join(write_table(sizes, Path(folder)))
    parts = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "ibis-framework"))
    command = " ".join(["benchmarks/watch.py", *sys.argv[1:]])
    setting = (f"{datetime.now(UTC).date().isoformat()}, `python {command}`; {os.cpu_count()} processors, "
               f"load {os.getloadavg()[1]:.1f}, {platform.system()} {platform.machine()}; Python "
               f"{platform.python_version()}, stepdown {__version__}, {parts}.\n")
    return "\n".join(["# How long the watch of a registry takes\n", setting, table, "", NOTES])


def main() -> None:
    """Measure, print, and save where asked."""
    parser = argparse.ArgumentParser(description="Time the watch of a registry beside one person at a time.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the page")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many people")
    parser.add_argument("--task", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--registry", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        run_here(arguments.task, arguments.registry)
        return
    page = write_page(list(arguments.sizes))
    print(page)
    if arguments.save:
        arguments.save.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
