"""One PubmedArticle of PubMed's XML (DTD of 2025) as a Citation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stepdown.literature.citation import (
    AbstractSection,
    Accession,
    Author,
    Citation,
    Grant,
    Link,
    OtherAbstract,
    RecordDate,
    Term,
)
from stepdown.literature.markup import read_text
from stepdown.literature.plain_frame import read_plain_frame
from stepdown.literature.plain_parts import (
    PlainPart,
    read_plain_abstract,
    read_plain_authors,
    read_plain_history,
    read_plain_ids,
    read_plain_journal,
    take_plain_parts,
)
from stepdown.literature.record_dates import read_date, read_issue_date

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

_KEY = re.compile(rb'<MedlineCitation[^<>]*>\s*<PMID(?:\s+Version="(\d{1,9})")?[^<>]*>\s*(\d{1,9})\s*</PMID>')
_NUMBER = re.compile(r"[0-9]{1,9}")
_CITED = re.compile(rb'<ArticleId IdType="pubmed">\s*(\d+)\s*<')


class NotARecord(ValueError):
    """The bytes are no PubmedArticle with a PMID; ``is_damage`` when they are not even XML."""

    def __init__(self, what: str, is_damage: bool) -> None:
        """Keep what is wrong with it."""
        super().__init__(what)
        self.is_damage = is_damage


@lru_cache(maxsize=1)
def _parser() -> XMLParser[_Element]:
    """A parser that fetches nothing and expands nothing; files declare no entities that would be needed."""
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                           collect_ids=False)


def _parse(xml: bytes) -> _Element:
    from lxml import etree

    return etree.fromstring(xml, _parser())


def cut_references(xml: bytes) -> tuple[bytes, bytes]:
    """A record without its list of references, and the list: half of the bytes of many records."""
    return _cut(xml, b"<ReferenceList", b"</ReferenceList>")


def cut_subject(xml: bytes) -> bytes:
    """The part of a record that says what it is about: without authors, affiliations and history."""
    end = xml.find(b"</MedlineCitation>")
    citation = xml[:end] if end >= 0 else xml
    start = citation.find(b"<AuthorList")
    stop = citation.find(b"</AuthorList>", start)
    return citation[:start] + citation[stop:] if 0 <= start < stop else citation


def _cut(xml: bytes, opening: bytes, closing: bytes) -> tuple[bytes, bytes]:
    """The bytes without the part from the first opening to the last closing tag, and that part."""
    start = xml.find(opening)
    end = xml.rfind(closing, start) if start >= 0 else -1
    if end < 0:
        return xml, b""
    end += len(closing)
    return xml[:start] + xml[end:], xml[start:end]


def read_key(xml: bytes) -> tuple[int, int]:
    """PMID and version of a record that is not parsed; NotARecord when it has none."""
    match = _KEY.search(xml)
    if match is None:
        raise NotARecord("without a PMID", is_damage=False)
    return int(match[2]), int(match[1] or 1)


def read_record(xml: bytes, references: bytes = b"") -> Citation:
    """The citation in the bytes of one PubmedArticle element; NotARecord when there is none.

    ``references`` is its list of references when that was cut out; only its PMIDs are read.
    """
    try:
        rest, plain = take_plain_parts(xml, _PLAIN_PARTS)
        found = _join(read_plain_frame(rest) or _read_article(_parse(rest)), plain)
    except (SyntaxError, RecursionError) as error:  # the parser's XMLSyntaxError is a SyntaxError
        raise NotARecord("not well-formed XML", is_damage=True) from error
    if references:
        found["cites"] = tuple(dict.fromkeys([item.decode() for item in _CITED.findall(references)]))
    return Citation(**found)


def _join(found: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """What the parser read, and what was read without it, as if all had been read by the parser."""
    for name in ("authors", "abstract", "publication_types"):
        found[name] = plain.get(name, ()) + found.get(name, ())
    names, issue = plain.get("journal", ({}, b""))
    found["dates"] = (*plain.get("completed", ()), *plain.get("revised", ()), *_read_shared_issue(issue),
                      *found.get("dates", ()), *plain.get("electronic", ()), *plain.get("history", ()))
    dois, pmc = plain.get("ids", ((), found.get("pmc", "")))
    found["dois"] = tuple(dict.fromkeys((*found.get("dois", ()), *dois)))
    found["pmc"] = pmc
    found.update(names)
    found.update(plain.get("journal_info", {}))
    return found


@lru_cache(maxsize=5_000)
def _read_shared_types(xml: bytes) -> tuple[Term, ...]:
    """The publication types in a list, parsed once for all records that have the same."""
    return _read_types(_parse(xml))


@lru_cache(maxsize=10_000)
def _read_shared_journal(xml: bytes) -> dict[str, str]:
    """What PubMed says of a journal, parsed once for all records of it."""
    found: dict[str, str] = {}
    _read_journal_info(_parse(xml), found)
    return found


@lru_cache(maxsize=5_000)
def _read_shared_date(xml: bytes) -> tuple[RecordDate, ...]:
    """A date that is written as year, month and day, parsed once for all records of that day."""
    kinds = {b"<DateC": "completed", b"<DateR": "revised", b"<Artic": "electronic"}
    return (read_date(_parse(xml), kinds[xml[:6]]),)


@lru_cache(maxsize=5_000)
def _read_shared_issue(xml: bytes) -> tuple[RecordDate, ...]:
    """The date of an issue, parsed once for all records that have the same."""
    return (read_issue_date(_parse(xml)),) if xml else ()


def _read_article(element: _Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    dates: list[RecordDate] = []
    for part in element:
        if part.tag == "MedlineCitation":
            _read_medline(part, found, dates)
        elif part.tag == "PubmedData":
            _read_pubmed_data(part, found, dates)
    if "pmid" not in found:
        raise NotARecord("without a PMID", is_damage=False)
    found["dates"] = tuple(dates)
    return found


def _read_medline(medline: _Element, found: dict[str, Any], dates: list[RecordDate]) -> None:
    """The parts of MedlineCitation; those that may come several times add up."""
    found["status"] = medline.get("Status", "")
    for child in medline:
        tag = child.tag
        if tag in _MEDLINE_PARTS:
            name, read = _MEDLINE_PARTS[tag]
            found[name] = found.get(name, ()) + read(child)
        elif tag == "PMID":
            found["pmid"], found["version"] = _read_pmid(child)
        elif tag == "Article":
            _read_content(child, found, dates)
        elif tag == "MedlineJournalInfo":
            _read_journal_info(child, found)
        elif tag == "CoiStatement":
            found["conflicts"] = read_text(child)
        elif tag == "DateCompleted" or tag == "DateRevised":
            dates.append(read_date(child, "completed" if tag == "DateCompleted" else "revised"))


def _read_pmid(element: _Element) -> tuple[str, int]:
    pmid, version = (element.text or "").strip(), element.get("Version") or "1"
    if not (_NUMBER.fullmatch(pmid) and _NUMBER.fullmatch(version)):
        raise NotARecord("without a PMID", is_damage=False)
    return pmid, int(version)


def _read_content(article: _Element, found: dict[str, Any], dates: list[RecordDate]) -> None:
    """The parts of Article: title, abstract, authors and so on, and its electronic date."""
    for child in article:
        tag = child.tag
        if tag in _ARTICLE_PARTS:
            name, read = _ARTICLE_PARTS[tag]
            found[name] = found.get(name, ()) + read(child)
        elif tag == "ArticleTitle":
            found["title"] = read_text(child)
        elif tag == "VernacularTitle":
            found["vernacular_title"] = read_text(child)
        elif tag == "Journal":
            _read_journal(child, found, dates)
        elif tag == "Pagination":
            found["pages"] = _read_pages(child)
        elif tag == "ArticleDate":
            dates.append(read_date(child, "electronic"))


def _read_journal(journal: _Element, found: dict[str, Any], dates: list[RecordDate]) -> None:
    for child in journal:
        if child.tag == "Title":
            found["journal"] = read_text(child)
        elif child.tag == "JournalIssue":
            _read_issue(child, found, dates)


def _read_issue(issue: _Element, found: dict[str, Any], dates: list[RecordDate]) -> None:
    for child in issue:
        if child.tag == "PubDate":
            dates.append(read_issue_date(child))
        else:
            found[str(child.tag).lower()] = (child.text or "").strip()


_JOURNAL_INFO = {"Country": "country", "MedlineTA": "journal_abbreviation", "NlmUniqueID": "journal_id",
                 "ISSNLinking": "issn_linking"}


def _read_journal_info(info: _Element, found: dict[str, Any]) -> None:
    for child in info:
        if child.tag in _JOURNAL_INFO:
            found[_JOURNAL_INFO[str(child.tag)]] = (child.text or "").strip()


def _read_pages(pagination: _Element) -> str:
    """Pages as MEDLINE writes them, or first and last page."""
    parts = _read_parts(pagination)
    ends = [parts[tag] for tag in ("StartPage", "EndPage") if parts.get(tag)]
    return parts.get("MedlinePgn") or "-".join(ends)


def _read_pubmed_data(data: _Element, found: dict[str, Any], dates: list[RecordDate]) -> None:
    """The record's history and PubMed's list of its ids."""
    for child in data:
        if child.tag == "History":
            dates.extend(read_date(stamp, stamp.get("PubStatus", "")) for stamp in child)
        elif child.tag == "ArticleIdList":
            _read_ids(child, found)


def _read_ids(ids: _Element, found: dict[str, Any]) -> None:
    for item in ids:
        kind, text = item.get("IdType", "pubmed"), (item.text or "").strip()
        if kind == "doi" and text:
            found["dois"] = (*found.get("dois", ()), text)
        elif kind == "pmc":
            found["pmc"] = text


def _read_parts(element: _Element) -> dict[str, str]:
    """The texts of the children by their tags."""
    return {str(child.tag): (child.text or "").strip() for child in element}


def _read_one(element: _Element) -> tuple[str, ...]:
    text = (element.text or "").strip()
    return (text,) if text else ()


def _read_doi(element: _Element) -> tuple[str, ...]:
    valid = element.get("EIdType") == "doi" and element.get("ValidYN", "Y") == "Y"
    return _read_one(element) if valid else ()


def read_sections(abstract: _Element) -> tuple[AbstractSection, ...]:
    """The sections of an abstract, in order; a section without text is none."""
    sections = (
        AbstractSection(read_text(part), part.get("Label", ""), part.get("NlmCategory", ""))
        for part in abstract.iterfind("AbstractText")
    )
    return tuple(section for section in sections if section.text)


def _read_other_abstract(element: _Element) -> tuple[OtherAbstract, ...]:
    sections = read_sections(element)
    kind, language = element.get("Type", ""), element.get("Language", "eng")
    return (OtherAbstract(kind, language, sections),) if sections else ()


def _read_authors(element: _Element) -> tuple[Author, ...]:
    return tuple(_read_author(author) for author in element.iterfind("Author"))


_GRANT_PARTS = ("GrantID", "Acronym", "Agency", "Country")
_NAMES = {"LastName": "last", "ForeName": "fore", "Initials": "initials", "Suffix": "suffix"}


def _read_author(element: _Element) -> Author:
    names: dict[str, str] = {}
    identifiers: list[str] = []
    affiliations: list[str] = []
    for child in element:
        tag = child.tag
        if tag in _NAMES:
            names[_NAMES[tag]] = child.text or ""
        elif tag == "AffiliationInfo":
            affiliations += [read_text(part) for part in child if part.tag == "Affiliation"]
        elif tag == "Identifier":
            identifiers.append(child.text or "")
        elif tag == "CollectiveName":
            names["collective"] = read_text(child)
    return Author(**names, identifiers=tuple(identifiers), affiliations=tuple(affiliations))


def _read_mesh(element: _Element) -> tuple[Term, ...]:
    return tuple(term for heading in element for term in _read_heading(heading))


def _read_heading(heading: _Element) -> Iterator[Term]:
    """The descriptor with its qualifiers; the heading is major when any part of it is."""
    parts = list(heading)
    if parts and parts[0].tag == "DescriptorName":
        major = any(part.get("MajorTopicYN") == "Y" for part in parts)
        names = tuple((part.text or "").strip() for part in parts[1:])
        yield Term(parts[0].get("UI", ""), (parts[0].text or "").strip(), major, names)


def _read_types(element: _Element) -> tuple[Term, ...]:
    return tuple(Term(item.get("UI", ""), (item.text or "").strip()) for item in element)


def _read_substances(element: _Element) -> tuple[Term, ...]:
    names = element.iterfind("Chemical/NameOfSubstance")
    return tuple(Term(item.get("UI", ""), (item.text or "").strip()) for item in names)


def _read_keywords(element: _Element) -> tuple[str, ...]:
    return tuple(text for item in element if (text := read_text(item)))


def _read_links(element: _Element) -> tuple[Link, ...]:
    links = ((item.get("RefType", ""), _read_parts(item)) for item in element)
    return tuple(Link(kind, parts.get("PMID", ""), parts.get("RefSource", "")) for kind, parts in links)


def _read_accessions(element: _Element) -> tuple[Accession, ...]:
    numbers = ((bank, number) for bank in element for number in bank.iter("AccessionNumber"))
    return tuple(Accession(read_text(bank[0]), read_text(number)) for bank, number in numbers)


def _read_grants(element: _Element) -> tuple[Grant, ...]:
    parts = (_read_parts(item) for item in element)
    return tuple(Grant(*(part.get(tag, "") for tag in _GRANT_PARTS)) for part in parts)


_ARTICLE_PARTS = {
    "ELocationID": ("dois", _read_doi),
    "Abstract": ("abstract", read_sections),
    "AuthorList": ("authors", _read_authors),
    "Language": ("languages", _read_one),
    "DataBankList": ("accessions", _read_accessions),
    "GrantList": ("grants", _read_grants),
    "PublicationTypeList": ("publication_types", _read_types),
}
_MEDLINE_PARTS = {
    "ChemicalList": ("substances", _read_substances),
    "CommentsCorrectionsList": ("links", _read_links),
    "MeshHeadingList": ("mesh", _read_mesh),
    "OtherID": ("other_ids", _read_one),
    "OtherAbstract": ("other_abstracts", _read_other_abstract),
    "KeywordList": ("keywords", _read_keywords),
}
_EARLY = ("DateCompleted", "DateRevised")
#: The parts that are read without the parser where they are plain, in the order in which a record has them.
_PLAIN_PARTS = tuple(
    PlainPart(name, f"<{opening}".encode(), f"</{opening.rstrip('>')}>".encode(), read, opening in _EARLY)
    for name, opening, read in (
        ("completed", "DateCompleted", _read_shared_date),
        ("revised", "DateRevised", _read_shared_date),
        ("journal", "Journal>", read_plain_journal),
        ("abstract", "Abstract", read_plain_abstract),
        ("authors", "AuthorList", read_plain_authors),
        ("publication_types", "PublicationTypeList", _read_shared_types),
        ("electronic", "ArticleDate", _read_shared_date),
        ("journal_info", "MedlineJournalInfo", _read_shared_journal),
        ("history", "History", read_plain_history),
        ("ids", "ArticleIdList", read_plain_ids),
    ))
