"""What import could not read, or nobody wrote, is unknown on an index day: it does not vanish, nor say no."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import read_table, write_table

from parity.invented_registry import FIRST, Person, write_registry
from stepdown.cohorts.engines import open_engine, to_rows
from stepdown.cohorts.population.attrition import select_population
from stepdown.cohorts.population.facts import find_fact
from stepdown.cohorts.population.index import find_index_days
from stepdown.cohorts.population.tables import read_tables
from stepdown.cohorts.protocol.model import Asked, Criterion, Index, Protocol
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.registry.reading import read_registry

STOP = FIRST + timedelta(1000)


def invent(start: date | None, stop: date | None, visit: date = STOP) -> Person:
    person = Person({"birth_date": date(1960, 1, 1), "diagnosis": "MS"}, FIRST, date(2020, 12, 31))
    person.treatments = [{"therapy": "ocrelizumab", "start": start, "stop": stop,
                          "still_taking": True if stop is None else None}]
    person.visits = [{"date": visit, "date_precision": "day"}]
    return person


def find_therapies(folder: Path, people: list[Person], index: Index) -> dict[tuple[int, int], str | None]:
    """The therapy of each index day, in days from the stop."""
    with open_engine() as engine:
        registry = read_registry(engine.connection, write_registry(people, folder / "invented"))
        tables = read_tables(engine, registry, read_shipped("stopping-at-50").definitions.treatment)
        rows = to_rows(find_index_days(engine, tables, index))
    first = (STOP - date(1970, 1, 1)).days
    return {(row["person_id"], row["index_day"] - first): row["therapy"] for row in rows}


def test_a_stop_counts_though_its_start_is_not_on_file(tmp_path: Path) -> None:
    people = [invent(FIRST, STOP), invent(None, STOP)]
    assert find_therapies(tmp_path, people, Index(event="stop")) == {
        (0, 0): "ocrelizumab", (1, 0): "ocrelizumab"}


def test_since_when_it_was_taken_is_unknown_and_not_nothing(tmp_path: Path) -> None:
    earlier = STOP - timedelta(100)
    people = [invent(None, STOP, earlier), invent(None, None, earlier), invent(FIRST, STOP, earlier),
              invent(None, STOP, STOP + timedelta(100))]
    assert find_therapies(tmp_path, people, Index(event="visit")) == {
        (0, -100): None, (1, -100): None, (2, -100): "ocrelizumab", (3, 100): "none"}


def test_a_landmark_is_so_many_months_after_each_start_that_is_on_file(tmp_path: Path) -> None:
    """A month after 31 January is 28 February; nobody is observed from 2021 on."""
    begun, late = date(2015, 1, 31), date(2020, 12, 15)
    people = [invent(begun, None), invent(begun, begun + timedelta(10)), invent(None, None),
              invent(late, None)]
    found = find_therapies(tmp_path, people, Index(event="landmark", months_after_start=1))
    landmark = (date(2015, 2, 28) - STOP).days
    assert found == {(0, landmark): "ocrelizumab", (1, landmark): "none"}


def test_a_relapse_row_that_was_set_apart_leaves_stability_unknown(tmp_path: Path) -> None:
    folder = write_registry([invent(FIRST, STOP), invent(FIRST, STOP)], tmp_path / "invented")
    people = read_table(folder / "patients.parquet")
    write_table(people.append_column("relapses_set_apart", pa.array([0, 1], pa.int32())),
                folder / "patients.parquet")
    shipped: dict[str, Any] = read_shipped("stopping-ocrelizumab").model_dump(mode="json")
    stable = Criterion(name="stable", fact="years_stable", at_least=1)
    protocol = Protocol.model_validate({**shipped, "population": [stable.model_dump()]})
    with open_engine() as engine:
        tables = read_tables(engine, read_registry(engine.connection, folder), protocol.definitions.treatment)
        index = find_index_days(engine, tables, protocol.index)
        had = to_rows(find_fact(engine, tables, index, Asked(fact="had_relapse", months=24)))
        last = select_population(engine, tables, index, protocol).steps[-2]
    assert sorted(row["answer"] is None for row in had) == [False, True]
    assert (last.people_left, last.people_refused, last.people_unknown) == (1, 0, 1)
