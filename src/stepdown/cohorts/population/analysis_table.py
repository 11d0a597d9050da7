"""The one table that leaves the engine: a row a trial, with all that the estimates need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.exposures import find_exposures
from stepdown.cohorts.population.facts import find_fact, is_in_row, read_row, with_people
from stepdown.cohorts.population.first_days import ON_MRI, find_first_days, find_last_scans
from stepdown.cohorts.population.index import DAYS_TOLD_APART
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.model import FACT_KINDS, Asked, Outcome, Protocol

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AnalysisTable:
    """One value a trial. Days are counted from the index day; not a number is "not seen".

    ``acted`` is when the target strategy was begun, ``left`` when something was done that neither strategy
    allows, ``end`` the last day observed, ``last_scan`` the last day on which a scan told of activity.
    ``relapses_apart`` marks people of whom import set a relapse row apart. ``covariates`` are numbers
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
    last_scan: Numbers
    relapses_apart: NDArray[np.bool_]
    covariates: Mapping[str, Numbers | NDArray[np.str_]]
    subgroups: Mapping[str, Numbers | NDArray[np.str_]]
    data_cut: int
    scans: tuple[NDArray[np.int64], Numbers, Numbers]
    relapses: tuple[NDArray[np.int64], Numbers]


_COLUMNS = tuple(each.name for each in fields(AnalysisTable) if each.name != "data_cut")


def build_analysis_table(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """The table as a stage of the engine: ``trial_id, person_id``, days, ``cov_``, ``sub_`` and ``day_``."""
    acted = find_exposures(engine, tables, index, protocol)
    outcomes = (*protocol.outcomes, Outcome(name="death-before", kind="death"))
    days = find_first_days(engine, tables, index, acted, outcomes, protocol.definitions)
    found, parts = _read_rows(tables, index, protocol), [acted, days]
    if any(outcome.kind in ON_MRI for outcome in outcomes):
        parts.append(find_last_scans(tables, index))
    else:
        parts.append(index.select("trial_id", last_scan=load_ibis().null("int32")))
    for name, each in _list_asked(protocol):
        if not is_in_row(each):
            answer = find_fact(engine, tables, index, each)
            parts.append(answer.select("trial_id", **{name: answer[_get_column(each)]}))
    for part in parts:
        found = found.left_join(part, "trial_id").drop("trial_id_right")
    return engine.keep(found, "analysis")


def _read_rows(tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """The trials with all that is asked of the index day and of what is on file of the person."""
    rows = with_people(index, tables)
    asked = {name: read_row(rows, each)[_get_column(each)]
             for name, each in _list_asked(protocol) if is_in_row(each)}
    return rows.select("trial_id", "person_id", "index_day", "seen_last",
                       apart=rows.relapses_set_apart > 0, **asked)


def _list_asked(protocol: Protocol) -> Iterator[tuple[str, Asked]]:
    """Every covariate and subgroup with the name of its column."""
    for prefix, asked in (("cov_", protocol.covariates), ("sub_", protocol.subgroups)):
        for each in asked:
            yield prefix + each.name, each


def _get_column(asked: Asked) -> str:
    return "low" if FACT_KINDS[asked.fact] == "number" else "answer"


@dataclass(frozen=True)
class Built:
    """The tables of the engine that leave it: trials, their scans and relapses, and the last day observed."""

    trials: Expression
    scans: Expression
    relapses: Expression
    last: Expression


def build_tables(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Built:
    """All that leaves the engine, worked out; scans and relapses are those after the index day."""
    trials = build_analysis_table(engine, tables, index, protocol)
    last = tables.periods.agg(last=tables.periods.last_day.max())
    return Built(trials, _after(engine, trials, _list_scans(tables), protocol),
                 _after(engine, trials, _list_relapses(tables), protocol), engine.keep(last, "last"))


def read_analysis_table(built: Built, protocol: Protocol, before: int = 0) -> AnalysisTable:
    """The tables in memory, in order of trials; ``before`` people come before those of the engine."""
    rows = built.trials.order_by("trial_id").to_pyarrow()
    first = before * DAYS_TOLD_APART
    index_day = np.asarray(rows["index_day"].to_numpy(), dtype=np.int64)
    outcomes = {each.name: _days(rows, f"day_{each.name}", index_day) for each in protocol.outcomes}
    scans, relapses = (each.order_by(["trial_id", "after"]).to_pyarrow()
                       for each in (built.scans, built.relapses))
    return AnalysisTable(
        trial=rows["trial_id"].to_numpy() + first, person=rows["person_id"].to_numpy(), index_day=index_day,
        acted=_days(rows, "acted_day", index_day), left=_days(rows, "left_day", index_day),
        end=_days(rows, "seen_last", index_day),
        death=_days(rows, "day_death-before", index_day), outcomes=outcomes,
        has_baseline=rows["has_baseline"].to_numpy(zero_copy_only=False).astype(bool),
        last_scan=_days(rows, "last_scan", index_day),
        relapses_apart=rows["apart"].fill_null(False).to_numpy(zero_copy_only=False).astype(bool),
        covariates={each.name: _values(rows, f"cov_{each.name}") for each in protocol.covariates},
        subgroups={each.name: _values(rows, f"sub_{each.name}") for each in protocol.subgroups},
        data_cut=built.last.to_pyarrow()["last"][0].as_py() or 0,
        scans=(scans["trial_id"].to_numpy() + first, scans["after"].to_numpy(), scans["active"].to_numpy()),
        relapses=(relapses["trial_id"].to_numpy() + first, relapses["after"].to_numpy()))


def join_tables(parts: list[AnalysisTable]) -> AnalysisTable:
    """One table of parts that follow one another; the list is emptied, a column at a time."""
    if len(parts) == 1:
        return parts[0]
    columns = [{name: getattr(part, name) for name in _COLUMNS} for part in parts]
    data_cut = max(part.data_cut for part in parts)
    parts.clear()
    return AnalysisTable(data_cut=data_cut, **{name: _join([each.pop(name) for each in columns])
                                               for name in _COLUMNS})


def _join(values: list[Any]) -> Any:
    if isinstance(values[0], Mapping):
        return {name: _join([each[name] for each in values]) for name in values[0]}
    if isinstance(values[0], tuple):
        return tuple(np.concatenate(each) for each in zip(*values, strict=True))
    return np.concatenate(values)


def _days(rows: Any, name: str, index_day: NDArray[np.int64]) -> Numbers:
    return np.asarray(rows[name].cast("float64").to_numpy(), dtype=np.float64) - index_day


def _values(rows: Any, name: str) -> Numbers | NDArray[np.str_]:
    column = rows[name].combine_chunks()
    if str(column.type) in ("string", "large_string"):
        words = column.fill_null("").dictionary_encode()
        labels = np.array(words.dictionary.to_pylist() or [""], dtype=np.str_)
        return np.asarray(labels[words.indices.to_numpy()])
    return np.asarray(column.cast("float64").to_numpy(zero_copy_only=False), dtype=np.float64)


def _after(engine: Engine, table: Expression, days: Expression, protocol: Protocol) -> Expression:
    rows = table.select("trial_id", "person_id", "index_day").join(days, "person_id")
    horizon = int(protocol.follow_up.years * 365.25) + 1
    later = rows.filter((rows.day > rows.index_day) & (rows.day <= rows.index_day + horizon))
    later = later.mutate(after=(later.day - later.index_day).cast("float64"))
    return engine.keep(later.drop("person_id", "index_day", "day"), "later")


def _list_scans(tables: Tables) -> Expression:
    """``person_id, day, active`` (0, 1) of the scans that tell."""
    told = tables.scans.filter(tables.scans.active.notnull())
    return told.group_by("person_id", "day").agg(active=told.active.max().cast("float64"))


def _list_relapses(tables: Tables) -> Expression:
    every = tables.relapses
    counted = every.filter(every.counted.fill_null(False) & every.onset.notnull())
    return counted.select("person_id", day="onset")
