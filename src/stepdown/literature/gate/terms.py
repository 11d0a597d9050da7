"""Which drugs, illnesses, people, choices, outcomes and directions does a text name?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.ms.drug_words import plain_drug
from stepdown.ms.therapies import read_therapies

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")


@cache
def read_terms() -> dict[str, Any]:
    """The tables of ``terms.toml``."""
    return tomllib.loads((files("stepdown.literature.gate") / "terms.toml").read_text("utf-8"))


def compile_words(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for whole words; a ~ at the end of a word lets it end in any way."""
    parts = [
        word if "\\" in word else re.escape(word).replace(r"\~", r"[\w-]*").replace("~", r"[\w-]*")
        for word in words
    ]
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?![\w-])", re.IGNORECASE
    )


@cache
def _patterns(table: str) -> dict[str, re.Pattern[str]]:
    return {
        name: compile_words(words) for name, words in read_terms()[table].items() if isinstance(words, list)
    }


def find_kinds(table: str, text: str) -> frozenset[str]:
    """The kinds of a table (diseases, people, choices, outcomes) that a text names."""
    return frozenset(name for name, pattern in _patterns(table).items() if pattern.search(text))


def find_words(table: str, name: str, text: str) -> list[str]:
    """The words of one list that a text holds."""
    return [match.group(0) for match in _patterns(table)[name].finditer(text)]


def find_diseases(text: str) -> frozenset[str]:
    """The illnesses a text names; one that no study of ours is about goes by its own word."""
    kinds = find_kinds("diseases", text) - {"other"}
    return kinds | {word.lower() for word in find_words("diseases", "other", text)}


@cache
def _catalogue() -> dict[str, str]:
    """Each name and brand of the catalogue, as it may be written, with the drug it means."""
    names: dict[str, str] = {}
    for drug in read_therapies().values():
        for spelling in (
            drug.name,
            plain_drug(drug.name),
            drug.name.replace("-", " "),
            *drug.brands,
            *drug.synonyms,
        ):
            names[spelling.lower()] = drug.name
    return names


@cache
def list_drug_names() -> tuple[str, ...]:
    """Every name of a drug that is known, in lower case: the catalogue's, its brands, and the other drugs."""
    others = (name.rstrip("~").lower() for name in read_terms()["drugs"]["names"])
    return tuple(dict.fromkeys((*_catalogue(), *others)))


@cache
def _catalogue_pattern() -> re.Pattern[str]:
    return compile_words(_catalogue())


def find_drugs(text: str) -> frozenset[str]:
    """The drugs a text names: of the catalogue by their names there, any other by its own word."""
    rest, found = text, set()
    for match in _catalogue_pattern().finditer(text):
        found.add(_catalogue()[match.group(0).lower()])
    rest = _catalogue_pattern().sub(" ", rest)
    for base, pattern in _other_drugs():
        if pattern.search(rest):
            found.add(base)
            rest = pattern.sub(" ", rest)
    return frozenset(found | _find_stems(rest))


@cache
def _other_drugs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The other drugs by the word they go by, whatever its ending."""
    return tuple((name.rstrip("~").lower(), compile_words([name])) for name in read_terms()["drugs"]["names"])


def _find_stems(text: str) -> set[str]:
    """Words that end as names of drugs do."""
    table = read_terms()["drugs"]
    stems, others = tuple(table["stems"]), set(table["not_drugs"])
    words = (word.lower() for word in _WORD.findall(text))
    return {word for word in words if len(word) > 5 and word.endswith(stems) and word not in others}


def find_directions(text: str) -> frozenset[str]:
    """more, less or same, as far as a text says so beyond its fixed turns of phrase."""
    rest = _patterns("directions")["idioms"].sub(" ", text)
    return find_kinds("directions", rest) - {"idioms"}
