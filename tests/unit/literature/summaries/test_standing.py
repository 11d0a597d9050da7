"""What notices of PubMed in a store do to the studies, found by PMID."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from stepdown.evidence.study import Study
from stepdown.interfaces.cli import main
from stepdown.literature.standing import read_when
from stepdown.literature.summaries.standing import WITHDRAWN_NOTE, apply_notices
from stepdown.literature.summaries.writing import make_summary
from unit.evidence.invented_studies import finding, study
from unit.literature.invented_pubmed import write_links, write_record, write_set

pytest.importorskip("duckdb", reason="the extra literature is not installed")
ON = date(2031, 1, 1)
GONE = study("gone", finding(), pmid="7", added="2026-11-21")
CORRECTED = study("corrected", finding(), pmid="8")
OTHER = study("other", finding(), pmid="9")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Study]:
    """The three studies after a file with one retraction and one erratum."""
    from stepdown.literature.store import open_store

    folder = tmp_path_factory.mktemp("store")
    day = "<Year>2030</Year><Month>03</Month><Day>04</Day>"
    retraction = write_record(101, medline=write_links(("RetractionOf", 7)), issue=day)
    erratum = write_record(102, medline=write_links(("ErratumFor", 8)), issue="<Year>2030</Year>")
    path = folder / "pubmed30n0001.xml"
    path.write_text(write_set(retraction, erratum), encoding="utf-8")
    assert main(["literature", "import", str(path), "--store", str(folder / "store")]) == 0
    with open_store(folder / "store") as store:
        return apply_notices({one.id: one for one in (GONE, CORRECTED, OTHER)}, store, ON)


def test_a_withdrawn_paper_shows_no_result_from_the_day_of_its_notice(marked: dict[str, Study]) -> None:
    assert marked["gone"].retracted == "2030-03-04"
    assert marked["gone"].changes[-1].what == WITHDRAWN_NOTE
    summary = make_summary(marked["gone"])
    assert "This paper was withdrawn on 2030-03-04." in summary.banners[0]
    assert summary.chunks == ()
    assert summary.updated == "2030-03-04"


def test_a_notice_dated_by_its_year_gets_no_day(marked: dict[str, Study]) -> None:
    assert marked["corrected"].corrected == "2030"
    summary = make_summary(marked["corrected"])
    assert "The journal corrected this paper (in 2030)." in summary.banners[0]
    assert summary.updated == CORRECTED.added


@pytest.mark.parametrize("published", ["", "2032", "2031-02"])
def test_a_notice_without_a_date_or_with_one_to_come_is_of_an_unknown_day(published: str) -> None:
    assert read_when(published, ON) == "unknown"


def test_a_study_without_a_notice_stays_as_it_is(marked: dict[str, Study]) -> None:
    assert marked["other"] == OTHER


def test_a_study_that_is_marked_already_keeps_its_day() -> None:
    from stepdown.literature.notices import RETRACTED, Notice
    from stepdown.literature.summaries import standing

    known = replace(GONE, retracted="2029-01-01")
    assert standing._mark(known, [Notice("7", RETRACTED, published="2030-03-04")], ON) == known
