"""A whole cohort, person by person in plain Python and on an engine: the same people, days and outcomes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity import one_by_one
from parity.invented_registry import Person, draw_people, write_registry
from stepdown.cohorts.engines import Engine, open_engine
from stepdown.cohorts.parts import Part, take_part
from stepdown.cohorts.population.analysis_table import build_columns, gather_columns
from stepdown.cohorts.population.attrition import Population, count_steps, select_population
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
#: The same with a trial from the start of each quarter, and its calendar time among the covariates.
EACH_QUARTER = Protocol.model_validate(PROTOCOL.model_dump() | {
    "index": {"event": "calendar", "every_months": 3, "trials": "all"},
    "strategies": [{"name": "stop", "action": "stop", "grace_days": 91},
                   {"name": "continue", "action": "continue"}],
    "covariates": [*PROTOCOL.model_dump()["covariates"], {"name": "year", "fact": "calendar_year"}]})
NAMES = ("person_id", "index_day", "acted_day", "day_relapse", "day_mri", "day_worse", "day_death-before",
         "last_scan", "has_baseline", "cov_course", "cov_activity", "cov_viaadisc", "cov_scan")
Cohort = tuple[list[tuple[int, int, int]], set[tuple[Any, ...]]]


def on_engine(engine: Engine, people: list[Person], each: int,
              protocol: Protocol = PROTOCOL) -> Iterator[Cohort]:
    """For one registry of ``each`` people after another: counts left, refused and unknown at each criterion,
    and every trial with its days.

    They lie in one folder; the engine is given the people of one and no others, and asked the same again.
    """
    with tempfile.TemporaryDirectory() as folder:
        every = read_registry(engine.connection, write_registry(people, Path(folder) / "invented"))
        population: Population | None = None
        for first in range(0, len(people), each):
            registry = take_part(engine, every, Part(first, first, first + each))
            if population is None:
                tables = read_tables(engine, registry, protocol.definitions.treatment)
                index = find_index_days(engine, tables, protocol.index)
                population = select_population(engine, tables, index, protocol)
                columns = build_columns(engine, population.tables, population.index, protocol)
            else:
                engine.run_again()
            steps = [(step.trials_left, step.trials_refused, step.trials_unknown)
                     for step in count_steps(engine, population)]
            rows = gather_columns(engine, columns)
            names = [*NAMES, *(name for name in rows if name == "cov_year")]
            yield steps, set(zip(*(to_answers(rows[name]) for name in names), strict=True))


def to_answers(column: np.ndarray | Words) -> list[Any]:
    """Values of Python; None for what is unknown."""
    if isinstance(column, Words):
        return [word or None for word in column.to_array().tolist()]
    return [None if np.isnan(value) else value for value in column.tolist()]


def one_by_one_cohort(people: Mapping[int, Person], protocol: Protocol = PROTOCOL) -> Cohort:
    """The same of one registry, worked out person by person."""
    days = [(number, day) for number, person in people.items() for day in list_starts(person, protocol)]
    answers = {(number, day): one_by_one.judge(people[number], day) for number, day in days}
    steps, left = [(len(days), 0, 0)], days
    for place, criterion in enumerate(protocol.population):
        met = {key: answers[key][place] for key in left}
        left = [key for key in left if met[key] or (met[key] is None and criterion.if_unknown == "include")]
        steps.append((len(left), sum(truth is False for truth in met.values()),
                      sum(truth is None for truth in met.values())))
    return steps, {describe(people[number], number, day, protocol) for number, day in left}


def list_starts(person: Person, protocol: Protocol) -> list[date]:
    if protocol.index.every_months is None:
        return one_by_one.index_days(person)
    return one_by_one.month_starts(person.first_day, person.last_day, protocol.index.every_months)


def describe(person: Person, number: int, day: date, protocol: Protocol) -> tuple[Any, ...]:
    has_baseline, worse = one_by_one.worsening_day(person, day)
    deaths = [row["date"] for row in person.events]
    found = [one_by_one.stop_day(person, day), one_by_one.first_after(one_by_one.relapse_days(person), day),
             one_by_one.first_after(one_by_one.scan_days(person), day), worse,
             one_by_one.first_after(deaths, day), one_by_one.last_told(person, day)]
    year = () if protocol is PROTOCOL else (one_by_one.calendar_year(day),)
    return (number, one_by_one.to_day(day), *(None if each is None else one_by_one.to_day(each)
                                             for each in found), has_baseline,
            *one_by_one.covariates(person, day), *year)


def find_differing(engine: Engine, people: list[Person], each: int,
                   protocol: Protocol = PROTOCOL) -> list[str]:
    """The registries of ``each`` people of which an engine says something else than plain Python."""
    found = list(on_engine(engine, people, each, protocol))
    assert len(found) == len(people) // each
    expected = [one_by_one_cohort({number: people[number] for number in range(first, first + each)}, protocol)
                for first in range(0, len(people), each)]
    return [f"registry {number}: {got} is not {wanted}"
            for number, (got, wanted) in enumerate(zip(found, expected, strict=True)) if got != wanted]


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000))
def test_duckdb_agrees_with_plain_python(seed: int) -> None:
    """Two examples of a hundred registries of two people, two hundred in all; each hundred side by side."""
    with open_engine() as engine:
        assert not find_differing(engine, draw_people(seed, 200), 200)


@settings(max_examples=1)
@given(seed=st.integers(0, 10_000))
def test_duckdb_agrees_with_plain_python_on_one_registry_after_another(seed: int) -> None:
    """Of two people each: some have no scan at all, no drug, or nobody left."""
    with open_engine(threads=1) as engine:
        assert not find_differing(engine, draw_people(seed, 20), 2)


def test_duckdb_agrees_with_plain_python_on_trials_from_each_quarter() -> None:
    with open_engine() as engine:
        assert not find_differing(engine, draw_people(4, 100), 100, EACH_QUARTER)


@pytest.mark.validate
def test_duckdb_agrees_with_plain_python_on_two_hundred_registries_one_by_one() -> None:
    with open_engine(threads=1) as engine:
        assert not find_differing(engine, draw_people(2, 400), 2)


@pytest.mark.parametrize("seed", [1])
def test_whole_cohorts_on_spark_agree_with_plain_python(spark: Engine, seed: int) -> None:
    """Three registries of twelve people, one after another in the session of the definitions."""
    assert not find_differing(spark, draw_people(seed, 36), 12)


@pytest.mark.validate
def test_trials_from_each_quarter_on_spark_agree_with_plain_python(spark: Engine) -> None:
    assert not find_differing(spark, draw_people(4, 12), 12, EACH_QUARTER)


def test_the_invented_registries_reach_every_branch() -> None:
    steps, trials = one_by_one_cohort(dict(enumerate(draw_people(1, 200))))
    assert all(refused for _, refused, _ in steps[2:])
    assert sum(bool(unknown) for _, _, unknown in steps) >= 4
    assert all(any(trial[place] is not None for trial in trials) for place in range(2, 7))


def test_each_registry_on_spark_has_people_left_and_people_taken() -> None:
    for first in (0, 12, 24):
        people = draw_people(1, 36)[first:first + 12]
        steps, trials = one_by_one_cohort(dict(enumerate(people)))
        assert trials
        assert sum(refused for _, refused, _ in steps) > 0
