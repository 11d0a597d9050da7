"""The one table that leaves the engine: a row a trial, with all that the estimates need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.columns import Codes, Numbers, to_integers, to_values
from stepdown.cohorts.population.exposures import find_exposures
from stepdown.cohorts.population.facts import find_fact, is_in_row, read_row, with_people
from stepdown.cohorts.population.first_days import ON_MRI, find_first_days, find_last_scans
from stepdown.cohorts.population.index import DAYS_TOLD_APART
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import FACT_KINDS, Asked, Outcome, Protocol

#: Whole days, which are exact in half the memory.
Days = NDArray[np.float32]


@dataclass(frozen=True)
class AnalysisTable:
    """One value a trial. Days are counted from the index day, in short floats; not a number is "not seen".

    ``acted`` is when the target strategy was begun, ``left`` when something was done that neither strategy
    allows, ``end`` the last day observed, ``last_scan`` the last day on which a scan told of activity.
    ``relapses_apart`` marks people of whom import set a relapse row apart. ``covariates`` are numbers
    (not a number: unknown) or words.
    """

    trial: NDArray[np.int64]
    person: NDArray[np.int64]
    index_day: NDArray[np.int32]
    acted: Days
    left: Days
    end: Days
    death: Days
    outcomes: Mapping[str, Days]
    has_baseline: NDArray[np.bool_]
    last_scan: Days
    relapses_apart: NDArray[np.bool_]
    covariates: Mapping[str, Numbers | Words]
    subgroups: Mapping[str, Numbers | Words]
    data_cut: int
    scans: tuple[NDArray[np.int64], Days, NDArray[np.int8]]
    relapses: tuple[NDArray[np.int64], Days]


_COLUMNS = tuple(each.name for each in fields(AnalysisTable) if each.name != "data_cut")


def build_columns(engine: Engine, tables: Tables, index: Expression,
                  protocol: Protocol) -> tuple[Expression, ...]:
    """Stages of the engine with the columns of the table by ``trial_id``: days, ``cov_``, ``sub_``, ``day_``.

    The first has a row for every trial and its ``person_id``, others may lack trials of which nothing is
    known. They are put beside one another where they leave the engine, by ``gather_columns``: to join them
    inside it takes several times as long.
    """
    acted = find_exposures(engine, tables, index, protocol)
    outcomes = (*protocol.outcomes, Outcome(name="death-before", kind="death"))
    days = find_first_days(engine, tables, index, acted, outcomes, protocol.definitions)
    found, scans = _read_rows(tables, index, protocol), index.select("trial_id").limit(0)
    scans = scans.mutate(last_scan=load_ibis().null("int32"))
    if any(outcome.kind in ON_MRI for outcome in outcomes):
        scans = find_last_scans(tables, index)
    parts = [engine.keep(found, "analysis"), acted, days, engine.keep(scans, "last_scan")]
    for name, each in _list_asked(protocol):
        if not is_in_row(each):
            answer = find_fact(engine, tables, index, each)
            parts.append(answer.select("trial_id", **{name: answer[_get_column(each)]}))
    return tuple(parts)


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
    """What leaves the engine: columns of the trials, their scans and relapses, and the last day observed."""

    engine: Engine
    trials: tuple[Expression, ...]
    scans: Expression
    relapses: Expression
    last: Expression


def build_tables(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Built:
    """All that leaves the engine, worked out; scans and relapses are those after the index day."""
    columns = build_columns(engine, tables, index, protocol)
    last = tables.periods.agg(last=tables.periods.last_day.max())
    return Built(engine, columns, _after(engine, index, _list_scans(tables), protocol),
                 _after(engine, index, _list_relapses(tables), protocol), engine.keep(last, "last"))


def gather_columns(engine: Engine, columns: tuple[Expression, ...]) -> dict[str, Any]:
    """What ``build_columns`` has found, in order of trials; not a number where there is no row."""
    rows = engine.fetch(columns[0])
    trials = to_integers(rows["trial_id"])
    order = np.argsort(trials)
    found: dict[str, Any] = {"trial_id": trials[order]}
    found |= {name: to_values(rows[name])[order] for name in rows.column_names if name != "trial_id"}
    for part in map(engine.fetch, columns[1:]):
        place = _find_places(found["trial_id"], to_integers(part["trial_id"]))
        found |= {name: _spread(to_values(part[name]), place) for name in part.column_names
                  if name != "trial_id"}
    return found


def _find_places(trials: Codes, of_part: Codes) -> Codes:
    """Where the row of each trial lies in a part, -1 for none; a part may have rows of other trials."""
    place = np.full(len(trials) + 1, -1)
    found = np.searchsorted(trials, of_part)
    there = np.append(trials, -1)[found] == of_part
    place[found[there]] = np.flatnonzero(there)
    return place[:-1]


def _spread(values: Numbers | Words, place: Codes) -> Numbers | Words:
    if isinstance(values, Words):
        return Words(np.append(values.codes, np.int16(0))[place], values.labels)
    return np.append(values, np.nan)[place]


def read_analysis_table(built: Built, protocol: Protocol, before: int = 0) -> AnalysisTable:
    """The tables in memory, in order of trials; ``before`` people come before those of the engine."""
    engine, rows = built.engine, gather_columns(built.engine, built.trials)
    first, index_day = before * DAYS_TOLD_APART, rows["index_day"].astype(np.int32)
    scans, relapses = (_sort(engine.fetch(each)) for each in (built.scans, built.relapses))

    def count(name: str) -> Days:
        return np.asarray(rows[name] - index_day, dtype=np.float32)

    return AnalysisTable(
        trial=rows["trial_id"] + first, person=rows["person_id"].astype(np.int64), index_day=index_day,
        acted=count("acted_day"), left=count("left_day"), end=count("seen_last"),
        death=count("day_death-before"),
        outcomes={each.name: count(f"day_{each.name}") for each in protocol.outcomes},
        has_baseline=rows["has_baseline"] == 1, last_scan=count("last_scan"),
        relapses_apart=rows["apart"] == 1,
        covariates={each.name: rows[f"cov_{each.name}"] for each in protocol.covariates},
        subgroups={each.name: rows[f"sub_{each.name}"] for each in protocol.subgroups},
        data_cut=engine.fetch(built.last)["last"][0].as_py() or 0,
        scans=(scans["trial_id"] + first, scans["after"].astype(np.float32), scans["active"].astype(np.int8)),
        relapses=(relapses["trial_id"] + first, relapses["after"].astype(np.float32)))


def _sort(rows: Any) -> dict[str, Any]:
    """Columns in order of trials, and of days."""
    found: dict[str, Any] = {name: to_values(rows[name]) for name in rows.column_names if name != "trial_id"}
    found["trial_id"] = to_integers(rows["trial_id"])
    order = np.lexsort((found["after"], found["trial_id"]))
    return {name: values[order] for name, values in found.items()}


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
    if isinstance(values[0], Words):
        return Words.join(values)
    if isinstance(values[0], Mapping):
        return {name: _join([each[name] for each in values]) for name in values[0]}
    if isinstance(values[0], tuple):
        return tuple(np.concatenate(each) for each in zip(*values, strict=True))
    return np.concatenate(values)


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
