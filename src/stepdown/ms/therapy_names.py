"""Which therapy a written name means: INN, brand or code; a slip gets suggestions, never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from stepdown.ms.therapies import OtherProduct, Therapy, read_therapies

_LOOKS_LIKE_CODE = re.compile(r"[a-z]\d{2}[a-z]{1,2}\d{0,2}|\d+")


@dataclass(frozen=True)
class TherapyFound:
    """The therapy that the text names, and by what: name, brand, synonym, atc, atc_old or rxnorm."""

    therapy: Therapy
    by: str


@dataclass(frozen=True)
class TherapyNotFound:
    """No therapy goes by this text; ``reason`` says why when it is known, ``suggestions`` are near names."""

    suggestions: tuple[str, ...] = ()
    reason: str = ""


def find_therapy(text: str) -> TherapyFound | TherapyNotFound:
    """The therapy with this INN, brand, ATC code (new or old) or RxNorm code; case and hyphens may differ."""
    key = _squeeze(text)
    if key in _names():
        return _names()[key]
    if key in _other_products():
        return TherapyNotFound(reason=_other_products()[key].text)
    return TherapyNotFound(() if _LOOKS_LIKE_CODE.fullmatch(key) else _suggest(key))


def _squeeze(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _spellings(therapy: Therapy) -> list[tuple[str, str]]:
    lists = ("brands", "synonyms", "atc", "atc_old", "rxnorm")
    by = {"brands": "brand", "synonyms": "synonym"}
    found = [(text, by.get(name, name)) for name in lists for text in getattr(therapy, name)]
    return [(therapy.name, "name"), *found]


@cache
def _names() -> Mapping[str, TherapyFound]:
    return MappingProxyType({
        _squeeze(text): TherapyFound(therapy, by)
        for therapy in read_therapies().values() for text, by in _spellings(therapy)
    })


@cache
def _other_products() -> Mapping[str, OtherProduct]:
    rows = [row for therapy in read_therapies().values() for row in therapy.not_to_map]
    return MappingProxyType({_squeeze(row.code): row for row in rows})


@cache
def _words() -> Mapping[str, str]:
    """Names and brands as they are printed, by their squeezed form; codes are never suggested."""
    return MappingProxyType({
        _squeeze(text): text
        for therapy in read_therapies().values() for text, by in _spellings(therapy)
        if by in ("name", "brand")
    })


def _suggest(key: str) -> tuple[str, ...]:
    return tuple(_words()[near] for near in get_close_matches(key, _words(), n=3, cutoff=0.75))
