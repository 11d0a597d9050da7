"""What is read without a parser is what the parser reads, and anything unusual is left to it."""

from __future__ import annotations

import pytest

pytest.importorskip("lxml")

from lxml import etree

from stepdown.literature.plain_parts import (
    PlainPart,
    read_plain_abstract,
    read_plain_authors,
    read_plain_history,
    read_plain_ids,
    take_plain_parts,
)
from stepdown.literature.pubmed_record import read_record, read_sections

AUTHORS = (
    '<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>O&apos;Neil</LastName><ForeName>Ann</ForeName>'
    '<Initials>A</Initials><Identifier Source="ORCID">0000-1</Identifier><AffiliationInfo><Affiliation> An  '
    "invented\nhospital &amp; school </Affiliation></AffiliationInfo></Author></AuthorList>"
)
ABSTRACT = (
    '<Abstract><AbstractText Label="AIMS" NlmCategory="OBJECTIVE">To stop.</AbstractText>'
    "<AbstractText>p &lt; 0.05</AbstractText></Abstract>"
)


def take(xml: bytes) -> tuple[bytes, dict[str, bytes]]:
    read = lambda part: None if b"odd" in part else part  # noqa: E731
    parts = [PlainPart(name, f"<{name}".encode(), f"</{name}>".encode(), read) for name in "xy"]
    return take_plain_parts(xml, parts)


def test_plain_parts_are_taken_out_and_all_others_stay() -> None:
    assert take(b"a<x>1</x>b<y>2</y>c") == (b"abc", {"x": b"<x>1</x>", "y": b"<y>2</y>"})
    assert take(b"a<x>odd</x>b<y>2</y>c") == (b"a<x>odd</x>bc", {"y": b"<y>2</y>"})
    assert take(b"a<y>2</y><x>1</x>") == (b"a<y>2</y>", {"x": b"<x>1</x>"})
    assert take(b"a<x>1") == (b"a<x>1", {})


def test_plain_authors_are_read_with_their_affiliations() -> None:
    (author,) = read_plain_authors(AUTHORS.encode()) or ()
    assert (author.last, author.fore, author.identifiers) == ("O'Neil", "Ann", ("0000-1",))
    assert author.affiliations == ("An invented hospital & school",)


@pytest.mark.parametrize(
    "change",
    [
        ("<LastName>O&apos;Neil</LastName>", "<CollectiveName>A group</CollectiveName>"),
        ("hospital", "<i>hospital</i>"),
        ("&amp;", "&#128;"),
        ("&amp;", "&"),
        ("Ann", "A]]>nn"),
    ],
)
def test_unusual_authors_are_left_to_the_parser(change: tuple[str, str]) -> None:
    assert read_plain_authors(AUTHORS.replace(*change).encode()) is None


def test_a_plain_abstract_is_read_as_the_parser_reads_it() -> None:
    assert read_plain_abstract(ABSTRACT.encode()) == read_sections(etree.fromstring(ABSTRACT))
    assert read_plain_abstract(ABSTRACT.replace("stop", "<u>stop</b>").encode()) is None
    assert read_plain_abstract(ABSTRACT.replace("<Abstract>", "<Abstract><x/>").encode()) is None


@pytest.mark.parametrize("marked", [
    "<b>T<sub>1</sub></b> at 10<sup>-3</sup>", "CD4<sup>+</sup>", "<i>a</i>  <u>b</u>",
    "<sup>a<i>b</i>c</sup> &amp;lt;"])
def test_the_markup_of_an_abstract_is_written_as_the_parser_writes_it(marked: str) -> None:
    abstract = ABSTRACT.replace("stop", marked)
    assert read_plain_abstract(abstract.encode()) == read_sections(etree.fromstring(abstract))


def test_a_history_or_list_of_ids_in_another_form_is_left_to_the_parser() -> None:
    stamp = b'<PubMedPubDate PubStatus="entrez"><Year>2021</Year><Month>5</Month><Day>3</Day></PubMedPubDate>'
    (found,) = read_plain_history(b"<History>" + stamp + b"</History>") or ()
    assert (found.kind, str(found.date)) == ("entrez", "2021-05-03")
    assert read_plain_history(b"<History>" + stamp.replace(b"<Day>3</Day>", b"") + b"</History>") is None
    ids = b'<ArticleIdList><ArticleId IdType="doi">10.1/x</ArticleId></ArticleIdList>'
    assert read_plain_ids(ids) == (("10.1/x",), "")
    assert read_plain_ids(ids.replace(b'"doi"', b'"pmc"')) == ((), "10.1/x")
    assert read_plain_ids(ids.replace(b"10.1", b"&amp;")) is None


def test_a_record_with_markup_in_its_authors_keeps_them() -> None:
    marked = AUTHORS.replace("hospital", "<i>hospital</i>")
    xml = (
        '<PubmedArticle><MedlineCitation Status="x"><PMID Version="1">7</PMID><Article>'
        f"<ArticleTitle>T</ArticleTitle>{ABSTRACT}{marked}</Article></MedlineCitation></PubmedArticle>"
    )
    plain, odd = read_record(xml.replace("<i>", "").replace("</i>", "").encode()), read_record(xml.encode())
    assert plain == odd and odd.authors[0].affiliations == ("An invented hospital & school",)
