"""People enter a registry behind all others, whose rows stay; who is there already is replaced."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.adding import add_people
from stepdown.cohorts.registry.checking import check_registry
from stepdown.ms.errors import UserError
from stepdown.patients.registry_rows import RegistryRows
from stepdown.patients.tables import TABLES as DECLARED
from unit.cohorts.registry.invented_registry import write_registry


def person(source_id: str = "new", **tables: list[dict[str, Any]]) -> RegistryRows:
    """An invented person with one treatment, and what is given."""
    given = {"patients": [{"source_id": source_id, "diagnosis": "MS"}],
             "observation_periods": [{"first_day": date(2012, 1, 1), "last_day": date(2020, 12, 31)}],
             "treatments": [{"therapy": "ocrelizumab", "start": date(2018, 6, 1)}], **tables}
    return RegistryRows(source_id, {name: tuple(given.get(name, ())) for name in DECLARED}, ())


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def test_a_new_person_gets_the_next_number_and_nobody_else_changes(tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "r")
    before = {name: read(folder, name) for name in ("patients", "treatments", "visits", "mri")}
    (added,) = add_people(folder, [person()])
    assert (added.person_id, added.replaced, added.rows["treatments"]) == (4, False, 1)
    for name, rows in before.items():
        key = DECLARED[name].key
        kept = [{column: row[column] for column in rows[0]} for row in read(folder, name)[: len(rows)]]
        assert [row[key] for row in kept] == [row[key] for row in rows] and repr(kept) == repr(rows)
    assert read(folder, "treatments")[-1]["treatment_id"] == 3
    assert not check_registry(folder).errors


def test_who_is_there_already_gets_the_new_rows_for_the_old(tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "r")
    (added,) = add_people(folder, [person("A")])
    assert (added.person_id, added.replaced) == (1, True)
    assert [row["therapy"] for row in read(folder, "treatments")] == ["ocrelizumab"]
    assert not [row for row in read(folder, "mri") if row["person_id"] == 1]
    assert sorted(row["person_id"] for row in read(folder, "patients")) == [1, 2, 3]


def test_adding_twice_is_adding_once(tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "r")
    add_people(folder, [person()])
    once = {path.name: path.read_bytes() for path in folder.iterdir()}
    add_people(folder, [person()])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once


def test_a_run_that_was_broken_off_before_the_people_is_finished_by_the_next(tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "r")
    before = (folder / "patients.parquet").read_bytes()
    add_people(folder, [person()])
    once = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "patients.parquet").write_bytes(before)
    add_people(folder, [person()])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once


def test_a_column_that_a_file_lacks_is_added_and_unknown_for_all_others(tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "r")
    add_people(folder, [person(visits=[{"date": date(2019, 1, 1), "edss": 3.0, "t25fw": 5.5}])])
    assert [row["t25fw"] for row in read(folder, "visits")] == [None, None, 5.5]


def test_a_table_that_the_registry_lacks_is_not_begun_with_one_person(tmp_path: Path) -> None:
    """A relapse table with one person in it would say of all others that they had none."""
    folder = write_registry(tmp_path / "r", relapses=None)
    (added,) = add_people(folder, [person(relapses=[{"onset": date(2019, 1, 1)}])])
    assert not (folder / "relapses.parquet").exists()
    assert any(said.startswith("relapses: this registry has no such table; 1 of") for said in added.left_out)


@pytest.mark.parametrize(
    ("people", "words"), [([person("")], "needs an id"), ([person(), person()], "same id")]
)
def test_a_person_without_a_mark_or_given_twice_is_refused(
    tmp_path: Path, people: list[RegistryRows], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        add_people(write_registry(tmp_path / "r"), people)


def test_tables_in_parts_are_refused(tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "r", visits=None)
    (folder / "visits.parquet").mkdir()
    pq.write_table(pa.table({"visit_id": [1], "person_id": [1]}), folder / "visits.parquet" / "0.parquet")
    with pytest.raises(UserError, match="kept in parts"):
        add_people(folder, [person()])
