"""A registry folder read as tables: what is missing is NULL, and what cannot be read says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.registry.reading import IBIS_TYPES, connect_duckdb, read_registry
from stepdown.ms.errors import UserError
from stepdown.patients.tables import TABLES
from unit.cohorts.registry.invented_registry import change, write_registry


def read(folder: Path) -> Any:
    return read_registry(connect_duckdb(), folder)


def column(registry: Any, table: str, name: str) -> list[Any]:
    ordered = registry.tables[table].order_by(TABLES[table].key)
    values: list[Any] = ordered[name].to_pyarrow().to_pylist()
    return values


def test_every_declared_column_comes_in_its_declared_type(tmp_path: Path) -> None:
    registry = read(write_registry(tmp_path))
    for name, table in TABLES.items():
        kinds = {key: str(kind) for key, kind in registry.tables[name].schema().items()}
        assert kinds == {one.name: IBIS_TYPES[one.type] for one in table}


def test_nan_is_unknown(tmp_path: Path) -> None:
    assert column(read(write_registry(tmp_path)), "visits", "edss") == [2.5, None]


def test_a_column_that_is_not_in_the_file_is_unknown_in_every_row(tmp_path: Path) -> None:
    assert column(read(write_registry(tmp_path)), "visits", "during_relapse") == [None, None]


def test_a_date_without_precision_is_known_to_the_day(tmp_path: Path) -> None:
    registry = read(write_registry(tmp_path))
    assert column(registry, "patients", "birth_date_precision") == ["year", "day", None]
    assert column(registry, "visits", "date_precision") == ["day", "day"]


def test_whether_there_were_lesions_follows_from_their_number(tmp_path: Path) -> None:
    assert column(read(write_registry(tmp_path)), "mri", "any_new_t2") == [True, False, True]


def test_a_table_without_file_has_no_rows_and_is_named(tmp_path: Path) -> None:
    registry = read(write_registry(tmp_path))
    assert registry.absent == ("relapses", "labs", "events")
    assert column(registry, "relapses", "onset") == []


def test_a_table_may_be_a_folder_of_files(tmp_path: Path) -> None:
    folder = write_registry(tmp_path)
    (folder / "visits.parquet").rename(folder / "part-0.parquet")
    (folder / "visits.parquet").mkdir()
    (folder / "part-0.parquet").rename(folder / "visits.parquet" / "part-0.parquet")
    assert len(column(read(folder), "visits", "edss")) == 2


def test_a_folder_without_people_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no patients\.parquet"):
        read(write_registry(tmp_path, patients=None))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"start": ["2010", "2011"]}, "start holds string, and not date"),
        ({"still_taking": ["no", "yes"]}, "still_taking holds string, and not boolean"),
        ({"person_id": [1.5, 2.5]}, "person_id holds float64, and not identifier"),
    ],
)
def test_a_column_of_another_type_is_refused(tmp_path: Path, changed: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read(write_registry(tmp_path, **change("treatments", **changed)))


def test_fractions_where_whole_numbers_stand_are_not_rounded_in_silence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="sdmt holds fractions"):
        read(write_registry(tmp_path, **change("visits", sdmt=[54.5, None])))


def test_a_missing_required_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the column therapy is missing"):
        read(write_registry(tmp_path, treatments={"treatment_id": [1], "person_id": [1]}))


def test_a_file_that_is_no_parquet_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = write_registry(tmp_path)
    (folder / "mri.parquet").write_text("not a table", encoding="utf-8")
    with pytest.raises(UserError, match=r"mri\.parquet: cannot be read as Parquet"):
        read(folder)


def test_a_day_with_a_time_is_that_day(tmp_path: Path) -> None:
    from datetime import datetime

    times = [datetime(2011, 1, 5, 14, 30), datetime(2013, 1, 5)]
    folder = write_registry(tmp_path, **change("visits", date=times))
    assert column(read(folder), "visits", "date") == [date(2011, 1, 5), date(2013, 1, 5)]


def test_no_extension_is_fetched_or_loaded() -> None:
    backend = connect_duckdb(threads=1)
    loaded = backend.raw_sql("SELECT install_mode FROM duckdb_extensions() WHERE loaded").fetchall()
    assert {mode for (mode,) in loaded} == {"STATICALLY_LINKED"}
