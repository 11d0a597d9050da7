"""An OMOP database brought in: who has MS, on what, and what became of every row; by hand from the tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.checking import check_registry
from stepdown.cohorts.registry.importing.account import Imported
from stepdown.cohorts.registry.importing.from_omop import import_omop
from stepdown.cohorts.registry.importing.mapping import read_template
from stepdown.cohorts.registry.importing.omop_concepts import parse_omop_mapping, read_omop_mapping
from stepdown.ms.errors import UserError
from unit.cohorts.registry.importing.invented_cdm import write_cdm


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("omop")
    return import_omop(write_cdm(folder / "cdm.duckdb"), read_omop_mapping(None), folder / "made")


def rows(imported: Imported, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = pq.read_table(imported.folder / f"{table}.parquet").to_pylist()
    return [tuple(row[name] for name in columns) for row in found]


def test_people_with_ms_enter_by_standard_or_source_concept_and_nobody_else(imported: Imported) -> None:
    columns = ("source_id", "sex", "birth_date", "birth_date_precision", "diagnosis_date")
    assert rows(imported, "patients", *columns) == [
        ("10", "female", date(1970, 5, 6), "day", date(2011, 2, 3)),
        ("20", "male", date(1955, 1, 1), "year", date(2015, 6, 1)),
        ("40", None, date(1990, 7, 1), "month", date(2012, 5, 5)),
    ]


def test_two_courses_on_one_day_leave_the_course_unknown(imported: Imported) -> None:
    assert rows(imported, "patients", "course", "secondary_progression_date") == [
        ("RRMS", None), ("SPMS", date(2015, 6, 1)), (None, None),
    ]


def test_exposures_join_while_the_cover_goes_on(imported: Imported) -> None:
    # A dose of ocrelizumab covers 182 days: 2018-01-01 to 07-02, 07-05 to 2019-01-03. Avonex by its supply.
    columns = ("person_id", "therapy", "start", "last_dose", "stop", "still_taking")
    assert rows(imported, "treatments", *columns) == [
        (1, "ocrelizumab", date(2018, 1, 1), date(2018, 7, 5), date(2019, 1, 3), False),
        (2, "interferon-beta", date(2012, 1, 1), date(2012, 4, 10), date(2012, 7, 9), False),
        (2, "interferon-beta", date(2020, 11, 15), date(2020, 11, 15), None, True),
        (3, "ocrelizumab", date(2020, 2, 1), date(2020, 2, 1), date(2020, 8, 1), False),
    ]


def test_results_come_in_the_unit_of_their_test_or_not_at_all(imported: Imported) -> None:
    assert rows(imported, "labs", "person_id", "test", "value") == [(1, "lymphocytes", 1.6), (2, "igg", 9.5)]
    assert rows(imported, "visits", "person_id", "edss") == [(1, 2.5)]


def test_infections_hospital_and_death_become_events(imported: Imported) -> None:
    assert rows(imported, "events", "person_id", "event", "date", "kind") == [
        (1, "infection", date(2016, 3, 4), "Pneumonia"), (1, "hospital", date(2016, 3, 4), None),
        (2, "death", date(2020, 12, 31), None),
    ]


def test_every_row_of_every_table_is_accounted_for(imported: Imported) -> None:
    found = {(one.source, one.table): (one.rows, one.accepted, one.quarantined, one.left_aside)
             for one in imported.accounts}
    assert found == {
        ("person", "patients"): (4, 3, 0, 1),
        ("observation_period", "observation_periods"): (4, 3, 0, 1),
        ("drug_exposure", "treatments"): (8, 6, 0, 2),
        ("condition_occurrence", "relapses"): (7, 0, 0, 7),
        ("measurement", "visits"): (6, 1, 1, 4),
        ("measurement", "labs"): (6, 2, 1, 3),
        ("condition_occurrence", "events"): (7, 1, 0, 6),
        ("visit_occurrence", "events"): (2, 1, 0, 1),
        ("death", "events"): (1, 1, 0, 0),
    }


def test_a_table_that_is_not_there_is_named_in_the_notes(imported: Imported) -> None:
    assert any(note.startswith("observation was not read") for note in imported.notes)


def test_what_was_taken_breaks_no_rule_that_must_hold(imported: Imported) -> None:
    assert check_registry(imported.folder).errors == 0


def test_a_mapping_can_name_further_concepts(tmp_path: Path) -> None:
    more = "INSERT INTO concept VALUES (99, 'one', 'Local', 'x', 'SCHUB'), (98, 'two', 'Local', 'x', 'D1');" \
        "INSERT INTO condition_occurrence VALUES (9, 10, 99, 0, '2013-04-05');" \
        "INSERT INTO drug_exposure VALUES (9, 10, 98, '2013-04-05', NULL, 30);"
    text = read_template("omop").replace("relapses: {} ", "relapses: {Local: SCHUB} ")
    text = text.replace("drugs: {} ", "drugs: {natalizumab: {Local: [D1]}} ")
    source = write_cdm(tmp_path / "cdm.duckdb", more)
    made = import_omop(source, parse_omop_mapping(text, "mine"), tmp_path / "made")
    assert rows(made, "relapses", "person_id", "onset") == [(1, date(2013, 4, 5))]
    assert (1, "natalizumab") in rows(made, "treatments", "person_id", "therapy")


@pytest.mark.parametrize(("wrong", "right", "sentence"), [
    ("jcv-indx:", "jcv-index:", "did you mean jcv-index"),
    ("drugs: {tysabri: {RxNorm: [1]}} #", "drugs: {} ", "drugs.tysabri: stepdown knows none of this name"),
    ("gap_days: -1", "gap_days: 90", "gap_days"),
    ("diagnoses:", "diagnosis:", "diagnos"),
    ("[", "version:", "not valid YAML"),
])
def test_a_slip_in_the_mapping_is_answered_with_its_place(wrong: str, right: str, sentence: str) -> None:
    text = read_template("omop")
    assert right in text
    with pytest.raises(UserError, match=sentence):
        parse_omop_mapping(text.replace(right, wrong), "mine.yaml")


def test_a_file_that_is_no_omop_database_is_said(tmp_path: Path) -> None:
    import duckdb

    (tmp_path / "text.duckdb").write_text("not a database", encoding="utf-8")
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as connection:
        connection.execute("CREATE TABLE person (name TEXT)")
    sentences = {"text": "cannot be opened", "empty": "the table person", "none": "no such file"}
    for name, sentence in sentences.items():
        with pytest.raises(UserError, match=sentence):
            import_omop(tmp_path / f"{name}.duckdb", read_omop_mapping(None), tmp_path / "made")
    assert not (tmp_path / "made").exists()
