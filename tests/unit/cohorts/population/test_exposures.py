"""From which day on people follow a strategy, or neither, on treatments written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from parity.invented_registry import FIRST, Person, write_registry
from stepdown.cohorts.engines import Engine, open_engine, to_rows
from stepdown.cohorts.population.exposures import find_exposures
from stepdown.cohorts.population.index import find_index_days
from stepdown.cohorts.population.tables import read_tables
from stepdown.cohorts.protocol.model import Protocol, Strategy
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.registry.reading import read_registry

#: Days after the visit at which the clock starts; the first period begins 1,000 days before it.
VISIT = FIRST + timedelta(1000)
Periods = list[tuple[str, int, int | None]]
LOW, HIGH, OTHER_HIGH = "glatiramer-acetate", "ocrelizumab", "rituximab"

STOPS: dict[str, tuple[Periods, int | None]] = {
    "goes on": ([(HIGH, -1000, None)], None),
    "stops at the visit": ([(HIGH, -1000, 0)], 0),
    "stops later": ([(HIGH, -1000, 200)], 200),
    "stops and begins the same drug again soon": ([(HIGH, -1000, 0), (HIGH, 30, None)], 0),
    "changes at once": ([(HIGH, -1000, 0), (LOW, 0, None)], None),
    "changes at once and stops the second drug": ([(HIGH, -1000, 0), (LOW, 0, 300)], 300),
    "a new row for the same drug the day after": ([(HIGH, -1000, 0), (HIGH, 1, None)], None),
    "another drug is taken beside it": ([(HIGH, -1000, 0), (LOW, -50, None)], None),
}
SWITCHES: dict[str, tuple[Periods, tuple[int | None, int | None]]] = {
    "goes on": ([(HIGH, -1000, None)], (None, None)),
    "steps down at the visit": ([(HIGH, -1000, 0), (LOW, 0, None)], (0, None)),
    "steps down after a pause": ([(HIGH, -1000, 10), (LOW, 100, None)], (100, 10)),
    "changes to a drug as strong": ([(HIGH, -1000, 10), (OTHER_HIGH, 10, None)], (None, None)),
    "changes to one as strong, then steps down": (
        [(HIGH, -1000, 10), (OTHER_HIGH, 10, 400), (LOW, 400, None)], (400, None)),
    "stops": ([(HIGH, -1000, 50)], (None, 50)),
}


#: When somebody has left the drug of the index day without stopping: as another drug leaves, or only one of
#: another efficacy does, or none does.
CHANGES: dict[str, tuple[Periods, tuple[int | None, int | None, int | None]]] = {
    "goes on": ([(HIGH, -1000, None)], (None, None, None)),
    "changes at once": ([(HIGH, -1000, 0), (LOW, 0, None)], (0, 0, None)),
    "changes to a drug as strong": ([(HIGH, -1000, 10), (OTHER_HIGH, 10, None)], (10, None, None)),
    "begins another beside it": ([(HIGH, -1000, 200), (LOW, 90, None)], (90, 90, None)),
    "one of two ends": ([(LOW, -1000, None), (HIGH, -500, 40)], (40, None, None)),
    "stops": ([(HIGH, -1000, 50)], (None, None, None)),
    "a new row for the same drug the day after": ([(HIGH, -1000, 0), (HIGH, 1, None)], (None, None, None)),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("duckdb") as opened:
        yield opened


def invent(periods: Periods, intervals: tuple[int | None, ...] = ()) -> Person:
    person = Person({"birth_date": date(1960, 1, 1), "sex": "female", "diagnosis": "MS"}, FIRST,
                    date(2020, 12, 31))
    person.visits = [{"date": VISIT, "date_precision": "day"}]
    days = [VISIT + timedelta(start) for _, start, _ in periods]
    person.treatments = [
        {"therapy": drug, "start": day, "stop": None if stop is None else VISIT + timedelta(stop),
         "still_taking": True if stop is None else None,
         "interval_days": intervals[place] if intervals else None}
        for place, ((drug, _, stop), day) in enumerate(zip(periods, days, strict=True))]
    return person


def find(engine: Engine, folder: Path, people: list[Person], protocol: Protocol) -> list[Any]:
    registry = read_registry(engine.connection, write_registry(people, folder / "invented"))
    tables = read_tables(engine, registry, protocol.definitions.treatment)
    index = find_index_days(engine, tables, protocol.index)
    rows = to_rows(index.join(find_exposures(engine, tables, index, protocol), "trial_id"))
    rows.sort(key=lambda row: row["person_id"])
    return [tuple(None if row[name] is None else row[name] - row["index_day"]
                  for name in ("acted_day", "left_day")) for row in rows]


def test_a_stop_counts_on_its_day_whatever_is_begun_later(engine: Engine, tmp_path: Path) -> None:
    people = [invent(periods) for periods, _ in STOPS.values()]
    found = find(engine, tmp_path, people, read_shipped("stopping-at-50"))
    assert dict(zip(STOPS, found, strict=True)) == {name: (day, None) for name, (_, day) in STOPS.items()}


@pytest.mark.parametrize(("place", "word"), [*enumerate(("leaves", "same-efficacy", "goes-on"))])
def test_who_changes_the_drug_has_left_it_unless_the_protocol_says_otherwise(
        engine: Engine, tmp_path: Path, place: int, word: str) -> None:
    people = [invent(periods) for periods, _ in CHANGES.values()]
    shipped = read_shipped("stopping-at-50").model_dump(mode="json")
    shipped["strategies"][1]["another_drug"] = word
    found = find(engine, tmp_path, people, Protocol.model_validate(shipped))
    assert [left for _, left in found] == [days[place] for _, days in CHANGES.values()]


def test_to_go_on_is_to_go_on_with_the_same_drug_where_nothing_is_said() -> None:
    assert Strategy(name="a", action="continue").another_drug == "leaves"


def test_stepping_down_is_a_milder_drug_and_stopping_is_neither(engine: Engine, tmp_path: Path) -> None:
    people = [invent(periods) for periods, _ in SWITCHES.values()]
    found = find(engine, tmp_path, people, read_shipped("stepping-down-from-high-efficacy"))
    assert dict(zip(SWITCHES, found, strict=True)) == {name: days for name, (_, days) in SWITCHES.items()}


def test_a_longer_interval_is_a_new_row_on_the_same_drug(engine: Engine, tmp_path: Path) -> None:
    longer: Periods = [("natalizumab", -1000, 0), ("natalizumab", 0, None)]
    stopped: Periods = [("natalizumab", -1000, 60)]
    people = [invent(longer, (28, 42)), invent(longer, (28, 28)), invent(stopped, (28,))]
    found = find(engine, tmp_path, people, read_shipped("natalizumab-six-weekly"))
    assert found == [(0, None), (None, None), (None, 60)]
