"""Conditions beside MS: the published list, how their names are read, and the situations rules may name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from types import MappingProxyType

from stepdown.ms.sources import read_data


@dataclass(frozen=True)
class Comorbidity:
    """One condition of the list; ``severe_form_of`` names the condition it is the severe form of."""

    name: str
    kind: str
    synonyms: tuple[str, ...] = ()
    severe_form_of: str | None = None


@dataclass(frozen=True)
class ComorbidityNotFound:
    """The text names nothing on the list; ``suggestions`` are near names of it."""

    suggestions: tuple[str, ...] = ()


@cache
def read_comorbidities() -> Mapping[str, Comorbidity]:
    """Every condition of the published list by its name."""
    rows = read_data("comorbidities.toml")
    return MappingProxyType({
        name: Comorbidity(name, row["kind"], tuple(row.get("synonyms", ())), row.get("severe_form_of"))
        for name, row in rows.items()
    })


@cache
def read_situations() -> Mapping[str, str]:
    """What a rule may name beside a comorbidity, each with what makes it true."""
    return MappingProxyType({name: row["text"] for name, row in read_data("situations.toml").items()})


def read_conditions() -> frozenset[str]:
    """The closed vocabulary of contraindications: comorbidities and situations."""
    return frozenset(read_comorbidities()) | frozenset(read_situations())


# Rules ask for the same few names again and again, and what is near a name is slow to find.
@lru_cache(maxsize=256)
def find_comorbidity(text: str) -> Comorbidity | ComorbidityNotFound:
    """The condition with this name or synonym; a slip gets suggestions, never a guess."""
    key, names = _squeeze(text), _names()
    found = names.get(key) or names.get(_squeeze(" ".join(_words_that_name(text))))
    return found or ComorbidityNotFound(_suggest(key, text))


def _words_that_name(text: str) -> list[str]:
    """The words of a text without those of degree and kind, which leave a condition what it is."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return [word for word in words if word not in _read_words_of_degree()]


@cache
def _read_words_of_degree() -> frozenset[str]:
    """The words that may stand beside any name."""
    return frozenset(read_data("comorbidity_words.toml")["pass_over"])


def _suggest(key: str, text: str) -> tuple[str, ...]:
    """The nearest conditions, at most three: names spelt almost so, then names that stand within the text."""
    names = _names()
    near = get_close_matches(key, names, n=3, cutoff=0.8)
    words = f" {' '.join(re.findall(r'[a-z0-9]+', text.casefold()))} "
    within = [_squeeze(name) for name in _spoken_names() if f" {name} " in words]
    return tuple(dict.fromkeys(names[found].name for found in (*near, *within)))[:3]


def has_condition(conditions: Collection[str], condition: str) -> bool | None:
    """Whether a complete list holds a condition; None when it holds only the form of unknown severity."""
    if condition in conditions:
        return True
    if any(_general_form(name) == condition for name in conditions):
        return True
    return None if _general_form(condition) in conditions else False


def _general_form(name: str) -> str | None:
    row = read_comorbidities().get(name)
    return row.severe_form_of if row else None


def _squeeze(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


@cache
def _names() -> Mapping[str, Comorbidity]:
    rows = read_comorbidities().values()
    return MappingProxyType({_squeeze(name): row for row in rows for name in (row.name, *row.synonyms)})


@cache
def _spoken_names() -> tuple[str, ...]:
    """Every name and synonym as words, the longest first, so that the fullest match is suggested first."""
    rows = read_comorbidities().values()
    spoken = {" ".join(re.findall(r"[a-z0-9]+", name.casefold())) for row in rows
              for name in (row.name, *row.synonyms)}
    return tuple(sorted(spoken, key=lambda name: (-len(name), name)))
