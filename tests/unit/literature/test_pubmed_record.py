"""One PubmedArticle becomes a Citation with everything that later steps need."""

from __future__ import annotations

import pytest

pytest.importorskip("lxml")

from stepdown.literature.citation import Accession, Citation, Grant, Term
from stepdown.literature.citation_json import read_citation, write_citation
from stepdown.literature.pubmed_record import NotARecord, cut_references, read_key, read_record
from unit.literature.invented_pubmed import write_links, write_record

FULL = write_record(
    7,
    3,
    "Stopping <i>invented</i>",
    (
        '<AbstractText Label="AIMS" NlmCategory="OBJECTIVE">To ask (NCT01234567).</AbstractText>'
        '<AbstractText Label="FUNDING" NlmCategory="UNASSIGNED">Nobody.</AbstractText><AbstractText/>'
    ),
    issue="<Year>2030</Year><Month>May</Month>",
    article=(
        "<Pagination><StartPage>5</StartPage><EndPage>9</EndPage></Pagination>"
        '<ELocationID EIdType="pii" ValidYN="Y">x</ELocationID>'
        '<ELocationID EIdType="doi" ValidYN="N">10.1/wrong</ELocationID>'
        '<ELocationID EIdType="doi" ValidYN="Y">10.1/right</ELocationID>'
        "<AuthorList><Author><LastName>Doe</LastName><ForeName>Invented</ForeName><Initials>I</Initials>"
        '<Identifier Source="ORCID">0000</Identifier><AffiliationInfo><Affiliation>Nowhere &amp; Sons'
        "</Affiliation></AffiliationInfo></Author><Author><CollectiveName>The Group</CollectiveName></Author>"
        "</AuthorList><Language>ger</Language><DataBankList><DataBank><DataBankName>ISRCTN</DataBankName>"
        "<AccessionNumberList><AccessionNumber>ISRCTN12345678</AccessionNumber></AccessionNumberList></DataBank>"
        "<DataBank><DataBankName>GEO</DataBankName><AccessionNumberList><AccessionNumber>GSE1</AccessionNumber>"
        "</AccessionNumberList></DataBank></DataBankList><GrantList><Grant><GrantID>G1</GrantID>"
        '<Agency>Fund</Agency></Grant></GrantList><ArticleDate DateType="Electronic"><Year>2029</Year>'
        "<Month>12</Month><Day>31</Day></ArticleDate><VernacularTitle>Absetzen</VernacularTitle>"
    ),
    medline=(
        '<MeshHeadingList><MeshHeading><DescriptorName UI="D009103" MajorTopicYN="N">Multiple Sclerosis'
        '</DescriptorName><QualifierName UI="Q1" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading>'
        "</MeshHeadingList>"
        + write_links(("RetractionIn", 8), ("Cites", 9))
        + '<OtherAbstract Type="plain-language-summary" Language="eng"><AbstractText>In short.</AbstractText>'
        '</OtherAbstract><OtherAbstract Type="Publisher" Language="ger"><AbstractText>Kurz.</AbstractText>'
        "</OtherAbstract><KeywordList><Keyword>stop</Keyword></KeywordList>"
    ),
    data='<ArticleId IdType="doi">10.1/listed</ArticleId><ArticleId IdType="pmc">PMC1</ArticleId>',
)


@pytest.fixture(scope="module")
def citation() -> Citation:
    return read_record(FULL.encode())


def test_the_key_is_pmid_with_version(citation: Citation) -> None:
    assert (citation.pmid, citation.version) == ("7", 3)
    assert read_key(FULL.encode()) == (7, 3)


def test_a_structured_abstract_keeps_labels_and_categories_and_drops_empty_parts(
    citation: Citation,
) -> None:
    assert [(part.label, part.category) for part in citation.abstract] == [
        ("AIMS", "OBJECTIVE"),
        ("FUNDING", "UNASSIGNED"),
    ]
    assert citation.abstract_text == "AIMS: To ask (NCT01234567).\nFUNDING: Nobody."


def test_the_doi_of_the_article_comes_before_the_listed_one_and_an_invalid_one_is_none(
    citation: Citation,
) -> None:
    assert citation.dois == ("10.1/right", "10.1/listed")
    listed = '<ArticleId IdType="doi">10.1/listed</ArticleId>'
    assert read_record(write_record(data=listed).encode()).doi == "10.1/listed"
    assert read_record(write_record().encode()).doi is None


def test_the_electronic_date_comes_before_that_of_the_issue(citation: Citation) -> None:
    assert citation.published is not None and str(citation.published.date) == "2029-12-31"
    assert [(date.kind, str(date.date)) for date in citation.dates] == [
        ("issue", "2030-05"),
        ("electronic", "2029-12-31"),
    ]


def test_people_and_groups_are_authors(citation: Citation) -> None:
    person, group = citation.authors
    assert (person.last, person.fore, person.identifiers) == ("Doe", "Invented", ("0000",))
    assert person.affiliations == ("Nowhere & Sons",) and group.collective == "The Group"


def test_trial_ids_come_from_registries_and_from_the_abstract_but_not_from_data_banks(
    citation: Citation,
) -> None:
    assert citation.trial_ids == ("ISRCTN12345678", "NCT01234567")
    assert Accession("GEO", "GSE1") in citation.accessions


def test_links_mesh_languages_pages_grants_and_titles_are_kept(citation: Citation) -> None:
    assert [(link.kind, link.pmid) for link in citation.links] == [("RetractionIn", "8"), ("Cites", "9")]
    assert citation.mesh == (Term("D009103", "Multiple Sclerosis", True, ("drug therapy",)),)
    assert citation.languages == ("eng", "ger") and citation.pages == "5-9"
    assert citation.grants == (Grant("G1", "", "Fund"),) and citation.pmc == "PMC1"
    assert (citation.title, citation.vernacular_title) == ("Stopping invented", "Absetzen")


def test_the_publishers_plain_language_abstract_is_found(citation: Citation) -> None:
    lay = citation.plain_language_abstract
    assert lay is not None and lay.sections[0].text == "In short."
    assert {other.language for other in citation.other_abstracts} == {"eng", "ger"}


def test_references_give_pmids_and_no_doi_of_theirs_becomes_ours() -> None:
    one = (
        '<Reference><Citation>A</Citation><ArticleIdList><ArticleId IdType="pubmed">55</ArticleId>'
        '<ArticleId IdType="doi">10.9/other</ArticleId></ArticleIdList></Reference>'
    )
    xml = write_record().replace("</PubmedData>", f"<ReferenceList>{one}</ReferenceList></PubmedData>")
    found = read_record(*cut_references(xml.encode()))
    assert (found.cites, found.dois) == (("55",), ())


def test_a_citation_comes_back_from_json_as_it_was(citation: Citation) -> None:
    assert read_citation(write_citation(citation)) == citation


@pytest.mark.parametrize(
    ("xml", "is_damage"),
    [
        (b"<PubmedArticle><MedlineCitation><Article/></MedlineCitation></PubmedArticle>", False),
        (write_record().replace('<PMID Version="1">1<', '<PMID Version="1">one<').encode(), False),
        (write_record().replace("</Article>", "").encode(), True),
        (write_record(title="&nbsp;").encode(), True),
        (write_record(title="<b>" * 2000 + "</b>" * 2000).encode(), True),
        (b"<PubmedArticle>\xff</PubmedArticle>", True),
    ],
)
def test_what_is_no_record_says_whether_it_is_damage(xml: bytes, is_damage: bool) -> None:
    with pytest.raises(NotARecord) as caught:
        read_record(xml)
    assert caught.value.is_damage is is_damage
