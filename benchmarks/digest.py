"""How long do 5,000 summaries take, from study to page? Prints a table; the last one is digest-results.md.

The studies are those of the library that report a number, copied under other names until there are 5,000. The
pooled evidence beside them is that of the library as it is shipped: fitting the pools of a library of 5,000
studies, and drawing its evidence pages, is the engine's work and no part of this. With other work on the
machine the clock says little: the seconds of the processor stand beside it.

Usage: python benchmarks/digest.py
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Study
from stepdown.literature.summaries.choosing import choose_results
from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.literature.summaries.writing import find_neighbours, make_summary
from stepdown.reports.digest.page import write_summary_page

STUDIES = 5_000
Result = TypeVar("Result")


def make_studies() -> dict[str, Study]:
    """As many studies as are asked for, by copying those that report a number."""
    reporting = [study for study in read_library().values() if choose_results(study) is not None]
    named = (replace(study, id=f"{study.id}-{copy}") for copy in count() for study in reporting)
    return {study.id: study for study in islice(named, STUDIES)}


def summarise(studies: dict[str, Study]) -> list[PlainLanguageSummary]:
    """The summary of each study, related studies and pooled evidence included."""
    neighbours = find_neighbours(studies)
    return [make_summary(study, neighbours) for study in studies.values()]


def write_pages(summaries: list[PlainLanguageSummary], folder: Path) -> None:
    """The page of each summary, on the disk."""
    for summary in summaries:
        (folder / f"{summary.study}.html").write_text(write_summary_page(summary), encoding="utf-8")


def time_it(work: Callable[[], Result]) -> tuple[float, float, Result]:
    """Seconds on the clock, seconds of the processor, and what came out."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - clock, time.process_time() - processor, result


def main() -> None:
    """Time the summaries and their pages."""
    studies = make_studies()
    clock, processor, summaries = time_it(lambda: summarise(studies))
    with TemporaryDirectory() as folder:
        pages = time_it(lambda: write_pages(summaries, Path(folder)))
    rows = [("summaries", clock, processor), ("their pages, on the disk", pages[0], pages[1])]
    rows.append(("both", clock + pages[0], processor + pages[1]))
    print(f"{date.today()}, `benchmarks/digest.py`; one process, {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}.\n")
    print(f"| {STUDIES:,} | seconds on the clock | of the processor | aim |\n|---|---|---|---|")
    for name, seconds, busy in rows:
        print(f"| {name} | {seconds:.1f} | {busy:.1f} | {'under 30 s' if name == 'both' else ''} |")


if __name__ == "__main__":
    main()
