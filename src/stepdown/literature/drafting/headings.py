"""What a heading that PubMed has not classed says of its section, also where it stands within the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stepdown.literature.drafting.sentences import Sentence

_AND = r" ?(?:and|&|/|,) ?"
#: Whole headings by role; one that joins two roles ("results and conclusion") says neither.
_HEADINGS = {
    "BACKGROUND": r"background|introduction|context|importance|rationale",
    "OBJECTIVE": r"(?:study )?objectives?|aims?|aims? of the study|purpose|goals?",
    "METHODS": rf"(?:(?:materials?|patients?|subjects?|participants|design|setting)(?:{_AND}))*methods?|"
               r"methodology|(?:study )?design|setting|participants|patients",
    "RESULTS": r"(?:main |key )?(?:results?|findings)",
    "CONCLUSIONS": r"conclusions?|interpretation|discussion",
}
_INLINE = re.compile(
    rf"(?P<heading>{'|'.join(_HEADINGS.values())}) ?: +(?=[A-Z0-9])", re.IGNORECASE)
#: Fewer headings within a text are words of a sentence: "Patients: 31 women".
_FEWEST = 2


def find_heading_role(heading: str) -> str:
    """The role that a heading gives its section; empty where it is none of these."""
    plain = heading.strip(" :.").lower()
    return next((role for role, words in _HEADINGS.items() if re.fullmatch(words, plain)), "")


def follow_headings(sentences: Iterable[Sentence]) -> Iterator[str]:
    """The role of each sentence of a section by the headings within its text; empty before the first."""
    begun = [_INLINE.match(sentence.text) for sentence in sentences]
    has_headings = sum(match is not None for match in begun) >= _FEWEST
    role = ""
    for match in begun:
        role = find_heading_role(match["heading"]) if match and has_headings else role
        yield role
