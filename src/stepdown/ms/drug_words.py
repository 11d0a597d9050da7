"""What do patients call a drug, and which harms of it are they told of? In words that need no training."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.ms.therapies import read_therapies


@cache
def read_drug_words() -> dict[str, Any]:
    """The tables of ``drug_words.toml``: harms by group and by drug, and names that differ from the INN."""
    return tomllib.loads((files("stepdown.ms") / "drug_words.toml").read_text("utf-8"))


def plain_drug(therapy: str) -> str:
    """The name of a drug without hyphens; a drug outside the catalogue keeps the name it came with."""
    words: dict[str, str] = read_drug_words()["drug_words"]
    return words.get(therapy, therapy.removeprefix("other:").replace("-", " "))


def plain_harms(therapy: str | None) -> tuple[str, ...]:
    """The harms of a drug or of its group; of no drug; or that they have to be asked for."""
    if therapy is None:
        return plain_group_harms("none")
    own = read_drug_words()["drug_harms"].get(therapy)
    if own is not None:
        return tuple(own)
    found = read_therapies().get(therapy)
    return plain_group_harms(found.group if found else "unknown")


def plain_group_harms(group: str) -> tuple[str, ...]:
    """The harms of a group of drugs; that they have to be asked for, where the group has none on file."""
    groups = read_drug_words()["group"]
    return tuple(groups.get(group, groups["unknown"])["harms"])
