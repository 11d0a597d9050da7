"""Are the letters of a text what they seem, and is every word in the place of a drug one that we know?"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from stepdown.literature.gate.terms import list_drug_names, read_terms

_WORD = re.compile(r"[^\W\d_][\w'-]*")
#: So alike is a word to the name of a drug that it may be that name, misspelt (difflib's ratio).
_ALIKE = 0.8
_LEAST_LETTERS = 6
_OWN_WORDS = ("wording", "people", "outcomes", "definitions", "facts")


def normalise(text: str) -> str:
    """The text in one form of Unicode, without characters that nobody sees, such as a byte-order mark."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")


def fold(text: str) -> str:
    """The text without accents, as the names of drugs are written."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))


def find_strange_letters(sentence: str) -> Iterator[str]:
    """Words with a letter of another alphabet: it may only look like one of ours."""
    for word in _WORD.findall(sentence):
        if any(char.isalpha() and not unicodedata.name(char, "").startswith("LATIN") for char in word):
            yield word


def find_unknown_drugs(sentence: str) -> Iterator[str]:
    """Words that are near the name of a drug and are none, or that stand in its place and are not known."""
    plain = fold(sentence)
    for word in dict.fromkeys(word.lower() for word in _WORD.findall(plain)):
        if _is_near_a_drug(word):
            yield word
    for match in _drug_place().finditer(plain):
        word = match["word"].lower()
        if word not in _known_words() and not _is_near_a_drug(word):
            yield word


@lru_cache(maxsize=10_000)
def _is_near_a_drug(word: str) -> bool:
    if len(word) < _LEAST_LETTERS or word in _known_words():
        return False
    return bool(get_close_matches(word, list_drug_names(), n=1, cutoff=_ALIKE))


@cache
def _drug_place() -> re.Pattern[str]:
    """Words behind which the name of a drug may stand, and the word that stands there."""
    before = "|".join(read_terms()["drugs"]["before"])
    return re.compile(rf"\b(?:{before}) (?P<word>[^\W\d_][\w'-]*)", re.IGNORECASE)


@cache
def _known_words() -> frozenset[str]:
    """Every word of our own texts and term lists, the names of drugs, and a few that go with them."""
    folder = files("stepdown.literature.summaries")
    tables = [tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in _OWN_WORDS]
    texts = [*_find_texts(tables), *_find_texts(read_terms()), *list_drug_names()]
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def _find_texts(value: Any) -> Iterator[str]:
    """Every text in a table, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _find_texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _find_texts(part)
