"""A whole cohort, person by person in plain Python and on an engine: the same people, days and outcomes."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity import one_by_one
from parity.invented_registry import Person, draw_people, write_registry
from stepdown.cohorts.engines import open_engine
from stepdown.cohorts.population.analysis_table import build_columns, gather_columns
from stepdown.cohorts.population.attrition import select_population
from stepdown.cohorts.population.index import find_index_days
from stepdown.cohorts.population.tables import read_tables
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.registry.reading import read_registry

PROTOCOL = Protocol.model_validate({
    "name": "parity", "title": "t", "question": "q", "source": "s",
    "definitions": {"relapse": {"source": "x"}, "worsening": {"rules": "stepdown", "source": "x"},
                    "treatment": {"gap_days": one_by_one.GAP_DAYS, "source": "x"}},
    "population": [
        {"name": "ms", "fact": "diagnosis", "any_of": ["MS"]},
        {"name": "on-therapy", "fact": "therapy", "none_of": ["none"]},
        {"name": "stable", "fact": "years_stable", "at_least": 0.5},
        {"name": "on-it", "fact": "years_on_treatment", "at_least": 0.25},
        {"name": "quiet", "fact": "active_on_mri", "months": 24, "holds": False, "if_unknown": "include"},
    ],
    "index": {"event": "visit", "trials": "all"},
    "strategies": [{"name": "stop", "action": "stop"}, {"name": "continue", "action": "continue"}],
    "comparator": "continue", "follow_up": {"years": 2},
    "outcomes": [{"name": "relapse", "kind": "relapse"}, {"name": "mri", "kind": "mri_activity"},
                 {"name": "worse", "kind": "confirmed_worsening"}],
    "covariates": [{"name": "course", "fact": "course"},
                   {"name": "activity", "fact": "course_activity", "months": 12},
                   {"name": "viaadisc", "fact": "viaadisc_points", "months": 12},
                   {"name": "scan", "fact": "active_on_last_scan", "months": 24}],
})
Cohort = tuple[list[tuple[int, int, int]], set[tuple[Any, ...]]]


def on_engine(people: list[Person], name: str) -> Cohort:
    """Counts left, refused and unknown at each criterion, and every trial with its days."""
    with tempfile.TemporaryDirectory() as folder, open_engine(name) as engine:
        registry = read_registry(engine.connection, write_registry(people, Path(folder) / "invented"))
        tables = read_tables(engine, registry, PROTOCOL.definitions.treatment)
        found = select_population(engine, tables, find_index_days(engine, tables, PROTOCOL.index), PROTOCOL)
        columns = build_columns(engine, found.tables, found.index, PROTOCOL)
        rows = gather_columns(engine, columns)
    steps = [(step.trials_left, step.trials_refused, step.trials_unknown) for step in found.steps]
    names = ("person_id", "index_day", "acted_day", "day_relapse", "day_mri", "day_worse",
             "day_death-before", "last_scan", "has_baseline", "cov_course", "cov_activity", "cov_viaadisc",
             "cov_scan")
    return steps, set(zip(*(to_answers(rows[name]) for name in names), strict=True))


def to_answers(column: np.ndarray | Words) -> list[Any]:
    """Values of Python; None for what is unknown."""
    if isinstance(column, Words):
        return [word or None for word in column.to_array().tolist()]
    return [None if np.isnan(value) else value for value in column.tolist()]


def one_by_one_cohort(people: list[Person]) -> Cohort:
    days = [(number, day) for number, person in enumerate(people) for day in one_by_one.index_days(person)]
    answers = {(number, day): one_by_one.judge(people[number], day) for number, day in days}
    steps, left = [(len(days), 0, 0)], days
    for place, criterion in enumerate(PROTOCOL.population):
        met = {key: answers[key][place] for key in left}
        left = [key for key in left if met[key] or (met[key] is None and criterion.if_unknown == "include")]
        steps.append((len(left), sum(truth is False for truth in met.values()),
                      sum(truth is None for truth in met.values())))
    return steps, {describe(people[number], number, day) for number, day in left}


def describe(person: Person, number: int, day: date) -> tuple[Any, ...]:
    has_baseline, worse = one_by_one.worsening_day(person, day)
    deaths = [row["date"] for row in person.events]
    found = [one_by_one.stop_day(person, day), one_by_one.first_after(one_by_one.relapse_days(person), day),
             one_by_one.first_after(one_by_one.scan_days(person), day), worse,
             one_by_one.first_after(deaths, day), one_by_one.last_told(person, day)]
    return (number, one_by_one.to_day(day), *(None if each is None else one_by_one.to_day(each)
                                             for each in found), has_baseline,
            *one_by_one.covariates(person, day))


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000))
def test_duckdb_agrees_with_plain_python(seed: int) -> None:
    """Two examples of 100 registries of two people each."""
    people = draw_people(seed, 200)
    steps, trials = on_engine(people, "duckdb")
    expected_steps, expected = one_by_one_cohort(people)
    assert trials == expected
    assert steps == expected_steps


def test_the_invented_registries_reach_every_branch() -> None:
    steps, trials = one_by_one_cohort(draw_people(1, 200))
    assert all(refused for _, refused, _ in steps[2:])
    assert sum(bool(unknown) for _, _, unknown in steps) >= 4
    assert all(any(trial[place] is not None for trial in trials) for place in range(2, 7))


# Minutes on two cores: the definitions run on Spark in every run, the whole table in the long one.
@pytest.mark.validate
@pytest.mark.parametrize("seed", [1])
def test_spark_agrees_with_plain_python(seed: int) -> None:
    """Three registries of four people, in one session."""
    people = draw_people(seed, 12)
    steps, trials = on_engine(people, "spark")
    expected_steps, expected = one_by_one_cohort(people)
    assert trials == expected
    assert steps == expected_steps
