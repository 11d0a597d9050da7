"""What a sentence of an abstract shows of its role: its words, those of its neighbours, and where it stands.

Each feature is a short text; a checksum puts it into one of ``SLOTS`` places, so that the weights are one
table and no list of words has to be shipped.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

SLOTS = 1 << 18
_WORD = re.compile(r"[a-z]+|\d+|[%=<>±]")


def find_features(sentences: Sequence[str]) -> list[list[int]]:
    """The places of each sentence's features, ascending, each once, over the sentences of one abstract."""
    words = [_split_words(sentence) for sentence in sentences]
    return [sorted({zlib.crc32(feature.encode()) % SLOTS for feature in _describe(words, place)})
            for place in range(len(words))]


def _split_words(sentence: str) -> list[str]:
    """Lower-case words; a number is 0 whatever its value."""
    return ["0" if word[0].isdigit() else word for word in _WORD.findall(sentence.lower())]


def _describe(words: Sequence[list[str]], place: int) -> Iterator[str]:
    yield from _describe_place(len(words), place)
    yield from _describe_words(words[place], len(words), place)
    yield from _describe_neighbours(words, place)


def _describe_place(count: int, place: int) -> Iterator[str]:
    """Where the sentence stands, from the front, from the end, and as a share of the abstract."""
    yield "any"
    yield f"tenth {min(9, 10 * place // count)}"
    yield f"twentieth {20 * place // count}"
    yield f"from front {min(place, 6)}"
    yield f"from end {min(count - 1 - place, 6)}"
    yield f"of {min(count, 20) // 3}"


def _describe_words(words: list[str], count: int, place: int) -> Iterator[str]:
    """Its words, pairs and triples; its first words by themselves, by quarter, and at either end."""
    yield from words
    yield from _pair(words)
    yield from (f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False))
    yield from (f"start {' '.join(words[:length])}" for length in (1, 2))
    yield from (f"quarter {min(3, 4 * place // count)} {word}" for word in words[:6])
    yield from (f"end {place == 0} {place == count - 1} {word}" for word in words)


def _describe_neighbours(words: Sequence[list[str]], place: int) -> Iterator[str]:
    """The words of the two sentences before and the two after; of the nearest also pairs and beginnings."""
    for distance in (-2, -1, 1, 2):
        if 0 <= place + distance < len(words):
            neighbour = words[place + distance]
            yield from (f"{distance}: {word}" for word in neighbour)
            if abs(distance) == 1:
                yield f"{distance} start {' '.join(neighbour[:2])}"
                yield from (f"{distance}: {pair}" for pair in _pair(neighbour))


def _pair(words: Sequence[str]) -> list[str]:
    return [f"{a} {b}" for a, b in pairwise(words)]
