"""Whether the conditions of a rule hold for a person: true, false, or unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stepdown.ms.facts import Fact, both, either

Condition = Mapping[str, Any]


def _negate(truth: bool | None) -> bool | None:
    """The contrary; the contrary of unknown is unknown."""
    return None if truth is None else not truth


def _is_value(fact: Fact, wanted: object) -> bool | None:
    """Whether a fact has one of the wanted values; unknown when it is not known."""
    if not fact.is_known:
        return None
    return fact.value in (wanted if isinstance(wanted, list) else [wanted])


#: What each word of a condition asks of a fact.
_WORDS: Mapping[str, Callable[[Fact, Any], bool | None]] = {
    "is": _is_value,
    "is_not": lambda fact, wanted: _negate(_is_value(fact, wanted)),
    "at_least": lambda fact, limit: fact.at_least(limit),
    "more_than": lambda fact, limit: fact.more_than(limit),
    "below": lambda fact, limit: _negate(fact.at_least(limit)),
    "missing": lambda fact, wanted: (fact.low is None and not fact.is_known) is wanted,
}


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool | None:
    """Whether one condition holds, e.g. ``{fact = "age", below = 55}``."""
    fact = facts[condition["fact"]]
    return both([_WORDS[word](fact, value) for word, value in condition.items() if word != "fact"])


def all_hold(rule: Mapping[str, Any], facts: Mapping[str, Fact]) -> bool | None:
    """Whether the lists ``all``, ``any`` and ``none_of`` of a rule hold together; an absent list holds."""
    parts = [both([holds(row, facts) for row in rule.get("all", ())])]
    if "any" in rule:
        parts.append(either([holds(row, facts) for row in rule["any"]]))
    if "none_of" in rule:
        parts.append(_negate(either([holds(row, facts) for row in rule["none_of"]])))
    return both(parts)


def facts_used(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the facts a rule turns on, or is about where it has no condition."""
    rows = [row for part in ("all", "any", "none_of") for row in rule.get(part, ())]
    return tuple(dict.fromkeys([*(row["fact"] for row in rows), *rule.get("about", ())]))
