"""What do patients call a drug, and which harms of it are they told of? In words that need no training."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.ms.therapies import read_therapies

#: A dose within the name of a drug, and everything after it.
_DOSE = re.compile(r"[\s,;(]*\b\d[\d.,]*\s*(?:mg|mcg|µg|g|ml|iu|ie|units?|milligrams?)\b.*", re.IGNORECASE)


@cache
def read_drug_words() -> dict[str, Any]:
    """The tables of ``drug_words.toml``: harms by group and by drug, and names that differ from the INN."""
    return tomllib.loads((files("stepdown.ms") / "drug_words.toml").read_text("utf-8"))


def plain_drug(therapy: str) -> str:
    """The name of a drug without hyphens; one outside the catalogue keeps its own, up to a dose within it."""
    words: dict[str, str] = read_drug_words()["drug_words"]
    named = _DOSE.sub("", therapy.removeprefix("other:").replace("-", " ")).strip(" ,;(")
    return words.get(therapy) or named or "a drug without a name"


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
