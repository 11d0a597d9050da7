"""What a care plan can say, as care_plan.toml holds it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.source import Source
from stepdown.decisions.sourcing import resolve_sources

Table = Mapping[str, Any]
#: How sure the sources of a line make it, from the strongest on.
STRENGTHS = (
    "guideline", "high", "moderate", "low", "very-low", "trials", "studies", "expert", "reasoning",
)  # fmt: skip
KINDS = ("finding", "evidence", "assess", "without-drugs", "with-drugs", "do", "caution")
GROUPS = ("disease", "symptoms", "living", "team")


@lru_cache(maxsize=1)
def read_knowledge() -> Table:
    """The content of ``care_plan.toml``."""
    return tomllib.loads((files("stepdown.decisions.care_plan") / "care_plan.toml").read_text("utf-8"))


def list_rows() -> tuple[Table, ...]:
    """Every row, in the order of the plan."""
    return tuple(read_knowledge()["row"])


def find_sources(keys: Iterable[str]) -> dict[str, Source]:
    """Each source by its key: the plan's own, else of the library or the drug catalogue; LookupError else."""
    own = read_knowledge()["source"]
    wanted = sorted(set(keys))
    others = resolve_sources(key for key in wanted if key not in own)
    return {key: _to_source(own[key]) for key in wanted if key in own} | others


def _to_source(row: Table) -> Source:
    """A source of the data file; only its abstract, or a page that reports it, was read."""
    read = "secondary" if row["kind"] == "secondary" else "abstract"
    return Source(row["title"], row.get("year"), row.get("pmid"), row.get("doi"), read, (), row["url"])
