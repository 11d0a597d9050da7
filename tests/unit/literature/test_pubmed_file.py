"""A file of PubMed is cut into its records in constant memory; what is none gets one sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

pytest.importorskip("isal")

from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.literature import pubmed_file
from stepdown.literature.pubmed_file import Piece, check_md5, hash_file, read_pieces
from stepdown.ms.errors import UserError
from unit.literature.invented_pubmed import PROLOG, save, write_record, write_set

TWO = write_set(write_record(1), write_record(2), deleted=(3,))
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    f"<PubmedArticleSet>{write_record(title='&b;')}</PubmedArticleSet>"
)


def read_all(path: Path) -> list[Piece]:
    return list(read_pieces(path))


@pytest.mark.parametrize("name", ["plain.xml", "packed.xml.gz", "misnamed.gz.xml"])
def test_records_and_deletions_come_in_order_packed_or_not(tmp_path: Path, name: str) -> None:
    pieces = read_all(save(tmp_path / name, TWO))
    assert [piece.tag for piece in pieces] == ["PubmedArticle", "PubmedArticle", "DeleteCitation"]
    assert pieces[1].xml.decode() == write_record(2)


def test_gzip_is_known_by_its_bytes_whatever_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(gzip.compress(TWO.encode()))
    assert len(read_all(tmp_path / "a.xml")) == 3


@settings(max_examples=30)
@given(chunk=st.integers(20, 900))
def test_where_the_bytes_are_cut_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, chunk: int
) -> None:
    path = save(tmp_path_factory.mktemp("cut") / "a.xml", TWO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pubmed_file, "CHUNK", chunk)
        pieces = read_all(path)
    assert [len(piece.xml) for piece in pieces] == [len(write_record(1)), len(write_record(2)), 59]


def test_comments_between_records_and_a_byte_order_mark_are_no_fault(tmp_path: Path) -> None:
    text = TWO.replace("<DeleteCitation>", "<!-- a note --><DeleteCitation>")
    assert len(read_all(save(tmp_path / "a.xml", "\ufeff" + text))) == 3


REFUSED = {
    "empty": (b"", "is empty"),
    "empty gzip": (gzip.compress(b""), "is empty"),
    "html": (b"<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page in place of XML"),
    "json": (b'{"esearchresult": {}}', "JSON"),
    "pdf": (b"%PDF-1.7", "a PDF"),
    "zip": (b"PK\x03\x04rest", "unpack it first"),
    "medline text": (b"PMID- 1\nTI  - x\n", "PubMed's text format"),
    "other xml": (
        b"<?xml version='1.0'?><eFetchResult><ERROR/></eFetchResult>",
        "first element is <eFetchResult>",
    ),
    "cut utf-16": (TWO.encode("utf-16")[:-1], "UTF-16"),
    "entity bomb in utf-16": (BOMB.encode("utf-16"), "declares entities of its own"),
    "latin 1": (TWO.replace("utf-8", "iso-8859-1").encode(), "not in UTF-8"),
    "entity bomb": (BOMB.encode(), "declares entities of its own"),
    "root in a comment": (b"<!-- <PubmedArticleSet> -->", "is not a file of PubMed records"),
    "cut gzip": (gzip.compress(TWO.encode())[:-30], "cut off"),
    "damaged gzip": (gzip.compress(TWO.encode())[:-8] + b"\0" * 8, "damaged"),
    "cut in a record": (
        TWO[:-300].encode(),
        "after record 1: the file is cut off inside a <PubmedArticle>",
    ),
    "cut between records": (
        TWO[: TWO.index("<DeleteCitation")].encode(),
        "after record 2: the file is cut off",
    ),
    "words between records": (
        TWO.replace("<DeleteCitation>", "x<DeleteCitation>").encode(),
        "that is no record",
    ),
    "records in a comment": (
        TWO.replace("</PubmedArticleSet>", f"<!--{write_record(9)}--></PubmedArticleSet>").encode(),
        "that is no record",
    ),
    "two files in one": ((TWO + TWO).encode(), "that is no record"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_one_of_pubmeds_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    content, words = REFUSED[case]
    path = tmp_path / "given.xml.gz"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_all(path)
    assert words in caught.value.sentence and caught.value.sentence.startswith(str(path))


def test_a_folder_a_missing_file_and_one_that_may_not_be_read_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="is a folder"):
        hash_file(tmp_path)
    with pytest.raises(UserError, match="no such file"):
        hash_file(tmp_path / "none.xml")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(UserError, match="may not be read"):
        hash_file(tmp_path / "mine.xml")


def test_a_record_without_an_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed_file, "LONGEST_RECORD", 1 << 20)
    path = save(tmp_path / "a.xml", f"{PROLOG}<PubmedArticleSet><PubmedArticle>" + " " * (1 << 21))
    with pytest.raises(UserError, match="more than 1 MB without the end of a record"):
        read_all(path)


def test_the_checksum_that_nlm_puts_beside_a_file_is_compared(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xml", TWO)
    beside = tmp_path / "a.xml.md5"
    check_md5(path)
    beside.write_text("MD5(a.xml)= " + "0" * 32)
    with pytest.raises(UserError, match=r"is not the file that a\.xml\.md5 describes"):
        check_md5(path)


def test_bytes_read_are_told_for_a_progress_bar(tmp_path: Path) -> None:
    told: list[int] = []
    path = save(tmp_path / "a.xml", TWO)
    list(read_pieces(path, told.append))
    assert told[-1] == path.stat().st_size
