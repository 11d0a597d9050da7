"""The sentences of a text, each with its place: a point ends one, save in a number, a short form or "..."."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A point, question or exclamation mark, with brackets or quotes after it, before a space and a new
#: beginning.
_END = re.compile(r"[.?!][)\]\"'’”]*(?=\s+[^\s])|\n")
#: What stands before a point that ends no sentence.
_SHORT = re.compile(
    r"(?:\b(?:vs|cf|ca|approx|resp|al|e\.g|i\.e|fig|figs|no|nos|ref|refs|st|dr|prof|inc|spp|sp|var|eq|min|max|vol)"
    r"|\b[A-Z]|\b(?:[A-Za-z]\.)+[A-Za-z])$", re.IGNORECASE)
#: What a sentence may begin with; a lower-case word only where no short form came before.
_BEGINNING = re.compile(r"\s+[\"'(\[“‘]*(?P<first>.)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text, and where it starts and ends there."""

    text: str
    start: int
    end: int


def split_sentences(text: str, offset: int = 0) -> tuple[Sentence, ...]:
    """The sentences of a text, in order; ``offset`` is where the text itself starts in a longer one."""
    ends = [match.end() for match in _END.finditer(text) if _is_end(text, match)]
    pieces = zip([0, *ends], [*ends, len(text)], strict=True)
    return tuple(_trim(text, start, end, offset) for start, end in pieces if text[start:end].strip())


def _is_end(text: str, match: re.Match[str]) -> bool:
    if match[0] == "\n":
        return True
    following = _BEGINNING.match(text, match.end())
    if following is None or following["first"].islower():
        return False
    if text[:match.start() + 1].endswith("...") and not following["first"].isupper():
        return False
    return match[0][0] != "." or not _SHORT.search(text, max(0, match.start() - 12), match.start())


def _trim(text: str, start: int, end: int, offset: int) -> Sentence:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return Sentence(piece.strip(), offset + first, offset + first + len(piece.strip()))
