"""A simulated registry on disk: as declared, the same for a seed, in order."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.reading import connect_duckdb, read_registry
from stepdown.cohorts.registry.simulation import chunk, writing
from stepdown.cohorts.registry.simulation.parameters import Settings, Shift
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.ms.errors import UserError
from stepdown.patients.tables import TABLES

NAMES = tuple(TABLES)


def simulate(folder: Path, **settings: Any) -> Path:
    return simulate_registry(Settings(**{"people": 300, "seed": 7, **settings}), folder).folder


def read(folder: Path, name: str) -> pa.Table:
    return pq.read_table(folder / f"{name}.parquet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(tmp_path_factory.mktemp("simulated") / "registry")


def test_every_column_is_a_declared_one_and_can_be_read(folder: Path) -> None:
    registry = read_registry(connect_duckdb(), folder)
    assert registry.absent == ()
    for name in NAMES:
        assert set(read(folder, name).column_names) <= set(TABLES[name].names)


def test_required_columns_have_a_value_in_every_row(folder: Path) -> None:
    for name, table in TABLES.items():
        rows = read(folder, name)
        assert not [one.name for one in table if one.required and rows[one.name].null_count]


def test_rows_are_numbered_and_those_of_a_person_stand_together_in_order(folder: Path) -> None:
    for name, table in TABLES.items():
        rows = read(folder, name)
        assert rows[table.key].to_pylist() == list(range(1, len(rows) + 1))
        people = rows["person_id"].to_pylist()
        assert people == sorted(people)
    visits = read(folder, "visits")
    pairs = list(zip(visits["person_id"].to_pylist(), visits["date"].to_pylist(), strict=True))
    assert pairs == sorted(pairs)


def test_the_same_seed_gives_the_same_rows_whatever_the_number_of_workers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WORKERS", 1)
    again = simulate(tmp_path / "again")
    assert all(read(again, name).equals(read(folder, name)) for name in NAMES)
    other = simulate(tmp_path / "other", seed=8)
    assert not read(other, "visits").equals(read(folder, "visits"))


def test_more_chunks_follow_on_without_changing_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk, "CHUNK", 100)
    monkeypatch.setattr("stepdown.cohorts.registry.simulation.measuring.CHUNK", 100)
    one, three = simulate(tmp_path / "one", people=100), simulate(tmp_path / "three", people=250)
    people = read(three, "patients")
    assert people["person_id"].to_pylist() == list(range(1, 251))
    assert people.slice(0, 100).to_pylist() == read(one, "patients").to_pylist()


def test_the_folder_says_that_its_people_are_invented(folder: Path) -> None:
    about = json.loads((folder / "simulation.json").read_text(encoding="utf-8"))
    assert "invented" in about["note"]
    assert about["settings"]["seed"] == 7
    assert about["rows"]["patients"] == 300


def test_a_folder_that_holds_something_is_left_alone(folder: Path) -> None:
    with pytest.raises(UserError, match="new or empty folder"):
        simulate(folder)


@pytest.mark.parametrize("wrong", [{"people": 0}, {"seed": -1}, {"stopping_odds": 0.0}])
def test_settings_that_make_no_registry_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(UserError):
        simulate(tmp_path / "none", **wrong)


def test_a_shift_changes_nothing_before_its_day_and_only_its_centre(tmp_path: Path) -> None:
    since = date(2019, 1, 1)
    plain = simulate(tmp_path / "plain", stopping_odds=20.0)
    moved = simulate(tmp_path / "moved", stopping_odds=20.0, shift=Shift(hazard=9, since=since, centre=3))
    rows = [read(each, "relapses").join(read(each, "patients").select(["person_id", "centre"]), "person_id")
            .to_pylist() for each in (plain, moved)]
    before = [{(row["person_id"], row["onset"]) for row in each if row["onset"] < since} for each in rows]
    elsewhere = [[row["onset"] for row in each if row["centre"] != "centre 03"] for each in rows]
    assert before[0] == before[1] and sorted(elsewhere[0]) == sorted(elsewhere[1])
    assert len(rows[1]) > len(rows[0])


@pytest.mark.parametrize("shift", [Shift(hazard=0), Shift(hazard=2, centre=21)])
def test_a_shift_that_cannot_be_is_refused(tmp_path: Path, shift: Shift) -> None:
    with pytest.raises(UserError, match=r"shift of the hazard|numbers 1 to 20"):
        simulate(tmp_path / "registry", shift=shift)
