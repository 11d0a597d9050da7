"""A whole import: every row accounted for, the faulty set apart as they were, the sound as declared."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.cohorts.registry.checking import check_registry
from stepdown.cohorts.registry.importing.account import Imported
from stepdown.cohorts.registry.importing.from_files import import_files
from stepdown.cohorts.registry.importing.mapping import parse_mapping, read_template
from stepdown.ms.errors import UserError

# Invented people, with the slips that exports have.
FILES = {
    "patienten.csv": """PatNr;Geburt;Geschlecht;Verlauf;Raucher
A1;1960;w;schubförmig;Ja
A2;03.05.1971;m;sekundär progredient;Nein
A3;05.1980;d;unbekannt;
A5;1961;w;schubförmig;Ja
A5;1962;w;schubförmig;Ja
A4;31.02.1980;w;schubförmig;Nein
""",
    "therapien.csv": """PatNr;ATC;Präparat;Beginn;Ende;laufend
A1;L03AB07;Avonex;2010;01.05.2015;Nein
A1;;Ocrevus;01.06.2015;;Ja
A2;;Wundermittel;01.02.2012;01.01.2011;
A2;;Wundermittel;01.02.2012;01.01.2013;Nein
A3;;;05.2014;;unbekannt
A9;;Tysabri;01.01.2014;;Ja
""",
    "besuche.csv": """PatNr;Datum;EDSS;SDMT
A1;05.01.2011;2,5;54
A1;05.01.2011;2,5;54
A1;05.07.2011;25;54
A1;05.01.2012;0,5;54
A2;05.01.2011;4;-9
A2;05.01.2019;4,0;-9
A3;05.01.2011
""",
    "labor.csv": """PatNr;Datum;Parameter;Wert;Einheit
A1;05.01.2011;Lymphozyten;1600;/µl
A1;05.01.2012;Lymphozyten;1,6;
A1;05.01.2012;Vitamin D;30;ng/ml
A2;05.01.2012;IgG;950;mg/dl
""",
}
VISITS_ONLY = """
version: "1"
tables: {visits: {columns: {person_id: id, date: day, edss: score}}}
derive: {patients: "true", observation_periods: first-to-last-contact}
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("import")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="latin-1")
    return import_files(folder, parse_mapping(read_template("files"), "template"), folder / "made")


def rows(imported: Imported, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = pq.read_table(imported.folder / f"{table}.parquet")
    return [tuple(row[name] for name in columns) for row in found.to_pylist()]


def test_every_row_is_accounted_for(imported: Imported) -> None:
    counts = {one.source: (one.rows, one.accepted, one.quarantined, one.left_aside)
              for one in imported.accounts}
    assert counts == {"patienten.csv": (6, 3, 3, 0), "therapien.csv": (6, 4, 2, 0),
                      "besuche.csv": (7, 3, 4, 0), "labor.csv": (4, 2, 1, 1)}


def test_people_are_numbered_and_what_is_not_known_stays_unknown(imported: Imported) -> None:
    columns = ("person_id", "source_id", "birth_date_precision", "sex", "course", "diagnosis", "smoking")
    assert rows(imported, "patients", *columns) == [
        (1, "A1", "year", "female", "RRMS", "MS", True),
        (2, "A2", "day", "male", "SPMS", "MS", False),
        (3, "A3", "month", "other", None, "MS", None),
    ]


def test_drugs_are_found_by_code_or_brand_and_kept_by_name_otherwise(imported: Imported) -> None:
    assert rows(imported, "treatments", "person_id", "therapy", "start_precision", "still_taking") == [
        (1, "interferon-beta", "year", False), (1, "ocrelizumab", "day", True),
        (2, "other:Wundermittel", "day", False), (3, "other:not named", "month", None),
    ]
    assert imported.other_therapies == (("Wundermittel", 1), ("not named", 1))


def test_numbers_come_in_the_declared_unit(imported: Imported) -> None:
    assert rows(imported, "labs", "test", "value") == [("lymphocytes", 1.6), ("igg", 9.5)]
    assert rows(imported, "visits", "edss", "sdmt") == [(2.5, 54), (4.0, None), (4.0, None)]


def test_rows_set_apart_are_kept_as_they_were_with_line_and_reason(imported: Imported) -> None:
    with (imported.folder / "quarantine" / "visits-3.csv").open(encoding="utf-8") as file:
        kept = list(csv.reader(file))
    assert kept[0] == ["line", "reason", "PatNr", "Datum", "EDSS", "SDMT"]
    assert [(row[0], row[2]) for row in kept[1:4]] == [("3", "A1"), ("4", "A1"), ("5", "A1")]
    assert kept[4][0] == "8" and kept[4][2] == "A3 | 05.01.2011"


def test_who_stands_twice_with_different_births_is_set_apart_with_both_rows(imported: Imported) -> None:
    with (imported.folder / "quarantine" / "patients-1.csv").open(encoding="utf-8") as file:
        apart = [(row["PatNr"], row["reason"]) for row in csv.DictReader(file)]
    assert [mark for mark, _ in apart] == ["A5", "A5", "A4"]
    assert "nobody can say which row is right" in apart[0][1]


PEOPLE = "id,born\nx,1970-01-01\ny,1971-01-01\nx,1970-01-01\n"
WITH_RELAPSES = """
version: "1"
tables:
  patients: {file: p.csv, columns: {person_id: id, birth_date: born}}
  observation_periods: {file: o.csv, columns: {person_id: id, first_day: first, last_day: last}}
  relapses: {file: r.csv, columns: {person_id: id, onset: onset}}
"""


def import_relapses(folder: Path, lines: str) -> Imported:
    (folder / "p.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "o.csv").write_text("id,first,last\nx,2010-01-01,2020-01-01\n", encoding="utf-8")
    (folder / "r.csv").write_text("id,onset\n" + lines, encoding="utf-8")
    return import_files(folder, parse_mapping(WITH_RELAPSES, "m"), folder / "made")


def test_a_file_with_a_header_only_is_a_table_without_rows(tmp_path: Path) -> None:
    made = import_relapses(tmp_path, "")
    assert rows(made, "relapses", "relapse_id") == []
    assert "relapses" not in check_registry(made.folder).absent


def test_a_file_whose_rows_were_all_set_apart_is_no_empty_table(tmp_path: Path) -> None:
    made = import_relapses(tmp_path, "x,2013-02-30\n")
    assert "relapses" in check_registry(made.folder).absent


def test_a_relapse_that_was_set_apart_is_put_down_with_the_person_and_a_copy_is_not(tmp_path: Path) -> None:
    made = import_relapses(tmp_path, "x,2013-02-30\ny,2014-05-01\ny,2014-05-01\n")
    assert rows(made, "patients", "source_id", "relapses_set_apart") == [("x", 1), ("y", 0)]


def test_reasons_hold_no_value_of_a_row(imported: Imported) -> None:
    text = json.dumps([one.reasons for one in imported.accounts])
    assert not [value for value in ("1961", "31.02", "0,5", "A9", "1,6") if value in text]


def test_what_was_assumed_is_written_down(imported: Imported) -> None:
    about = json.loads((imported.folder / "import.json").read_text(encoding="utf-8"))
    assert "assumption" in about["notes"][0]
    assert about["rows"]["observation_periods"] == 2


def test_what_was_taken_breaks_no_rule_that_must_hold(imported: Imported) -> None:
    assert check_registry(imported.folder).errors == 0


def test_the_same_files_make_the_same_registry(imported: Imported, tmp_path: Path) -> None:
    source = imported.folder.parent
    again = import_files(source, parse_mapping(read_template("files"), "template"), tmp_path / "again")
    assert again.accounts == imported.accounts
    columns = ("treatment_id", "person_id", "start")
    assert rows(again, "treatments", *columns) == rows(imported, "treatments", *columns)


def test_one_file_alone_can_be_a_source(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("id,day,score\nx,2011-01-05,2\nx,2012-01-05,3\n", encoding="utf-8")
    made = import_files(tmp_path / "v.csv", parse_mapping(VISITS_ONLY, "m"), tmp_path / "made")
    assert rows(made, "patients", "source_id", "diagnosis") == [("x", None)]
    assert len(rows(made, "observation_periods", "first_day", "last_day")) == 1


def test_a_registry_is_never_written_over_another(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("id,day,score\n", encoding="utf-8")
    with pytest.raises(UserError, match="new or empty"):
        import_files(tmp_path / "v.csv", parse_mapping(VISITS_ONLY, "m"), tmp_path)


def test_a_folder_needs_the_names_of_its_files(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="names its file"):
        import_files(tmp_path, parse_mapping(VISITS_ONLY, "m"), tmp_path / "made")


CELLS = st.sampled_from(["", "x", "y", "2011-01-05", "5.1.2011", "2011", "2,5", "25", "0", "nan", '"', "é"])


@settings(max_examples=15)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=12))
def test_no_row_is_ever_lost(tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    with (folder / "v.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "day", "score"], *cells])
    made = import_files(folder / "v.csv", parse_mapping(VISITS_ONLY, "m"), folder / "made")
    (account,) = made.accounts
    assert account.rows == len(cells) == account.accepted + account.quarantined
    taken = len(rows(made, "visits", "visit_id")) if account.accepted else 0
    assert taken == account.accepted
