"""What is left of a record when its longest parts are read: title, pages, ids, language, grants, keywords.

Nine records in ten hold nothing else, always in the same order, and need no parser. One with more in it, or
written in another way, is left to the parser, so that what is read here is what the parser would have read.
"""

from __future__ import annotations

import re
from typing import Any

from stepdown.literature.citation import Grant
from stepdown.literature.markup import squeeze
from stepdown.literature.plain_parts import MARKED_TEXT, decode_plain, unescape, write_marked_text

_ATTRIBUTES = r'(?: [A-Za-z]++="[^<>&"]*+")*+'
_KEYWORD = rf"<Keyword{_ATTRIBUTES}>([^<]*+)</Keyword>"
_LANGUAGE = "<Language>([a-z]{3})</Language>"
_PLACE = r'<ELocationID EIdType="([a-z]++)" ValidYN="([YN])">([^<]*+)</ELocationID>'
_GRANT = (r"<Grant>\s*+(?:<GrantID>([^<]*+)</GrantID>\s*+)?+(?:<Acronym>([^<]*+)</Acronym>\s*+)?+"
          r"<Agency>([^<]*+)</Agency>\s*+(?:<Country>([^<]*+)</Country>|<Country/>)?+\s*+</Grant>")
#: One element after another, in the order in which a record has them.
_FRAME = (
    "<PubmedArticle>",
    rf'<MedlineCitation Status="(?P<status>[A-Za-z-]++)"{_ATTRIBUTES}>',
    r'<PMID Version="(?P<version>[0-9]{1,9})">(?P<pmid>[0-9]{1,9})</PMID>',
    rf"<Article{_ATTRIBUTES}>",
    f"<ArticleTitle>(?P<title>{MARKED_TEXT})</ArticleTitle>",
    r"(?:<Pagination>\s*+<MedlinePgn>(?P<pages>[^<]*+)</MedlinePgn>\s*+</Pagination>)?+",
    rf"(?P<places>(?:{_PLACE}\s*+)*+)",
    rf"(?P<languages>(?:{_LANGUAGE}\s*+)++)",
    rf"(?:<GrantList{_ATTRIBUTES}>(?P<grants>\s*+(?:{_GRANT}\s*+)*+)</GrantList>)?+",
    "(?:<VernacularTitle>(?P<vernacular_title>[^<]*+)</VernacularTitle>)?+",
    "</Article>",
    r"(?:<CitationSubset>[A-Z]++</CitationSubset>\s*+)*+",
    rf"(?:<KeywordList{_ATTRIBUTES}>(?P<keywords>\s*+(?:{_KEYWORD}\s*+)*+)</KeywordList>)?+",
    "(?:<CoiStatement>(?P<conflicts>[^<]*+)</CoiStatement>)?+",
    "</MedlineCitation>",
    "<PubmedData>",
    "<PublicationStatus>[a-z]++</PublicationStatus>",
    "</PubmedData>",
    "</PubmedArticle>",
)
_RECORD = re.compile(r"\s*+".join(_FRAME))
_KEYWORDS, _LANGUAGES, _PLACES, _GRANTS = map(re.compile, (_KEYWORD, _LANGUAGE, _PLACE, _GRANT))
_READ_AS_THEY_STAND = ("pages", "vernacular_title", "conflicts")


def read_plain_frame(xml: bytes) -> dict[str, Any] | None:
    """The fields of a record that holds no more than the usual elements; None where it holds others."""
    text = decode_plain(xml)
    match = _RECORD.fullmatch(text) if text else None
    title = write_marked_text(match["title"]) if match else None
    if match is None or title is None or not _is_printable(match):
        return None
    found: dict[str, Any] = {
        "pmid": match["pmid"], "version": int(match["version"]), "status": match["status"], "title": title,
        "languages": tuple(_LANGUAGES.findall(match["languages"])), "dois": _read_dois(match["places"])}
    for name in _READ_AS_THEY_STAND:
        if words := match[name]:
            found[name] = squeeze(unescape(words))
    if words := match["keywords"]:
        keywords = [squeeze(unescape(word)) for word in _KEYWORDS.findall(words)]
        found["keywords"] = tuple(filter(None, keywords))
    if words := match["grants"]:
        found["grants"] = tuple([Grant(*[unescape(part).strip() for part in grant])
                                 for grant in _GRANTS.findall(words)])
    return found


def _is_printable(match: re.Match[str]) -> bool:
    """Whether title and keywords hold no character that the parser would refuse."""
    return match["title"].isprintable() and (match["keywords"] or "").replace("\n", "").isprintable()


def _read_dois(places: str) -> tuple[str, ...]:
    found = _PLACES.findall(places)
    dois = [unescape(text).strip() for kind, valid, text in found if kind == "doi" and valid == "Y"]
    return tuple(filter(None, dois))
