"""A person file becomes rows that say neither more nor less than it; what has no row is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from invented import STABLE
from stepdown.patients.checking import check_value
from stepdown.patients.columns import Column
from stepdown.patients.registry_rows import RegistryRows, to_registry_rows
from stepdown.patients.tables import TABLES

RECORDED = date(2026, 11, 1)


def write(**changes: Any) -> RegistryRows:
    """The rows of the stable person with some keys changed; None takes a key away."""
    value = {key: item for key, item in (STABLE | changes).items() if item is not None}
    checked = check_value(value, RECORDED)
    assert checked.patient is not None and not checked.errors, [str(fault) for fault in checked.errors]
    return to_registry_rows(checked.patient, RECORDED)


def fits(value: object, column: Column) -> bool:
    kinds = {"text": str, "boolean": bool, "date": date, "integer": int, "number": (int, float)}
    return value is None or (isinstance(value, kinds[column.type]) and value in (column.allowed or [value]))


def test_every_cell_is_of_a_declared_column_and_fits_it() -> None:
    labs = [{"date": "2026-03-01", "test": "hbsag", "value": "negative"}]
    infections = [{"date": "2024", "kind": "pneumonia", "serious": True}]
    found = write(infections=infections, comorbidities=["hypertension"], labs=labs)
    assert set(found.tables) == set(TABLES) and all(found.tables.values())
    for name, rows in found.tables.items():
        for row in rows:
            assert all(fits(value, TABLES[name].column(key)) for key, value in row.items()), name


def test_the_observation_period_runs_to_the_day_of_the_file() -> None:
    (period,) = write(infections=[], comorbidities=[]).tables["observation_periods"]
    assert period == {"first_day": date(2010, 1, 1), "last_day": RECORDED}


@pytest.mark.parametrize("key", ["relapses", "infections", "comorbidities", "observed_since"])
def test_without_an_answer_silence_is_never_taken_for_no(key: str) -> None:
    """Inside an observation period a registry reads an absent row as an event that did not happen."""
    found = write(**{key: None})
    assert not found.tables["observation_periods"]
    assert any(said.startswith("observation period: ") and key in said for said in found.left_out)


@pytest.mark.parametrize(
    ("written", "first", "precision"),
    [("2013", date(2013, 1, 1), "year"), ("2013-06", date(2013, 6, 1), "month"),
     ("2013-06-07", date(2013, 6, 7), "day"), (None, None, None)],
)
def test_a_date_keeps_its_precision(written: str | None, first: date | None, precision: str | None) -> None:
    (relapse,) = write(relapses=[{"onset": written or "unknown", "lasted_24h": True}]).tables["relapses"]
    assert (relapse["onset"], relapse["onset_precision"]) == (first, precision)


def test_lesions_are_numbers_or_whether_there_were_any() -> None:
    written = {"date": "2026-03-01", "region": "brain", "new_t2": True, "gd_enhancing": 0}
    (scan,) = write(mri=[written]).tables["mri"]
    assert (scan["any_new_t2"], scan["gd_enhancing"], scan["enlarging_t2"]) == (True, 0, None)


def test_a_drug_goes_by_its_name_in_the_catalogue_and_another_by_its_own() -> None:
    treatments = [{"therapy": "Ocrevus", "start": "2019-01-15", "still_taking": True},
                  {"therapy": "other:bee venom", "start": "2018"}]
    names = [row["therapy"] for row in write(treatments=treatments).tables["treatments"]]
    assert names == ["ocrelizumab", "other:bee venom"]


def test_a_result_is_in_the_unit_of_its_test() -> None:
    labs = [{"date": "2026-03-01", "test": "igg", "value": 640, "unit": "mg/dL"}]
    (row,) = write(labs=labs).tables["labs"]
    assert row["value"] == pytest.approx(6.4)


def test_an_entry_without_a_date_and_keys_without_a_table_are_named() -> None:
    found = write(edss=[{"date": "unknown", "score": 2.0}])
    assert not found.tables["visits"]
    assert any("edss[0]: without a date" in said for said in found.left_out)
    assert any("plans" in said and "no table" in said for said in found.left_out)


def test_a_cancer_is_an_event_of_its_own_sort() -> None:
    rows = write(comorbidities=[{"name": "breast cancer", "since": "2020"}, "diabetes"]).tables["events"]
    assert [row["event"] for row in rows] == ["cancer", "comorbidity"]


def test_a_result_that_is_only_a_limit_is_no_row_and_is_named() -> None:
    found = write(labs=[{"date": "2026-03-01", "test": "igg", "value": "<5", "unit": "g/L"}])
    assert found.tables["labs"] == () and any("cannot hold a limit (igg)" in each for each in found.left_out)
