"""Where the facts of this room come from: labels, regulators, guidelines and studies, each by a short key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Source:
    """One thing a fact rests on; ``kind`` says how much weight it bears.

    Kinds: label, regulator, guideline, study, code-list, secondary (a page that reports a label, a
    guideline or a study that was itself not read), reasoning (ours; nothing published stands behind it).
    """

    key: str
    kind: str
    title: str
    what: str = ""
    url: str | None = None
    pmid: str | None = None
    doi: str | None = None
    year: int | None = None

    @property
    def can_be_found(self) -> bool:
        """Whether a reader can reach it; our own reasoning says so in its title instead."""
        return self.kind == "reasoning" or any((self.url, self.pmid, self.doi))


def read_data(*parts: str) -> dict[str, Any]:
    """The content of one data file of this room."""
    return tomllib.loads(files("stepdown.ms").joinpath(*parts).read_text("utf-8"))


@cache
def read_sources() -> Mapping[str, Source]:
    """Every source of this room by its key; a key that is also a study of the library names that study."""
    return MappingProxyType({key: Source(key, **row) for key, row in read_data("sources.toml").items()})


def find_missing_sources(keys: Iterable[str]) -> tuple[str, ...]:
    """Keys that no source answers to; empty when all resolve."""
    return tuple(key for key in keys if key not in read_sources())
