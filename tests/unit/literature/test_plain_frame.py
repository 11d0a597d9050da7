"""What is left of a record is read as the parser reads it, and anything unusual is left to the parser."""

from __future__ import annotations

import pytest

pytest.importorskip("lxml")

from lxml import etree

from stepdown.literature.plain_frame import read_plain_frame
from stepdown.literature.pubmed_record import NotARecord, _read_article, read_record

FRAME = """<PubmedArticle>
  <MedlineCitation Status="In-Process" Owner="NLM"><PMID Version="2">7</PMID>
    <Article PubModel="Print">
      <ArticleTitle>An <i>invented</i> study &amp; its T<sub>1</sub></ArticleTitle>
      <Pagination><MedlinePgn>1-2</MedlinePgn></Pagination>
      <ELocationID EIdType="pii" ValidYN="Y">S1</ELocationID>
      <ELocationID EIdType="doi" ValidYN="N">10.1/y</ELocationID>
      <ELocationID EIdType="doi" ValidYN="Y">10.1/x</ELocationID>
      <Language>eng</Language><Language>spa</Language>
      <GrantList><Grant><GrantID> 5</GrantID><Agency>A fund</Agency><Country/></Grant></GrantList>
      <VernacularTitle>Un estudio</VernacularTitle>
    </Article>
    <CitationSubset>IM</CitationSubset>
    <KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N"> a
      b</Keyword><Keyword MajorTopicYN="N"> </Keyword></KeywordList>
    <CoiStatement>None.</CoiStatement>
  </MedlineCitation>
  <PubmedData><PublicationStatus>ppublish</PublicationStatus></PubmedData>
</PubmedArticle>"""


def test_a_plain_frame_gives_the_fields_that_the_parser_gives() -> None:
    found, parsed = read_plain_frame(FRAME.encode()), _read_article(etree.fromstring(FRAME))
    assert found == {name: parsed[name] for name in parsed if name != "dates"}
    assert parsed["dates"] == () and found is not None and found["title"] == "An invented study & its T₁"


@pytest.mark.parametrize(("old", "new"), [
    ("<CitationSubset>", "<ChemicalList/><CitationSubset>"),
    ("<i>invented</i>", "<i>invented</b>"),
    ("&amp;", "&#38;"),
    ("An <i>", "An \x01<i>"),
    (' Owner="NLM"', " Owner=NLM"),
    ("<MedlinePgn>1-2</MedlinePgn>", "<StartPage>1</StartPage>"),
    ("</PMID>", "</PMID><PMID>8</PMID>"),
])
def test_an_unusual_frame_is_left_to_the_parser(old: str, new: str) -> None:
    assert read_plain_frame(FRAME.replace(old, new).encode()) is None


def test_a_damaged_date_beside_a_plain_frame_is_damage() -> None:
    date = "<PubDate><Year>2021</Month></PubDate>"
    journal = f"<Journal><JournalIssue>{date}</JournalIssue><Title>J</Title></Journal><ArticleTitle>"
    with pytest.raises(NotARecord) as caught:
        read_record(FRAME.replace("<ArticleTitle>", journal).encode())
    assert caught.value.is_damage
