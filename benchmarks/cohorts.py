"""Times cohorts on invented registries beside hand-written SQL and pandas; --save FILE writes the page too.

    python benchmarks/cohorts.py --save benchmarks/cohorts.md
    python benchmarks/cohorts.py --sizes 10000 --no-spark        (a minute)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cohort_tasks import OTHERS
from timing import COMMAND

from stepdown import __version__

SIZES = (10_000, 31_623, 100_000, 316_228, 1_000_000)
#: The sizes at which other ways of building the table are tried.
COMPARED = (100_000, 1_000_000)
SPARK, PANDAS = 100_000, 100_000
#: The size at which every protocol that is shipped is run.
LARGEST = 1_000_000
TASKS = Path(__file__).parent / "cohort_tasks.py"
NOTES = """\
The shipped protocol stopping-at-50 - every visit of people of 50 and over who are stable on a drug is an
entry; relapse, activity, worsening confirmed after 24 weeks, serious infection - on invented registries.
*Build* is from the Parquet files to the table that leaves the engine; *study* is the whole command, with
weights, intervals, subgroups, figures and report; at 1,000,000 people of every other protocol that is
shipped, too. Each task is one run in a process of its own. Ratios are of processor time (stepdown's over
that of the way in the line), as other work on the machine touches it less. One to two seconds of stepdown's
are the same at every size: loading the libraries, and putting 50 expressions into SQL; the rest is in
DuckDB, a sixth of it in the largest stage: every visit with the drug of its day and with the criterion that
took it.
*The same by hand-written SQL* (`benchmarks/peers/build_same_cohort.sql`) does equal work: the same entries,
outcomes, covariates and counts of the flow from any registry, with the bounds of inexact dates and unknown
kept apart from no, as well as we could write it for this one protocol. "Same counts: yes" means for it that
every value of the table and of the flow is the same. *Part of it by hand-written SQL*
(`benchmarks/peers/build_cohort.sql`) is the shorter one that an analyst writes for a registry whose dates are
all exact and complete: it has no bounds for a date known to the year, takes unknown for no, and makes no flow
of people; "yes" means entries, outcomes and stops, to the last one.
The pandas script finds neither worsening nor stops, and does not join treatments
with a pause between. Spark's ratio is by the clock, on two cores of one machine, where starting it and
moving tables through files is most of it; its memory is in another process and is not counted.
The aim of a build is at most 1.3 times the hand-written SQL of equal work, in 0.5 GB; that of a study of
1,000,000 people is a minute in 2 GB. A load above the number of processors means that other work ran beside.
"""
HEAD = ("people", "what", "by the clock", "processor", "memory", "entries", "ratio", "same counts")


@dataclass(frozen=True)
class Run:
    """What one task took: seconds by the clock, processor seconds, the peak of memory, what it counted."""

    seconds: float
    processor: float
    megabytes: float
    counts: dict[str, int]


def run_task(task: str, registry: Path) -> Run | None:
    """One task in a process of its own; None where it fails, with its last words on the terminal."""
    done = subprocess.run([sys.executable, str(TASKS), task, str(registry)], capture_output=True, text=True,
                          check=False)
    lines = done.stderr.strip().splitlines()
    if done.returncode:
        print(f"{task}: {lines[-1] if lines else 'failed'}", file=sys.stderr)
        return None
    return Run(**json.loads(lines[-1]))


def simulate(people: int, folder: Path) -> Path:
    """An invented registry of so many people."""
    registry = folder / f"people-{people}"
    subprocess.run([*COMMAND, "registry", "simulate", "--people", str(people), "--seed", "1", "-o",
                    str(registry)], check=True, capture_output=True)
    return registry


def measure(sizes: Iterable[int], has_spark: bool,
            chosen: Iterable[str]) -> Iterator[tuple[int, str, Run | None]]:
    """Every task at every size, the peers right after ours."""
    with TemporaryDirectory(prefix="stepdown-bench-") as folder:
        for people in sizes:
            registry = simulate(people, Path(folder))
            tasks = ["build"]
            tasks += ["build_same_by_hand", "build_by_hand"] if people in COMPARED or people < SPARK else []
            tasks += ["build_by_pandas"] if people <= PANDAS else []
            tasks += ["build_by_spark"] if people == SPARK and has_spark else []
            tasks += ["study", *(f"study of {name}" for name in OTHERS if people == LARGEST)]
            for task in (each for each in tasks if each.partition(" of ")[0] in chosen):
                print(f"{people:,} people: {task}", file=sys.stderr)
                yield people, task, run_task(task, registry)


NAMES = {"build": "build", "study": "study", "build_same_by_hand": "the same by hand-written SQL",
         "build_by_hand": "part of it by hand-written SQL", "build_by_pandas": "build by pandas",
         "build_by_spark": "build on Spark"}


def write_table(found: list[tuple[int, str, Run | None]]) -> str:
    """A line a run."""
    ours = {people: run for people, task, run in found if task == "build"}
    lines = [HEAD, tuple("-" * len(name) for name in HEAD)]
    for people, task, run in found:
        start = (f"{people:,}", NAMES.get(task, task))
        if run is None:
            lines.append((*start, "did not run", "", "", "", "", ""))
            continue
        lines.append((*start, f"{run.seconds:.1f} s", f"{run.processor:.1f} s", f"{run.megabytes:,.0f} MB",
                      f"{run.counts['entries']:,}", *_compare(task, run, ours.get(people))))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _compare(task: str, run: Run, ours: Run | None) -> tuple[str, str]:
    """How many times what this way takes stepdown takes, and whether both count the same."""
    if ours is None or task == "build" or task.startswith("study"):
        return "", ""
    same = "yes" if run.counts == {name: ours.counts[name] for name in run.counts} else "nearly"
    if task == "build_by_spark":
        return f"{ours.seconds / run.seconds:.2f} by the clock", same
    return f"{ours.processor / run.processor:.2f}", same


def draw_growth(found: list[tuple[int, str, Run | None]], path: Path) -> None:
    """Processor time over people on logarithmic scales, with the line of proportional growth."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes: Any = figure.subplots()
    for task, mark in (("study", "o"), ("build", "s"), ("build_same_by_hand", "^")):
        points = [(people, run.processor) for people, name, run in found if name == task and run is not None]
        if points:
            axes.plot(*zip(*points, strict=True), marker=mark, label=NAMES.get(task, task))
    ends = sorted({people for people, _, _ in found})
    first = next((run.processor for people, task, run in found if task == "study" and run), 1.0)
    axes.plot([ends[0], ends[-1]], [first, first * ends[-1] / ends[0]], linestyle=":", color="grey",
              label="proportional to people")
    axes.set(xscale="log", yscale="log", xlabel="people in the registry", ylabel="processor seconds")
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def write_page(found: list[tuple[int, str, Run | None]], picture: str | None) -> str:
    """The whole page."""
    parts = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "ibis-framework", "numpy", "pandas"))
    command = " ".join(["benchmarks/cohorts.py", *sys.argv[1:]])
    setting = (f"{datetime.now(UTC).date().isoformat()}, `python {command}`; {os.cpu_count()} "
               f"processors, load {os.getloadavg()[2]:.1f}, {platform.system()} {platform.machine()}; Python "
               f"{platform.python_version()}, stepdown {__version__}, {parts}.\n")
    growth = f"![Processor time over the number of people]({picture})\n" if picture else ""
    return "\n".join(["# How long a cohort takes\n", setting, write_table(found), growth, NOTES])


def main() -> None:
    """Measure, print, and save where asked."""
    parser = argparse.ArgumentParser(description="Time cohorts beside hand-written SQL and pandas.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the page and its picture")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many people")
    parser.add_argument("--no-spark", action="store_true", help="leave Spark out")
    parser.add_argument("--tasks", nargs="+", choices=NAMES, default=list(NAMES), help="what is timed")
    arguments = parser.parse_args()
    found = list(measure(arguments.sizes, not arguments.no_spark, arguments.tasks))
    picture = arguments.save.with_name("cohorts-growth.svg") if arguments.save else None
    page = write_page(found, picture.name if picture else None)
    print(page)
    if picture:
        draw_growth(found, picture)
        arguments.save.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
