"""OMOP databases as hospitals build them: no vocabulary, no tables, nulls, sentinels, contradictions.

Written beforehand from docs/how-to/bring-a-registry-in.md and docs/reference/registry-tables.md. Of four
invented people 10, 20 and 40 have MS, and 30 has not.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.importing.from_omop import import_omop
from stepdown.cohorts.registry.importing.omop_concepts import read_omop_mapping
from stepdown.ms.errors import UserError
from unit.cohorts.registry.importing.invented_cdm import write_cdm


def bring_in(folder: Path, changes: str) -> str:
    """What the report says beside the counts."""
    source = write_cdm(folder / "cdm.duckdb", changes)
    return "\n".join(import_omop(source, read_omop_mapping(None), folder / "made").notes)


def read_rows(made: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    people = pq.read_table(made / "patients.parquet").to_pylist()
    marks = {one["person_id"]: one["source_id"] for one in people}
    found = pq.read_table(made / f"{table}.parquet").to_pylist()
    return [(marks[one["person_id"]], *(one[name] for name in columns)) for one in found]


def read_accounts(made: Path) -> dict[tuple[str, str], dict[str, Any]]:
    accounts = json.loads((made / "import.json").read_text("utf-8"))["accounts"]
    assert all(one["rows"] == one["accepted"] + one["quarantined"] + one["left_aside"] for one in accounts)
    return {(one["source"], one["table"]): one for one in accounts}


def test_an_empty_vocabulary_is_told_from_nobody_with_ms(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no concept of the diagnosis is in the table concept"):
        bring_in(tmp_path, "DELETE FROM concept")
    assert not (tmp_path / "made").exists()


def test_without_the_tree_of_concepts_only_the_named_ones_count_and_that_is_said(tmp_path: Path) -> None:
    # Person 40 has only a concept below multiple sclerosis and a code of ICD, which the mapping names itself.
    assert "concept_ancestor was not read" in bring_in(tmp_path, "DROP TABLE concept_ancestor")
    assert [row[0] for row in read_rows(tmp_path / "made", "patients")] == ["10", "20", "40"]


def test_tables_that_are_missing_are_named_and_nothing_is_said_of_them(tmp_path: Path) -> None:
    said = bring_in(tmp_path, "DROP TABLE death; DROP TABLE measurement; DROP TABLE visit_occurrence; "
                              "DROP TABLE drug_exposure")
    assert all(f"{name} was not read: it is missing; nothing of it is known." in said
               for name in ("death", "measurement", "visit_occurrence", "drug_exposure", "observation"))
    assert sorted(path.stem for path in (tmp_path / "made").glob("*.parquet")) == [
        "events", "observation_periods", "patients"]


def test_nulls_in_every_column_that_may_be_null_are_unknown(tmp_path: Path) -> None:
    bring_in(tmp_path, """
UPDATE measurement SET value_as_number = NULL, value_source_value = NULL, unit_concept_id = NULL,
  unit_source_value = NULL, measurement_source_concept_id = NULL;
UPDATE condition_occurrence SET condition_source_concept_id = NULL WHERE condition_source_concept_id = 0;
UPDATE drug_exposure SET drug_exposure_end_date = NULL, days_supply = NULL;
UPDATE person SET month_of_birth = NULL, day_of_birth = NULL;
UPDATE visit_occurrence SET visit_end_date = NULL;
""")
    made = tmp_path / "made"
    assert read_rows(made, "visits", "edss") == [("10", None), ("10", None)]
    first = read_rows(made, "patients", "birth_date", "birth_date_precision")[0]
    assert first == ("10", date(1970, 1, 1), "year")
    # Nobody knows a result that has no value: it is no result.
    assert not (made / "labs.parquet").exists()


def test_an_observation_without_an_end_stops_no_treatment(tmp_path: Path) -> None:
    bring_in(tmp_path, "UPDATE observation_period SET observation_period_end_date = '9999-12-31'")
    made = tmp_path / "made"
    assert {row[1:] for row in read_rows(made, "treatments", "stop", "still_taking")} == {(None, None)}
    assert read_accounts(made)["observation_period", "observation_periods"]["quarantined"] == 3


def test_an_exposure_that_ends_before_it_begins_is_set_apart(tmp_path: Path) -> None:
    bring_in(tmp_path, """
INSERT INTO drug_exposure VALUES (90, 20, 12, '2016-01-01', '2015-01-01', NULL);
INSERT INTO drug_exposure VALUES (91, 40, 13, '2015-01-01', NULL, 2147483647);
INSERT INTO drug_exposure VALUES (92, 40, 13, '2014-12-01', NULL, -30);
""")
    made = tmp_path / "made"
    account = read_accounts(made)["drug_exposure", "treatments"]
    assert (account["accepted"], account["quarantined"]) == (8, 1)
    assert next(iter(account["reasons"])).endswith("start must not lie after stop")
    # A supply for millions of years, and one for less than none, are not known: the usual interval counts.
    assert ("40", "interferon-beta", date(2014, 12, 1)) in read_rows(made, "treatments", "therapy", "start")


def test_rows_that_share_their_number_are_all_counted(tmp_path: Path) -> None:
    bring_in(tmp_path, "UPDATE measurement SET measurement_id = 1; UPDATE drug_exposure SET "
                              "drug_exposure_id = 1")
    accounts = read_accounts(tmp_path / "made")
    found = {key: (one["accepted"], one["quarantined"], one["left_aside"]) for key, one in accounts.items()}
    assert found["measurement", "visits"] == (1, 1, 4)
    assert found["measurement", "labs"] == (2, 1, 3)
    assert found["drug_exposure", "treatments"] == (6, 0, 2)


def test_people_who_cannot_be_and_rows_of_nobody_are_set_apart_with_their_reason(tmp_path: Path) -> None:
    bring_in(tmp_path, """
UPDATE person SET year_of_birth = 1850 WHERE person_id = 20;
UPDATE person SET month_of_birth = 13 WHERE person_id = 40;
INSERT INTO condition_occurrence VALUES (50, 99, 1, 0, '2012-01-01');
INSERT INTO death VALUES (10, '2015-06-01');
INSERT INTO observation_period VALUES (9, 10, '2021-06-01', '2021-01-01');
""")
    made = tmp_path / "made"
    accounts = read_accounts(made)
    assert [row[0] for row in read_rows(made, "patients")] == ["10"]
    assert accounts["person", "patients"]["quarantined"] == 2
    assert "date: lies after the death of the person" in accounts["condition_occurrence", "events"]["reasons"]
    assert accounts["observation_period", "observation_periods"]["quarantined"] == 3
