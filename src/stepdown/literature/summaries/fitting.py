"""Which sentences stay, so that a body has 250 to 350 words? What must be said, then what helps most."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from stepdown.literature.summaries.summary import Chunk, Claim
from stepdown.literature.summaries.words import say

LEAST_WORDS, MOST_WORDS = 250, 350
#: Sentences that only explain are added up to here, so that no summary is padded further than it has to be.
_ENOUGH = 258
_WORD = re.compile(r"[^\s/]*[A-Za-z0-9][^\s/]*")


@dataclass(frozen=True)
class Draft:
    """A claim for a chunk: needed, wanted where there is room, or there to explain where words are few."""

    chunk: str
    claim: Claim
    need: str = "needed"


@lru_cache(maxsize=20_000)
def count_words(text: str) -> int:
    """The words of a text: what stands between spaces and holds a letter or a digit."""
    return len(_WORD.findall(text))


def count_needed(drafts: Iterable[Draft]) -> int:
    """The words of all that has to be said."""
    return sum(count_words(draft.claim.text) for draft in drafts if draft.need == "needed")


def fit_drafts(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The drafts that stay, in order: all needed ones, wanted ones while they fit, then explanations."""
    rows = tuple(drafts)
    kept = {place for place, draft in enumerate(rows) if draft.need == "needed"}
    total = sum(count_words(rows[place].claim.text) for place in kept)
    for need, most in (("wanted", MOST_WORDS - 5), ("explains", _ENOUGH)):
        for place, draft in enumerate(rows):
            words = count_words(draft.claim.text)
            if draft.need == need and (total + words <= most if need == "wanted" else total < most):
                kept.add(place)
                total += words
    return tuple(draft for place, draft in enumerate(rows) if place in kept)


def to_chunks(drafts: Iterable[Draft], lists: Iterable[str]) -> tuple[Chunk, ...]:
    """The headed chunks of a body, in the order in which their first sentence comes."""
    found: dict[str, list[Claim]] = {}
    for draft in drafts:
        found.setdefault(draft.chunk, []).append(draft.claim)
    as_lists = set(lists)
    return tuple(_to_chunk(key, claims, as_lists) for key, claims in found.items())


def _to_chunk(key: str, claims: list[Claim], lists: set[str]) -> Chunk:
    return Chunk(key, say(f"title.{key}"), tuple(claims), key in lists)
