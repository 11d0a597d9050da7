"""Files as they come out of clinics: with marks, old encodings, other delimiters, and rows cut short."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.importing.source_file import TextTable, read_source
from stepdown.ms.errors import UserError


def read(folder: Path, content: bytes, encoding: str | None = None, name: str = "a.csv") -> TextTable:
    (folder / name).write_bytes(content)
    return read_source(folder / name, encoding, None)


@pytest.mark.parametrize(("content", "encoding"), [
    ("\ufeffid,größe\n1,ä\n".encode(), None),
    ("id;größe\r\n1;ä\r\n".encode(), None),
    ("id\tgröße\n1\tä".encode("latin-1"), "latin-1"),
    ("id,größe\r1,ä\r".encode(), None),
    ("id,größe\n1,ä\n".encode("utf-16"), "latin-1"),
    ('"id","größe"\n"1","ä"\n\n'.encode(), None),
])
def test_a_file_is_read_whatever_its_marks_and_line_ends(tmp_path: Path, content: bytes,
                                                         encoding: str | None) -> None:
    table = read(tmp_path, content, encoding)
    assert table.columns == {"id": ["1"], "größe": ["ä"]}
    assert table.numbers == [2]


def test_a_row_cut_short_is_kept_apart_with_its_line(tmp_path: Path) -> None:
    table = read(tmp_path, b'id,text\n1,"two\nlines"\n2\n3,x\n')
    assert table.columns["id"] == ["1", "3"]
    assert table.ragged == ((4, "2"),)


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "is empty"),
    (b" \n", "is empty"),
    ("id,größe\n".encode("latin-1"), "say encoding"),
])
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read(tmp_path, content)


def test_a_name_that_stands_twice_matters_only_to_who_asks_for_it(tmp_path: Path) -> None:
    table = read(tmp_path, b"id,note,note,,\n1,2,3,,\n")
    assert table.find("id") == ["1"]
    with pytest.raises(UserError, match="'note' is there twice"):
        table.find("note")


def test_an_encoding_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="encoding that does not exist"):
        read(tmp_path, b"id\n1\n", "klingon")


def test_a_file_with_its_first_line_only_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, b"id,text\n").numbers == []


def test_a_missing_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    table = read(tmp_path, b"PatNr,Datum\n")
    with pytest.raises(UserError, match="did you mean 'PatNr'"):
        table.find("Pat-Nr")
    with pytest.raises(UserError, match="there are PatNr, Datum"):
        table.find("EDSS")


def test_a_parquet_file_is_read_as_text(tmp_path: Path) -> None:
    rows = {"id": [1, 2], "day": [date(2015, 3, 1), None], "score": [2.5, float("nan")], "on": [True, None]}
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    table = read_source(tmp_path / "a.parquet", None, None)
    assert table.columns == {"id": ["1", "2"], "day": ["2015-03-01", None], "score": ["2.5", "nan"],
                             "on": ["true", None]}


@pytest.mark.parametrize(("name", "sentence"), [
    ("a.pdf", "files end in"), ("a.xlsx", "save each sheet as CSV"), ("a.parquet", "as Parquet"),
    ("a.csv.gz", "cannot be unpacked")])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read(tmp_path, b"id\n1\n", name=name)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_source(tmp_path / "none.csv", None, None)
