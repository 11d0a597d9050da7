"""Which texts may be read while the rules are written, and which are only measured.

Two sets: excerpts of the reference folder, one for each finding of its studies, split by study; and 40
abstracts of its PubMed sample. Both are drawn by the seeds below, which were committed before the first rule.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

EXCERPT_SEED = 20261130
ABSTRACT_SEED = 40
ABSTRACTS = 40
#: A test takes these records from XML to a summary, so their abstracts were read: never held out or drawn.
READ_BY_THE_AUTHOR = {"33475825": "boremalm2021", "34044238": "", "33496861": "lucchini2021"}


def find_held_out(studies: Iterable[str]) -> frozenset[str]:
    """The ids of the third of these studies whose excerpts are measured and not read."""
    ids = sorted(set(studies) - set(READ_BY_THE_AUTHOR.values()))
    random.Random(EXCERPT_SEED).shuffle(ids)
    return frozenset(ids[: round((len(ids) + 2) / 3)])


def read_development(reference: Path) -> list[dict[str, Any]]:
    """The two thirds of the studies, with their excerpts, that rules may be written from."""
    studies = _read(reference)
    held = find_held_out(study["id"] for study in studies)
    return [study for study in studies if study["id"] not in held]


def open_held_out(reference: Path) -> list[dict[str, Any]]:
    """The other third. Only the measurement calls this; a rule changed after that is measured on nothing."""
    studies = _read(reference)
    held = find_held_out(study["id"] for study in studies)
    return [study for study in studies if study["id"] in held]


def draw_abstracts(pmids: Iterable[str]) -> tuple[str, ...]:
    """The PMIDs of the 40 abstracts, from those whose abstract prints six digits or more."""
    eligible = sorted(set(pmids) - set(READ_BY_THE_AUTHOR), key=int)
    return tuple(sorted(random.Random(ABSTRACT_SEED).sample(eligible, ABSTRACTS), key=int))


def has_enough_digits(text: str) -> bool:
    """Whether an abstract prints six digits or more: without numbers there is nothing to find."""
    return sum(letter.isdigit() for letter in text) >= 6


def _read(reference: Path) -> list[dict[str, Any]]:
    studies: list[dict[str, Any]] = json.loads((reference / "evidence" / "studies.json").read_text("utf-8"))
    return studies
