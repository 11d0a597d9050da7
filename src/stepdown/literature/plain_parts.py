"""The longest parts of a record, read without a parser where they are plain: history, authors, abstract.

Nearly every record writes them in one form. A part in any other form is left to the parser, so that what is
read here is what the parser would have read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from stepdown.literature.citation import AbstractSection, Author, RecordDate
from stepdown.literature.markup import lower_text, raise_text, squeeze
from stepdown.literature.record_dates import read_parts


def _write_pattern(pattern: str) -> str:
    """A pattern in which ~ stands for a line break with the next line's indentation, or for nothing.

    What is between two tags is never given back (``*+``): the pattern fits at once or not at all.
    """
    return pattern.replace("~", r"\n?+ *+")


_STAMP = re.compile(_write_pattern(
    r'<PubMedPubDate PubStatus="([a-z-]+)">~<Year>(\d++)</Year>~<Month>(\d++)</Month>~<Day>(\d++)</Day>~'
    r"(?:<Hour>\d++</Hour>~)?+(?:<Minute>\d++</Minute>~)?+</PubMedPubDate>").encode())
_AUTHOR = re.compile(_write_pattern(
    r"<Author(?: [^<>&]*+)?+>~<LastName>([^<]*+)</LastName>~(?:<ForeName>([^<]*+)</ForeName>~)?+"
    r"(?:<Initials>([^<]*+)</Initials>~)?+(?:<Suffix>([^<]*+)</Suffix>~)?+"
    r'((?:<Identifier Source="[^<>&"]*+">[^<]*+</Identifier>~)*+)'
    r"((?:<AffiliationInfo>~<Affiliation>[^<]*+</Affiliation>~</AffiliationInfo>~)*+)</Author>"))
#: Text whose only markup is raised, lowered, slanted, bold or underlined.
MARKED_TEXT = "[^<]*+(?:</?(?:i|b|u|sup|sub)>[^<]*+)*+"
_MARKUP = re.compile(r"<(i|b|u|sup|sub)>([^<&]*+)</\1>")
_SECTION = re.compile(
    rf'<AbstractText(?: Label="([^<>"]*+)")?+(?: NlmCategory="([^<>"]*+)")?+>({MARKED_TEXT})</AbstractText>')
_ABSTRACT = re.compile(_write_pattern(
    rf"<Abstract>~(?:{_SECTION.pattern}~)*+"
    r"(?:<CopyrightInformation>[^<]*+</CopyrightInformation>~)?+</Abstract>"))
_JOURNAL = re.compile(_write_pattern(
    r"<Journal>~(?:<ISSN[^<>]*+>[^<]*+</ISSN>~)?+<JournalIssue[^<>]*+>~(?:<Volume>([^<]*+)</Volume>~)?+"
    r"(?:<Issue>([^<]*+)</Issue>~)?+(<PubDate>~(?:<[A-Za-z]++>[^<]*+</[A-Za-z]++>~)*+</PubDate>)~"
    r"</JournalIssue>~<Title>([^<]*+)</Title>~(?:<ISOAbbreviation>[^<]*+</ISOAbbreviation>~)?+</Journal>"))
_ID = re.compile(rb'<ArticleId IdType="([a-z]+)">([^<]*+)</ArticleId>')
_KEPT_IDS = (b"doi", b"pmc")
_IDENTIFIER = re.compile(r">([^<]*)</Identifier>")
_AFFILIATION = re.compile(r"<Affiliation>([^<]*)<")
#: The ampersand comes last, so that "&amp;lt;" stays "&lt;".
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_OTHER_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")


class PlainPart(NamedTuple):
    """A part that can be read without the parser: its name, its tags, and a reader that gives None where not.

    ``is_early`` says that it stands before the article, so that nobody looks for it behind. (A tuple, because
    the ten parts are unpacked for each record.)
    """

    name: str
    opening: bytes
    closing: bytes
    read: Callable[[bytes], Any]
    is_early: bool = False


def take_plain_parts(xml: bytes, parts: Sequence[PlainPart]) -> tuple[bytes, dict[str, Any]]:
    """A record without the parts that were read here, and what they say, by name.

    ``parts`` are looked for in the order in which a record has them, each behind the one before; one that is
    not there, comes in another order or is not plain stays in the record, for the parser.
    """
    at, copied, early, size = 0, 0, xml.find(b"<Article"), len(xml)
    kept: list[bytes] = []
    found: dict[str, Any] = {}
    for name, opening, closing, read, is_early in parts:
        start = xml.find(opening, at, early if is_early else size)
        end = xml.find(closing, start) if start >= 0 else -1
        if end < 0:
            continue
        at = end + len(closing)
        value = read(xml[start:at])
        if value is not None:
            kept.append(xml[copied:start])
            copied, found[name] = at, value
    return b"".join((*kept, xml[copied:])), found


def read_plain_ids(part: bytes) -> tuple[tuple[str, ...], str] | None:
    """The DOIs in a list of ids, and the number of PubMed Central, "" without one; None in another form."""
    found = _ID.findall(part)
    if len(found) != part.count(b"<ArticleId ") or b"&" in part:
        return None
    texts = [(kind, text.decode("utf-8", "replace").strip()) for kind, text in found if kind in _KEPT_IDS]
    pmc = [text for kind, text in texts if kind == b"pmc"]
    return tuple([text for kind, text in texts if kind == b"doi" and text]), pmc[-1] if pmc else ""


def read_plain_journal(part: bytes) -> tuple[dict[str, str], bytes] | None:
    """The journal's title with volume and issue, and the issue's date as it stands; None in another form."""
    text = decode_plain(part)
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
    text = decode_plain(part)
    found = _AUTHOR.findall(text) if text else []
    if text is None or len(found) != text.count("</Author>"):
        return None
    if "&" in text:
        found = [tuple([unescape(item) for item in author[:4]]) + author[4:] for author in found]
    return tuple([
        Author(last, fore, initials, suffix, "", _read_identifiers(named) if named else (),
               _read_affiliations(places) if places else ())
        for last, fore, initials, suffix, named, places in found])


def decode_plain(part: bytes) -> str | None:
    """The text of a part; None where it holds what only a parser should read."""
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return None
    is_odd = ("]" in text and "]]>" in text) or ("&" in text and _OTHER_REFERENCE.search(text))
    return None if is_odd else text


def unescape(text: str) -> str:
    """A text of which ``decode_plain`` has seen that it holds no other references than these five."""
    if "&" in text:
        for reference, character in _REFERENCES:
            text = text.replace(reference, character)
    return text


def _read_identifiers(block: str) -> tuple[str, ...]:
    return tuple(map(unescape, _IDENTIFIER.findall(block)))


@lru_cache(maxsize=1_000)
def _read_affiliations(block: str) -> tuple[str, ...]:
    """The affiliations in a block, which the authors of one paper often share."""
    return tuple([squeeze(unescape(item)) for item in _AFFILIATION.findall(block)])


def read_plain_abstract(part: bytes) -> tuple[AbstractSection, ...] | None:
    """The sections of an abstract; None where it has more than the simplest markup."""
    text = decode_plain(part)
    if text is None or _ABSTRACT.fullmatch(text) is None:
        return None
    found = [(write_marked_text(words), label, kind) for label, kind, words in _SECTION.findall(text)]
    if any(words is None for words, _, _ in found):
        return None
    return tuple([AbstractSection(words, unescape(label), kind) for words, label, kind in found if words])


def write_marked_text(text: str) -> str | None:
    """A text with simple markup as ``read_text`` of an element writes it; None where tags cross."""
    while "<" in text:
        text, count = _MARKUP.subn(_write_markup, text)
        if not count:
            return None
    return squeeze(unescape(text))


def _write_markup(match: re.Match[str]) -> str:
    write = {"sup": raise_text, "sub": lower_text}.get(match[1])
    return write(match[2]) if write else match[2]
