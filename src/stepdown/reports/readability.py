"""How hard is a text to read? Flesch-Kincaid grade and words a sentence, with a syllable count of our own.

Method: grade = 0.39 x words a sentence + 11.8 x syllables a word - 15.59 (Kincaid and others, 1975,
Naval Technical Training Command, Research Branch Report 8-75). Headings and list items are given as
blocks of their own, so a heading without a full stop never lengthens the sentence after it. Names of
drugs and illnesses count as two syllables: readers learn them as names, they do not spell them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)")
_WORD = re.compile(r"[^\s/]*[A-Za-z0-9][^\s/]*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(
    r"(?<=[^aeiouylr])e$|(?<=[aeiouy][lr])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyscxzgh])es$"
)
_TWO_SOUNDS = re.compile(r"i[aou]|eo|eum|ea$|crea(?!s)|ie[nt]|ier$|[^qg]ua|uou|[aeiouy]ing")
_ONE_SOUND = re.compile(r"[tgx]i[aoe]|[cs]i[ao]|(?<!s)cie|people|[gs]eon|frien")
_FULL_E = re.compile(r"[^aeiouyl]le[sd]?$")
#: Words in which people swallow a syllable that the letters show, or say one that they hide.
_BY_EAR = {"every": 2, "everything": 3, "business": 2, "something": 2, "someone": 2, "sometimes": 2}

NAME_SYLLABLES = 2


@dataclass(frozen=True)
class Readability:
    """How a text reads: Flesch-Kincaid grade, mean words a sentence, and its longest sentence in words."""

    grade: float
    words_per_sentence: float
    longest_sentence: int
    words: int


def measure_readability(blocks: Iterable[str], names: Iterable[str] = ()) -> Readability:
    """How the blocks of a text (paragraphs, headings, list items) read together; no words is grade 0."""
    hidden = tuple(names)
    found = [find_words(part) for block in blocks for part in split_sentences(_hide_names(block, hidden))]
    counts = [len(sentence) for sentence in found]
    words = [word for sentence in found for word in sentence]
    if not words:
        return Readability(0.0, 0.0, 0, 0)
    syllables = sum(count_syllables(word) for word in words)
    mean = len(words) / len(counts)
    grade = 0.39 * mean + 11.8 * syllables / len(words) - 15.59
    return Readability(round(grade, 1), round(mean, 1), max(counts), len(words))


def split_sentences(block: str) -> list[str]:
    """The sentences of one block: a full stop, question or exclamation mark, or colon ends one."""
    return [part.strip() for part in _SENTENCE_END.split(block) if find_words(part)]


def find_words(sentence: str) -> list[str]:
    """The words of a sentence: what stands between spaces and holds a letter or a digit."""
    return _WORD.findall(sentence)


@lru_cache(maxsize=8192)
def count_syllables(word: str) -> int:
    """The syllables of one English word, by its groups of vowels; a number counts as one."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not letters:
        return 1
    if letters in _BY_EAR:
        return _BY_EAR[letters]
    groups = len(_VOWELS.findall(letters))
    split = len(_TWO_SOUNDS.findall(_ONE_SOUND.sub("x", letters)))
    silent = 0 if _FULL_E.search(letters) else len(_SILENT_END.findall(letters))
    return max(1, groups + split - silent)


def _hide_names(block: str, names: Iterable[str]) -> str:
    """The block with each name replaced by a word of two syllables."""
    pattern = _compile_names(tuple(names))
    return block if pattern is None else pattern.sub("naming", block)


@lru_cache(maxsize=16)
def _compile_names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all names, the longest first; None for no name."""
    if not names:
        return None
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
