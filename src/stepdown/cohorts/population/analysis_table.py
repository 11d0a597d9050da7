"""The one table that leaves the engine: a row a trial, with all that the estimates need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.exposures import find_exposures
from stepdown.cohorts.population.facts import find_fact
from stepdown.cohorts.population.first_days import find_first_days
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.model import FACT_KINDS, Outcome, Protocol

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AnalysisTable:
    """One value a trial. Days are counted from the index day; not a number is "not seen".

    ``acted`` is when the target strategy was begun, ``left`` when something was done that neither strategy
    allows, ``end`` the last day observed. ``covariates`` are numbers
    (not a number: unknown) or words ("": unknown); ``words`` says which.
    """

    trial: NDArray[np.int64]
    person: NDArray[np.int64]
    index_day: NDArray[np.int64]
    acted: Numbers
    left: Numbers
    end: Numbers
    death: Numbers
    outcomes: Mapping[str, Numbers]
    has_baseline: NDArray[np.bool_]
    covariates: Mapping[str, Numbers | NDArray[np.str_]]
    subgroups: Mapping[str, Numbers | NDArray[np.str_]]
    data_cut: int
    scans: tuple[NDArray[np.int64], Numbers, Numbers]
    relapses: tuple[NDArray[np.int64], Numbers]


def build_analysis_table(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """The table as a stage of the engine: ``trial_id, person_id``, days, ``cov_``, ``sub_`` and ``day_``."""
    acted = find_exposures(engine, tables, index, protocol)
    outcomes = (*protocol.outcomes, Outcome(name="death-before", kind="death"))
    days = find_first_days(engine, tables, index, acted, outcomes, protocol.definitions)
    found = index.select("trial_id", "person_id", "index_day", "seen_last")
    parts = [acted, days]
    for prefix, asked in (("cov_", protocol.covariates), ("sub_", protocol.subgroups)):
        for each in asked:
            answer = find_fact(engine, tables, index, each)
            column = "low" if FACT_KINDS[each.fact] == "number" else "answer"
            parts.append(answer.select("trial_id", **{prefix + each.name: answer[column]}))
    for part in parts:
        found = found.left_join(part, "trial_id").drop("trial_id_right")
    return engine.keep(found, "analysis")


def read_analysis_table(engine: Engine, tables: Tables, table: Expression,
                        protocol: Protocol) -> AnalysisTable:
    """The table in memory, in order of trials, with the scans and relapses that come after the index day."""
    rows = table.order_by("trial_id").to_pyarrow()
    index_day = np.asarray(rows["index_day"].to_numpy(), dtype=np.int64)
    last = tables.periods.agg(last=tables.periods.last_day.max())
    outcomes = {each.name: _days(rows, f"day_{each.name}", index_day) for each in protocol.outcomes}
    return AnalysisTable(
        trial=rows["trial_id"].to_numpy(), person=rows["person_id"].to_numpy(), index_day=index_day,
        acted=_days(rows, "acted_day", index_day), left=_days(rows, "left_day", index_day),
        end=_days(rows, "seen_last", index_day),
        death=_days(rows, "day_death-before", index_day), outcomes=outcomes,
        has_baseline=rows["has_baseline"].to_numpy(zero_copy_only=False).astype(bool),
        covariates={each.name: _values(rows, f"cov_{each.name}") for each in protocol.covariates},
        subgroups={each.name: _values(rows, f"sub_{each.name}") for each in protocol.subgroups},
        data_cut=int(engine.keep(last, "last").to_pyarrow()["last"][0].as_py()),
        scans=_read_scans(engine, tables, table, protocol),
        relapses=_read_relapses(engine, tables, table, protocol))


def _days(rows: Any, name: str, index_day: NDArray[np.int64]) -> Numbers:
    return np.asarray(rows[name].cast("float64").to_numpy(), dtype=np.float64) - index_day


def _values(rows: Any, name: str) -> Numbers | NDArray[np.str_]:
    column = rows[name].combine_chunks()
    if str(column.type) in ("string", "large_string"):
        words = column.fill_null("").dictionary_encode()
        labels = np.array(words.dictionary.to_pylist() or [""], dtype=np.str_)
        return np.asarray(labels[words.indices.to_numpy()])
    return np.asarray(column.cast("float64").to_numpy(zero_copy_only=False), dtype=np.float64)


def _after(engine: Engine, table: Expression, days: Expression, protocol: Protocol) -> Any:
    rows = table.select("trial_id", "person_id", "index_day").join(days, "person_id")
    horizon = int(protocol.follow_up.years * 365.25) + 1
    later = rows.filter((rows.day > rows.index_day) & (rows.day <= rows.index_day + horizon))
    later = later.mutate(after=(later.day - later.index_day).cast("float64"))
    return engine.keep(later, "later").order_by(["trial_id", "after"]).to_pyarrow()


def _read_scans(engine: Engine, tables: Tables, table: Expression,
                protocol: Protocol) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    """Trial, day after the index and whether active (0, 1), of the scans that tell."""
    ibis = load_ibis()
    told = tables.scans.filter(tables.scans.active.notnull()).group_by("person_id", "day").agg(
        active=ibis._.active.max().cast("float64"))
    rows = _after(engine, table, told, protocol)
    return tuple(rows[name].to_numpy() for name in ("trial_id", "after", "active"))


def _read_relapses(engine: Engine, tables: Tables, table: Expression,
                   protocol: Protocol) -> tuple[NDArray[np.int64], Numbers]:
    every = tables.relapses
    counted = every.filter(every.counted.fill_null(False) & every.onset.notnull())
    rows = _after(engine, table, counted.select("person_id", day="onset"), protocol)
    return rows["trial_id"].to_numpy(), rows["after"].to_numpy()
