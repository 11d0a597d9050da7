"""The methods sentences and notes of a pooled result, read once from ``sentences.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _read_templates() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))


def write_sentence(section: str, name: str, **words: object) -> str:
    """One sentence of a section (hazard, ratio or note) with its words filled in."""
    return _read_templates()[section][name].format(**words)


def write_note(name: str, **words: object) -> str:
    """One note with its words filled in."""
    return write_sentence("note", name, **words)


def to_study_words(k: int) -> str:
    """"One study" or "12 studies"."""
    return "One study" if k == 1 else f"{k} studies"
