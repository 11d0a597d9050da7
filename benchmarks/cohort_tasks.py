"""One task of benchmarks/cohorts.py in a process of its own, so that its memory is its own; prints JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from same_cohort import Columns, Flow

    from stepdown.cohorts.stages import Found

PROTOCOL = "stopping-at-50"
#: The other protocols that are shipped.
OTHERS = ("stopping-ocrelizumab", "stepping-down-from-high-efficacy", "natalizumab-six-weekly",
          "checkpoint-inhibitor-events")
SQL = Path(__file__).parent / "peers" / "build_cohort.sql"
#: What the ways of building a cohort must agree on.
COUNTED = ("relapse", "any_activity", "serious_infection", "confirmed_worsening", "acted")


#: What a task has counted, told when the clock has stopped.
Tell = Callable[[], dict[str, int]]


def build(registry: Path, work: Path, engine: str = "duckdb") -> Tell:
    """The analysis table by stepdown."""
    from stepdown.cohorts.protocol.reading import read_shipped
    from stepdown.cohorts.study import Choice, find_analysis_table

    found = find_analysis_table(read_shipped(PROTOCOL), registry, Choice(engine), work)
    return lambda: _tell_found(found)


def _tell_found(found: Found) -> dict[str, int]:
    import same_cohort

    return _tell_columns(*same_cohort.list_columns(found))


def _tell_columns(columns: Columns, flow: Flow) -> dict[str, int]:
    """The counts, and a number that is the same when every value of the table and of the flow is."""
    import numpy as np
    import same_cohort

    return {"entries": len(columns["person_id"]), "mark": int(same_cohort.mark(columns, flow)[:15], 16),
            **{name: int(np.isfinite(columns[name]).sum()) for name in COUNTED}}


def build_by_spark(registry: Path, work: Path) -> Tell:
    """The same on Spark, on two cores of this machine."""
    return build(registry, work, "spark")


def build_same_by_hand(registry: Path, work: Path) -> Tell:
    """The same table and flow, to the last value, by hand-written SQL on DuckDB."""
    import same_cohort

    columns, flow = same_cohort.build_by_hand(registry, work)
    return lambda: _tell_columns(columns, flow)


def build_by_hand(registry: Path, work: Path) -> Tell:
    """Nearly the same table by shorter SQL, which takes unknown for no, on DuckDB with the same memory."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(work), "threads": 2,
                                        "preserve_insertion_order": False})
    for statement in SQL.read_text(encoding="utf-8").replace("{folder}", str(registry)).split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.sql("SELECT * FROM analysis").fetchnumpy()
    columns = ", ".join(f"count({name})" for name in COUNTED)
    counts = connection.sql(f"SELECT count(*), {columns} FROM analysis").fetchall()[0]
    return lambda: dict(zip(("entries", *COUNTED), counts, strict=True))


def build_by_pandas(registry: Path, work: Path) -> Tell:
    """The entries with their relapses, scans and infections, as pandas joins them; without worsening."""
    del work
    import pandas as pd

    read = {name: pd.read_parquet(registry / f"{name}.parquet") for name in (
        "patients", "observation_periods", "treatments", "relapses", "visits", "mri", "events")}
    dates = ("date", "start", "stop", "onset", "first_day", "last_day", "birth_date")
    for table in read.values():
        for column in table.columns.intersection(dates):
            table[column] = pd.to_datetime(table[column])
    people = read["patients"].query("diagnosis == 'MS'")[["person_id", "birth_date", "sex", "course"]]
    visits = read["visits"][["visit_id", "person_id", "date"]].merge(people, on="person_id")
    visits = visits[visits.date >= visits.birth_date + pd.DateOffset(years=50)].merge(
        read["observation_periods"][["person_id", "first_day", "last_day"]], on="person_id")
    visits = visits[visits.date >= visits.first_day + pd.DateOffset(years=2)]
    taken = visits.merge(read["treatments"][["person_id", "therapy", "start", "stop"]], on="person_id")
    taken = taken[(taken.start < taken.date) & (taken.stop.isna() | (taken.stop >= taken.date))]
    taken = taken.sort_values("start").drop_duplicates("visit_id", keep="last")
    taken = taken[taken.date >= taken.start + pd.DateOffset(years=1)]
    relapses = read["relapses"].query("lasted_24h and not fever_or_infection").sort_values("onset")
    apart = relapses.groupby("person_id").onset.diff().dt.days
    relapses = relapses[apart.isna() | (apart >= 30)][["person_id", "onset"]]
    both = taken[["visit_id", "person_id", "date"]].merge(relapses, on="person_id")
    last = both[both.onset <= both.date].groupby("visit_id").onset.max()
    since = taken.visit_id.map(last).fillna(taken.first_day)
    taken = taken[taken.date >= since + pd.DateOffset(years=2)]
    both = both[(both.onset > both.date) & both.visit_id.isin(taken.visit_id)]
    later = both.groupby("visit_id").onset.min()
    scans = read["mri"].sort_values(["person_id", "date", "mri_id"])
    first = ~scans.person_id.duplicated()
    active = scans[((scans.new_t2 > 0) & ~first) | (scans.gd_enhancing > 0)][["person_id", "date"]]
    seen = taken[["visit_id", "person_id", "date"]].merge(active, on="person_id", suffixes=("", "_scan"))
    shown = seen[seen.date_scan > seen.date].groupby("visit_id").date_scan.min()
    any_activity = pd.concat([later, shown], axis=1).min(axis=1)
    infections = read["events"].query("event == 'infection' and serious == True")[["person_id", "date"]]
    ill = taken[["visit_id", "person_id", "date"]].merge(infections, on="person_id", suffixes=("", "_event"))
    serious = ill[ill.date_event > ill.date].groupby("visit_id").date_event.min()
    return lambda: {"entries": len(taken), "relapse": len(later), "any_activity": len(any_activity),
                    "serious_infection": len(serious)}


def study(registry: Path, work: Path, protocol: str = PROTOCOL) -> Tell:
    """A whole study as the command runs it, report and all."""
    from stepdown.interfaces.cli import main

    if main(["cohort", "run", protocol, "--registry", str(registry), "-o", str(work / "out")]):
        raise SystemExit("the study did not run")
    exact = json.loads(next((work / "out").glob("NOT-FOR-RELEASE*")).read_text(encoding="utf-8"))
    return lambda: {"entries": exact["attrition"][-1]["trials_left"]}


TASKS: dict[str, Callable[[Path, Path], Tell]] = {
    "build": build, "build_by_spark": build_by_spark, "build_same_by_hand": build_same_by_hand,
    "build_by_hand": build_by_hand, "build_by_pandas": build_by_pandas, "study": study,
    **{f"study of {name}": partial(study, protocol=name) for name in OTHERS}}


def main() -> None:
    """Run a task and print its times, its peak of memory and what it counted."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    task, registry = TASKS[sys.argv[1]], Path(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=registry.parent) as folder:
        begin, processor = time.perf_counter(), os.times()
        tell = task(registry, Path(folder))
        now = os.times()
        used = sum(now[:4]) - sum(processor[:4])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"seconds": time.perf_counter() - begin, "processor": used, "megabytes": peak / 1024,
                          "counts": tell()}), file=sys.stderr)


if __name__ == "__main__":
    main()
