"""Which facts are missing, what knowing them would change, and which matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from stepdown.decisions.answer import Option, Unknown
from stepdown.decisions.rules.judging import Judged

#: How much an unknown fact weighs in the ranking, by what the unknown did to an option.
_WEIGHT = {"not-advised": 4, "cannot-say": 3, "not-reasonable": 2}


def _is_open(item: Judged) -> bool:
    """Whether a rule would change something if a missing fact were known."""
    return bool(item.would_change) and (item.rule.fired is None or item.effect == "cannot-say")


def find_unknowns(judged: Iterable[Judged]) -> tuple[Unknown, ...]:
    """The missing facts of one option, each once with the most it would change; deciding ones first."""
    rows = sorted((item for item in judged if _is_open(item)), key=lambda item: -_WEIGHT.get(item.effect, 1))
    found: dict[str, str] = {}
    for item in rows:
        for fact in item.facts:
            found.setdefault(fact, item.would_change)
    return tuple(Unknown(fact, change) for fact, change in found.items())


def rank_missing(judged_by_option: Iterable[tuple[Option, tuple[Judged, ...]]]) -> tuple[Unknown, ...]:
    """All missing facts over the options, the one that holds back most first."""
    score: Counter[str] = Counter()
    change: dict[str, str] = {}
    for _, judged in judged_by_option:
        for item in judged:
            if _is_open(item):
                for fact in item.facts:
                    score[fact] += _WEIGHT.get(item.effect, 1)
                    change.setdefault(fact, item.would_change)
    ranked = sorted(score, key=lambda fact: (-score[fact], fact))
    return tuple(Unknown(fact, change[fact]) for fact in ranked)
