"""What the words of a problem list say of MS, NMOSD and MOGAD: a diagnosis, a denial, or nothing sure.

A text is a diagnosis only where all of it is understood: the name of the disease and words that leave it what
it is. Whatever else stands beside the name makes it unsure, for nobody can list all ways to doubt or deny.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from unicodedata import combining, normalize

from stepdown.ms.sources import read_data
from stepdown.ms.therapy_names import TherapyFound, find_therapy

_DISEASES = ("MOGAD", "NMOSD", "MS")
#: A year, an EDSS, the end of a code such as C1.
_NUMBER = re.compile(r"[a-z]?\d+[a-z]?")
#: Characters: what is longer is a letter and no diagnosis, and beyond the second it is not read.
LONGEST_DIAGNOSIS, _MOST_READ = 200, 1000


class Said(StrEnum):
    """What a text says of the disease that it names."""

    IS = "is"
    DENIED = "denied"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Mention:
    """One disease that a text names, what the text says of it, and its course where it says one.

    ``is_short``: named by letters alone that may mean something else.
    """

    diagnosis: str
    said: Said
    course: str | None = None
    is_relapse: bool = False
    is_short: bool = False


def find_mention(text: str) -> Mention | None:
    """The disease that a text names; None where it names none of the three."""
    return _read_mention(text[:_MOST_READ])


@lru_cache(maxsize=2048)
def _read_mention(text: str) -> Mention | None:
    words = _to_words(text)
    for phrase in _read()["activity"]:
        words = words.replace(f" {phrase} ", " ")
    named = [disease for disease in _DISEASES if _find(words, _read()[disease])]
    short = _find(words, _read()["short"])
    if not named and not short:
        return None
    courses = [course for course, names in _courses().items() if _find(words, names)]
    return Mention(
        named[0] if named else "MS",
        Said.UNSURE if len(named) > 1 else _judge(text, words, is_named=bool(named or courses)),
        courses[0] if len(courses) == 1 else None,
        is_relapse=_find(words, ("exacerbation", "relapse", "flare")),
        is_short=not (named or courses),
    )


def _judge(text: str, words: str, *, is_named: bool) -> Said:
    """Denied by a word of denial, a diagnosis where every word is plain; unsure for all else."""
    if _find(words, _read()["denied"]):
        return Said.DENIED
    for name in _all_names():
        words = words.replace(f" {name} ", " ")
    if "?" in text or not is_named or len(text) > LONGEST_DIAGNOSIS:
        return Said.UNSURE
    return Said.IS if all(_is_plain(word) for word in words.split()) else Said.UNSURE


def _is_plain(word: str) -> bool:
    """Whether a word leaves a diagnosis what it is; the name of a therapy does."""
    if word in _plain() or _NUMBER.fullmatch(word):
        return True
    return isinstance(find_therapy(word), TherapyFound)


def _to_words(text: str) -> str:
    """Small letters without accents, one space around each word."""
    plain = "".join(each for each in normalize("NFKD", text.casefold()) if not combining(each))
    return f" {' '.join(re.findall(r'[a-z0-9]+', plain))} "


def _find(words: str, phrases: Iterable[str]) -> bool:
    return any(f" {phrase} " in words for phrase in phrases)


@cache
def _read() -> Any:
    return read_data("codes.toml")["disease_words"]


@cache
def _courses() -> Any:
    return read_data("codes.toml")["disease_courses"]


@cache
def _plain() -> frozenset[str]:
    return frozenset(_read()["plain"])


@cache
def _all_names() -> tuple[str, ...]:
    """Every name of a disease, the longest first."""
    return tuple(sorted((name for disease in _DISEASES for name in _read()[disease]), key=len, reverse=True))
