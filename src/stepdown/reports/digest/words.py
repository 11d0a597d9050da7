"""What the pages of the digest say around the summaries, and where a paper is found."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.literature.summaries.summary import Source


@cache
def read_digest_words() -> dict[str, Any]:
    """The wording of the digest, as nested tables."""
    return tomllib.loads((files("stepdown.reports.digest") / "wording.toml").read_text("utf-8"))


def say(key: str, **slots: object) -> str:
    """A sentence or label by its dotted key, its slots filled; KeyError when there is none."""
    found: Any = read_digest_words()
    for part in key.split("."):
        found = found[part]
    return str(found).format(**slots)


#: PubMed's three letters (MARC) for a language, and those that a page needs (BCP 47).
_LANGUAGES = {
    "chi": "zh", "dut": "nl", "eng": "en", "fre": "fr", "ger": "de", "ita": "it", "jpn": "ja", "kor": "ko",
    "pol": "pl", "por": "pt", "rus": "ru", "spa": "es", "tur": "tr",
}


def name_language(code: str) -> str:
    """A language of PubMed as a page names it; three letters stay where two are not known."""
    return _LANGUAGES.get(code, code)


def find_links(source: Source) -> tuple[tuple[str, str], ...]:
    """The addresses of a paper, the best first: DOI, PubMed, then those of the library."""
    links = []
    if source.doi:
        links.append((f"DOI {source.doi}", f"https://doi.org/{source.doi}"))
    if source.pmid:
        links.append((f"PubMed {source.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"))
    known = {address for _, address in links}
    others = [url for url in source.urls if url not in known and url.startswith("https://")]
    return (*links, *((say("source.link", number=place), url) for place, url in enumerate(others, 1)))
