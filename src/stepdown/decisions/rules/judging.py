"""Which rules look at an option, what they say of it, and how the option stands because of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from operator import contains
from typing import Any

from stepdown.decisions.answer import Rule
from stepdown.decisions.options import Draft
from stepdown.decisions.rules.conditions import all_hold, facts_used
from stepdown.decisions.situation import Situation, Treatment
from stepdown.decisions.sourcing import expand_sources
from stepdown.ms.facts import State

#: The files of rules, in the order in which they are judged and printed.
RULE_FILES = ("guards.toml", "drugs.toml", "steps.toml", "courses.toml", "pregnancy.toml", "factors.toml")
#: What a rule can do to the standing, worst first; ``for``, ``against`` and ``note`` leave it alone.
EFFECTS = ("not-advised", "cannot-say", "not-reasonable", "for", "against", "note")
#: The standing that the worst deciding effect leaves.
_STANDING = {"not-advised": "not-advised", "cannot-say": "cannot-say", "not-reasonable": "possible"}
#: The keys under which a rule names the values that it looks at; a rule without a key takes any.
_LOOKED_AT = (
    "strategies", "directions", "options", "treatments", "left", "drugs", "to", "to_drugs", "extend_status"
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One rule as it looked at one option: the printed rule and the effect it really had.

    ``act`` is what its alert asks to be done, said after the rule's own sentence; ``ms_only`` says that the
    alert means nothing in another disease.
    """

    rule: Rule
    effect: str
    alert: str | None = None
    facts: tuple[str, ...] = ()
    would_change: str = ""
    act: str = ""
    ms_only: bool = False


@lru_cache(maxsize=1)
def read_rules() -> tuple[Mapping[str, Any], ...]:
    """Every rule of the data files, in the order of judgement."""
    folder = files("stepdown.decisions.rules")
    tables = [tomllib.loads((folder / name).read_text("utf-8")) for name in RULE_FILES]
    return tuple(row for table in tables for row in table["rule"])


@lru_cache(maxsize=1)
def _read_rules_with_keys() -> tuple[tuple[Mapping[str, Any], tuple[str, ...]], ...]:
    """Every rule with the keys under which it names values."""
    return tuple((rule, tuple(key for key in _LOOKED_AT if key in rule)) for rule in read_rules())


def _extend_status(situation: Situation) -> str:
    """What the catalogue says of longer intervals of the drug taken; nothing said is cannot-say."""
    extend = situation.therapy.extend if situation.therapy else None
    return extend.status if extend else "cannot-say"


def may_be_on(rule: Mapping[str, Any], situation: Situation) -> bool:
    """Whether one of the drugs that may be taken, where it is not clear which, is of a group a rule names."""
    if "may_be_on" not in rule:
        return True
    return bool({therapy.group for therapy in situation.open_therapies} & set(rule["may_be_on"]))


def _describe(situation: Situation, draft: Draft) -> tuple[str, ...]:
    """What an option is under each key of a rule, in the order of the keys."""
    target = draft.target
    found = (
        draft.strategy,
        draft.direction,
        draft.id,
        situation.treatment.value,
        situation.group,
        situation.therapy.name if situation.therapy else None,
        target.group if target else None,
        target.name if target else None,
        _extend_status(situation),
    )
    return tuple(value or "none" for value in found)


@lru_cache(maxsize=4096)
def _find_described(described: tuple[str, ...]) -> tuple[Mapping[str, Any], ...]:
    """The rules that look at an option so described; there are few options and few drugs."""
    of_option = dict(zip(_LOOKED_AT, described, strict=True)).__getitem__
    return tuple(
        rule
        for rule, keys in _read_rules_with_keys()
        if all(map(contains, map(rule.__getitem__, keys), map(of_option, keys)))
    )


def find_rules(situation: Situation, draft: Draft) -> list[Mapping[str, Any]]:
    """The rules that are about this option at all, whatever the facts."""
    is_less = draft.is_step_down or draft.id == "stay-off"
    return [
        rule
        for rule in _find_described(_describe(situation, draft))
        if may_be_on(rule, situation) and (is_less or not rule.get("step_down"))
    ]


def if_it_were_so(text: str) -> str:
    """The sentence of a rule whose facts are not known, so that it does not read as said of this person."""
    return f"Not known here; if it were so: {text}"


def judge_rule(rule: Mapping[str, Any], situation: Situation, target: str | None) -> Judged:
    """What one rule says of a person: fired, not fired, or unknown with the effect that unknown has.

    ``target`` is the drug that an option leads to: rules may name the catalogue's sources on it.
    """
    fired = all_hold(rule, situation.facts)
    unknown_effect = rule.get("if_unknown", "note")
    effect = rule["effect"] if fired else unknown_effect if fired is None else "none"
    text = rule.get("text_unknown", if_it_were_so(rule["text"])) if fired is None else rule["text"]
    left = situation.therapy.name if situation.therapy else None
    sources = expand_sources(rule["sources"], left, target)
    printed = Rule(rule["id"], fired, rule["pushes_to"], rule["strength"], text, sources)
    alert = rule.get("alert") if fired or (fired is None and _is_doubted(rule, situation)) else None
    change, ms_only = rule.get("would_change", ""), rule.get("ms_only", False)
    return Judged(printed, effect, alert, facts_used(rule), change, ms_only=ms_only)


def _is_doubted(rule: Mapping[str, Any], situation: Situation) -> bool:
    """Whether the file contradicts itself on a fact that a rule turns on: such a guard is not passed over."""
    return any(situation.fact(name).state is State.DOUBT for name in facts_used(rule))


class RulesForPerson:
    """The rules of the data files as they speak of one person, each judged once for all its options."""

    def __init__(self, situation: Situation) -> None:
        """Begin with none judged."""
        self._situation = situation
        self._judged: dict[tuple[str, str | None], Judged] = {}

    def judge(self, draft: Draft) -> tuple[Judged, ...]:
        """Every rule that looks at an option, judged.

        While it is not clear which drug is taken, nothing speaks for a step: such rules are left out.
        """
        target = draft.target.name if draft.target else None
        judged = (self._judge_once(rule, target) for rule in find_rules(self._situation, draft))
        is_clear = self._situation.treatment is not Treatment.UNCLEAR
        return tuple(item for item in judged if is_clear or item.effect != "for")

    def _judge_once(self, rule: Mapping[str, Any], target: str | None) -> Judged:
        """What a rule says of the person; the drug that an option leads to moves its sources alone."""
        key = (rule["id"], target if any(":target" in source for source in rule["sources"]) else None)
        if key not in self._judged:
            self._judged[key] = judge_rule(rule, self._situation, key[1])
        return self._judged[key]


def find_standing(judged: tuple[Judged, ...]) -> tuple[str, tuple[str, ...]]:
    """The standing of an option, and the ids of the rules that decided it; reasonable when none lowers it."""
    for effect, standing in _STANDING.items():
        deciding = tuple(item.rule.id for item in judged if item.effect == effect)
        if deciding:
            return standing, deciding
    speaking_for = tuple(item.rule.id for item in judged if item.effect == "for")
    return "reasonable", speaking_for or ("nothing-holds-it-back",)
