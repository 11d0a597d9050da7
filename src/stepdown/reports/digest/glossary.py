"""The words of the glossary, and the links to them from the pages: each word where a page first uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from markupsafe import Markup, escape

from stepdown.ms.drug_words import plain_drug
from stepdown.ms.therapies import read_therapies
from stepdown.reports.digest.entries import to_slug
from stepdown.reports.digest.words import read_digest_words
from stepdown.reports.wording import PATIENT, read_wording


@cache
def read_glossary() -> dict[str, str]:
    """Each word with its meaning, in the order of the alphabet: those of the patient aid, and ours."""
    words = {**read_wording(PATIENT)["words"], **read_digest_words()["glossary"]["words"]}
    return dict(sorted(words.items(), key=lambda row: row[0].lower()))


def name_anchor(word: str) -> str:
    """Where a word stands on the page of the glossary."""
    return f"word-{to_slug(word)}"


@cache
def _find_anchors() -> dict[str, str]:
    """The anchor of each word and drug, by how it is written in small letters."""
    drugs = {plain_drug(name): name_anchor(plain_drug(name)) for name in read_therapies()}
    words = {word: name_anchor(word) for word in read_glossary()}
    return {word.lower(): anchor for word, anchor in {**drugs, **words}.items()}


@cache
def _pattern() -> re.Pattern[str]:
    """Any word of the glossary, the longest first, alone or with the s of a plural."""
    words = sorted(_find_anchors(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, words))})(s?)(?![\w-])", re.IGNORECASE)


def make_linker(root: str) -> Callable[[str], Markup]:
    """A function for one page that escapes a text and links each word of the glossary once."""
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        anchor = _find_anchors()[match[1].lower()]
        if anchor in seen:
            return match[0]
        seen.add(anchor)
        return f'<a class="word" href="{root}glossary.html#{anchor}">{match[0]}</a>'

    return lambda text: Markup(_pattern().sub(link, str(escape(text))))
