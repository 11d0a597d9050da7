"""The words of ``words.toml`` as patterns, and which of them stands nearest to a number."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: How far a word lies from a number, in letters, for each comma, "and" or other number between them.
_BREAK, _OTHER_NUMBER, _END = 25, 30, 90
_BREAKS = re.compile(r",|\band\b|\bvs\.?|\bversus\b|\bor\b|\bcompared\b|\bwhereas\b|\bbut\b|\bthan\b")
_NUMBERS = re.compile(r"[#§]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a kind, and where it stands in a sentence."""

    kind: str
    start: int
    end: int


@cache
def read_words() -> dict[str, Any]:
    """The tables of ``words.toml``."""
    return tomllib.loads((files("stepdown.literature.drafting") / "words.toml").read_text("utf-8"))


@cache
def compile_table(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each kind of a table with one pattern for all its words."""
    return tuple((kind, _compile(words)) for kind, words in read_words()[table].items())


def _compile(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})", re.IGNORECASE)


def find_words(table: str, text: str) -> tuple[Word, ...]:
    """Every word of a table in a text, longer ones before those they hold."""
    found = sorted((Word(kind, *match.span()) for kind, pattern in compile_table(table)
                    for match in pattern.finditer(text)), key=lambda word: word.start - word.end)
    kept: list[Word] = []
    for word in found:
        if all(word.end <= other.start or word.start >= other.end for other in kept):
            kept.append(word)
    return tuple(sorted(kept, key=lambda word: word.start))


def find_nearest(words: Iterable[Word], text: str, start: int, end: int) -> Word | None:
    """The word nearest to the stretch from start to end, over as few breaks and numbers as possible."""
    far = [(_measure(word, text, start, end), word.start, word) for word in words]
    return min(far, default=(0, 0, None))[2]


def _measure(word: Word, text: str, start: int, end: int) -> int:
    between = text[word.end:start] if word.end <= start else text[end:word.start]
    crossed = len(_BREAKS.findall(between)) * _BREAK + len(_NUMBERS.findall(between)) * _OTHER_NUMBER
    return len(between) + crossed + _END * between.count(";") + (4 if word.start >= end else 0)


def find_all(pattern: re.Pattern[str], text: str, taken: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """The matches of a pattern none of whose numbers is taken; their numbers become taken."""
    for match in pattern.finditer(text):
        spans = [match.span(group) for group in match.groupdict() if match[group]]
        if not any(start < other[1] and other[0] < end for start, end in spans for other in taken):
            taken += spans
            yield match


#: People, and what is none, behind a number.
PEOPLE = rf"(?:{'|'.join(read_words()['people']['words'])})\b"
THINGS = rf"(?:{'|'.join(read_words()['people']['things'])})\b"
NO_THING = rf"(?! (?:\w+ )?{THINGS})"
