"""The longest parts of a record, read without a parser where they are plain: history, authors, abstract.

Nearly every record writes them in one form. A part in any other form is left to the parser, so that what is
read here is what the parser would have read; half of the time of a record is saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from stepdown.literature.citation import AbstractSection, Author, RecordDate
from stepdown.literature.markup import squeeze
from stepdown.literature.record_dates import read_parts

_STAMP = re.compile(
    rb'<PubMedPubDate PubStatus="([a-z-]+)">\s*<Year>(\d+)</Year>\s*<Month>(\d+)</Month>\s*<Day>(\d+)</Day>'
    rb"\s*(?:<(?:Hour|Minute)>\d+</(?:Hour|Minute)>\s*)*</PubMedPubDate>")
#: What is between two tags is never given back (``*+``): the pattern fits at once or not at all.
_AUTHOR = re.compile(
    r"<Author(?: [^<>&]*+)?+>\s*+<LastName>([^<]*+)</LastName>\s*+(?:<ForeName>([^<]*+)</ForeName>\s*+)?+"
    r"(?:<Initials>([^<]*+)</Initials>\s*+)?+(?:<Suffix>([^<]*+)</Suffix>\s*+)?+"
    r'((?:<Identifier Source="[^<>&"]*+">[^<]*+</Identifier>\s*+)*+)'
    r"((?:<AffiliationInfo>\s*+<Affiliation>[^<]*+</Affiliation>\s*+</AffiliationInfo>\s*+)*+)</Author>")
_SECTION = re.compile(
    r'<AbstractText(?: Label="([^<>"]*+)")?+(?: NlmCategory="([^<>"]*+)")?+>([^<]*+)</AbstractText>')
_ABSTRACT = re.compile(
    rf"<Abstract>\s*+(?:{_SECTION.pattern}\s*+)*+"
    r"(?:<CopyrightInformation>[^<]*+</CopyrightInformation>\s*+)?+</Abstract>")
_JOURNAL = re.compile(
    r"<Journal>\s*+(?:<ISSN[^<>]*+>[^<]*+</ISSN>\s*+)?+<JournalIssue[^<>]*+>\s*+(?:<Volume>([^<]*+)</Volume>\s*+)?+"
    r"(?:<Issue>([^<]*+)</Issue>\s*+)?+(<PubDate>(?:(?!</PubDate>).)*+</PubDate>)\s*+</JournalIssue>\s*+"
    r"<Title>([^<]*+)</Title>\s*+(?:<ISOAbbreviation>[^<]*+</ISOAbbreviation>\s*+)?+</Journal>", re.DOTALL)
_ID = re.compile(rb'<ArticleId IdType="([a-z]+)">([^<]*+)</ArticleId>')
_IDENTIFIER = re.compile(r">([^<]*)</Identifier>")
_AFFILIATION = re.compile(r"<Affiliation>([^<]*)<")
_OTHER_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")


@dataclass(frozen=True)
class PlainPart:
    """A part that can be read without the parser: its name, its tag, and a reader that gives None where not.

    ``is_early`` says that it stands before the article, so that nobody looks for it behind.
    """

    name: str
    tag: bytes
    read: Callable[[bytes], Any]
    is_early: bool = False
    ends: tuple[bytes, bytes] = field(init=False)

    def __post_init__(self) -> None:
        """Write the tags once; a tag without the end of its name would also find longer ones."""
        object.__setattr__(self, "ends", (b"<" + self.tag, b"</" + self.tag.rstrip(b">") + b">"))


def take_plain_parts(xml: bytes, parts: Sequence[PlainPart]) -> tuple[bytes, dict[str, Any]]:
    """A record without the parts that were read here, and what they say, by name.

    ``parts`` are looked for in the order in which a record has them, each behind the one before; one that is
    not there, comes in another order or is not plain stays in the record, for the parser.
    """
    at, copied, early = 0, 0, xml.find(b"<Article")
    kept: list[bytes] = []
    found: dict[str, Any] = {}
    for part in parts:
        start = xml.find(part.ends[0], at, early if part.is_early else len(xml))
        end = xml.find(part.ends[1], start) + len(part.ends[1]) if start >= 0 else 0
        if end < len(part.ends[1]):
            continue
        at = end
        value = part.read(xml[start:end])
        if value is not None:
            kept.append(xml[copied:start])
            copied, found[part.name] = end, value
    return b"".join((*kept, xml[copied:])), found


def read_plain_dois(part: bytes) -> tuple[str, ...] | None:
    """The DOIs in a list of ids; None where it also gives a number of PubMed Central, or is not plain."""
    found = _ID.findall(part)
    if len(found) != part.count(b"<ArticleId ") or b"&" in part or b'"pmc"' in part:
        return None
    dois = (text.decode("utf-8", "replace").strip() for kind, text in found if kind == b"doi")
    return tuple([doi for doi in dois if doi])


def read_plain_journal(part: bytes) -> tuple[dict[str, str], bytes] | None:
    """The journal's title with volume and issue, and the issue's date as it stands; None in another form."""
    text = _decode_plain(part)
    match = _JOURNAL.fullmatch(text) if text else None
    if match is None:
        return None
    named = zip(("volume", "issue", "journal"), (match[1], match[2], match[4]), strict=True)
    found = {name: squeeze(unescape(value)) for name, value in named if value is not None}
    return found, match[3].encode()


def read_plain_history(part: bytes) -> tuple[RecordDate, ...] | None:
    """The stamps of a history in its usual form; None where it has another one."""
    found = _STAMP.findall(part)
    if not found or len(found) != part.count(b"<PubMedPubDate"):
        return None
    return tuple([_make_stamp(*stamp) for stamp in found])


@lru_cache(maxsize=20_000)
def _make_stamp(kind: bytes, year: bytes, month: bytes, day: bytes) -> RecordDate:
    return RecordDate(kind.decode(), read_parts(year.decode(), month.decode(), day.decode()))


def read_plain_authors(part: bytes) -> tuple[Author, ...] | None:
    """The authors of a list in its usual form; None where it has another one, such as a group among them."""
    text = _decode_plain(part)
    found = _AUTHOR.findall(text) if text else []
    if text is None or len(found) != text.count("</Author>"):
        return None
    if "&" in text:
        found = [tuple([unescape(item) for item in author[:4]]) + author[4:] for author in found]
    return tuple([_make_author(*author) for author in found])


def _decode_plain(part: bytes) -> str | None:
    """The text of a part; None where it holds what only a parser should read."""
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return None
    return None if "]]>" in text or ("&" in text and _OTHER_REFERENCE.search(text)) else text


def _make_author(
    last: str, fore: str, initials: str, suffix: str, identifiers: str, affiliations: str
) -> Author:
    named = tuple(map(unescape, _IDENTIFIER.findall(identifiers))) if identifiers else ()
    return Author(last, fore, initials, suffix, "", named, _read_affiliations(affiliations))


@lru_cache(maxsize=1_000)
def _read_affiliations(block: str) -> tuple[str, ...]:
    """The affiliations in a block, which the authors of one paper often share."""
    return tuple([squeeze(unescape(item)) for item in _AFFILIATION.findall(block)]) if block else ()


def read_plain_abstract(part: bytes) -> tuple[AbstractSection, ...] | None:
    """The sections of an abstract without any markup; None where it has some."""
    text = _decode_plain(part)
    if text is None or _ABSTRACT.fullmatch(text) is None:
        return None
    found = (
        AbstractSection(squeeze(unescape(words)), unescape(label), category)
        for label, category, words in _SECTION.findall(text)
    )
    return tuple([section for section in found if section.text])
