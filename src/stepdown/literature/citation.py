"""A bibliographic entry as PubMed gives it: what it is called, what it says, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepdown.ms.dates import PartialDate

#: Registries of trials among PubMed's data banks; the others (GEO, Dryad, PDB, ...) hold data sets.
TRIAL_REGISTRIES = (
    "ANZCTR", "ChiCTR", "CRiS", "ClinicalTrials.gov", "CTRI", "DRKS", "EudraCT", "IRCT", "ISRCTN", "JapicCTI",
    "JMACCT", "JPRN", "jRCT", "NTR", "PACTR", "ReBec", "REPEC", "RPCEC", "SLCTR", "TCTR", "UMIN-CTR",
    "UMIN CTR",
)
_TRIAL_IDS = re.compile(
    r"\b(?:NCT ?\d{8}|ISRCTN ?\d{8}|ACTRN ?\d{14}|ChiCTR[-A-Z]*-?\d{8,10}|DRKS ?\d{8}|IRCT ?[0-9N]{12,20}"
    r"|CTRI/\d{4}/\d{2}/\d{5,6}|UMIN ?\d{9}|jRCTs?\d{9,10}|20\d\d-\d{6}-\d\d(?:-\d\d)?)\b"
)


@dataclass(frozen=True, slots=True)
class AbstractSection:
    """A part of an abstract: the heading as printed, PubMed's category for it, and the text."""

    text: str
    label: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class OtherAbstract:
    """A further abstract: its kind (Publisher, plain-language-summary, ...), its language, its sections."""

    kind: str
    language: str
    sections: tuple[AbstractSection, ...]


@dataclass(frozen=True, slots=True)
class RecordDate:
    """A date of the record: its kind, the date as far as it is known, and the words when those are vaguer.

    ``issue`` dates such as "2021 May-Jun" or a season are a year here, with the words kept in ``printed``.
    """

    kind: str
    date: PartialDate | None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """A person, or a group when ``collective`` is set."""

    last: str = ""
    fore: str = ""
    initials: str = ""
    suffix: str = ""
    collective: str = ""
    identifiers: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A controlled term: MeSH heading, publication type or substance, with its id and qualifiers."""

    ui: str
    name: str
    major: bool = False
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What this record says of another: the kind (RetractionIn, ...), its PMID, where it stands."""

    kind: str
    pmid: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Who paid, under which number."""

    number: str = ""
    acronym: str = ""
    agency: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Accession:
    """An entry in a data bank or a registry of trials."""

    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One version of one PubMed record."""

    pmid: str
    version: int
    status: str = ""
    title: str = ""
    vernacular_title: str = ""
    abstract: tuple[AbstractSection, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    languages: tuple[str, ...] = ()
    journal: str = ""
    journal_abbreviation: str = ""
    journal_id: str = ""
    issn_linking: str = ""
    country: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    authors: tuple[Author, ...] = ()
    dates: tuple[RecordDate, ...] = ()
    dois: tuple[str, ...] = ()
    pmc: str = ""
    mesh: tuple[Term, ...] = ()
    publication_types: tuple[Term, ...] = ()
    substances: tuple[Term, ...] = ()
    keywords: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    accessions: tuple[Accession, ...] = ()
    grants: tuple[Grant, ...] = ()
    other_ids: tuple[str, ...] = ()
    conflicts: str = ""
    cites: tuple[str, ...] = ()

    @property
    def doi(self) -> str | None:
        """The DOI that the article gives, or else the one PubMed lists."""
        return self.dois[0] if self.dois else None

    @property
    def abstract_text(self) -> str:
        """The abstract as one text, a paragraph a section, headings as printed."""
        return write_sections(self.abstract)

    @property
    def published(self) -> RecordDate | None:
        """When it came out: electronically if that is given, else in its issue; None when neither is."""
        found = {item.kind: item for item in self.dates}
        return found.get("electronic") or found.get("issue")

    @property
    def plain_language_abstract(self) -> OtherAbstract | None:
        """The publisher's own summary for lay readers, in English if there is one; None without one."""
        lay = [other for other in self.other_abstracts if other.kind == "plain-language-summary"]
        return next((other for other in lay if other.language == "eng"), lay[0] if lay else None)

    @property
    def trial_ids(self) -> tuple[str, ...]:
        """The trial's ids: those PubMed lists first, then those the abstract names."""
        listed = [item.number for item in self.accessions if item.bank in TRIAL_REGISTRIES]
        named = [text.replace(" ", "") for text in _TRIAL_IDS.findall(self.abstract_text)]
        return tuple(dict.fromkeys((*listed, *named)))


def write_sections(sections: tuple[AbstractSection, ...]) -> str:
    """Sections as one text; a section that has a heading begins with it and a colon."""
    return "\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in sections)
