"""What the pages of a care plan say around the plan: whole sentences from one wording file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_words() -> dict[str, Any]:
    """The wording file, as nested tables."""
    return tomllib.loads((files("stepdown.reports.care_plan") / "wording.toml").read_text(encoding="utf-8"))


def say(key: str, **slots: object) -> str:
    """A sentence by its dotted key, its slots filled; KeyError when there is none."""
    found: Any = read_words()
    for part in key.split("."):
        found = found[part]
    return str(found).format(**slots)
