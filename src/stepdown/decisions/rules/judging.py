"""Which rules look at an option, what they say of it, and how the option stands because of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Rule
from stepdown.decisions.options import Draft
from stepdown.decisions.rules.conditions import all_hold, facts_used
from stepdown.decisions.situation import Situation, Treatment
from stepdown.ms.facts import State

#: The files of rules, in the order in which they are judged and printed.
RULE_FILES = ("guards.toml", "drugs.toml", "steps.toml", "courses.toml", "pregnancy.toml", "factors.toml")
#: What a rule can do to the standing, worst first; ``for``, ``against`` and ``note`` leave it alone.
EFFECTS = ("not-advised", "cannot-say", "not-reasonable", "for", "against", "note")
#: The standing that the worst deciding effect leaves.
_STANDING = {"not-advised": "not-advised", "cannot-say": "cannot-say", "not-reasonable": "possible"}


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


def _among(rule: Mapping[str, Any], key: str, value: str | None) -> bool:
    """Whether a value is among those a rule names under a key; a rule without the key takes any."""
    return key not in rule or (value or "none") in rule[key]


def _extend_status(situation: Situation) -> str:
    """What the catalogue says of longer intervals of the drug taken; nothing said is cannot-say."""
    extend = situation.therapy.extend if situation.therapy else None
    return extend.status if extend else "cannot-say"


def may_be_on(rule: Mapping[str, Any], situation: Situation) -> bool:
    """Whether one of the drugs that may be taken, where it is not clear which, is of a group a rule names."""
    groups = {therapy.group for therapy in situation.open_therapies}
    return "may_be_on" not in rule or bool(groups & set(rule["may_be_on"]))


def looks_at(rule: Mapping[str, Any], situation: Situation, draft: Draft) -> bool:
    """Whether a rule is about this option at all, whatever the facts."""
    target = draft.target
    left = situation.therapy.name if situation.therapy else None
    return (
        _among(rule, "strategies", draft.strategy)
        and _among(rule, "directions", draft.direction)
        and _among(rule, "options", draft.id)
        and _among(rule, "treatments", situation.treatment.value)
        and _among(rule, "left", situation.group)
        and _among(rule, "drugs", left)
        and _among(rule, "to", target.group if target else None)
        and _among(rule, "to_drugs", target.name if target else None)
        and _among(rule, "extend_status", _extend_status(situation))
        and may_be_on(rule, situation)
        and (not rule.get("step_down") or draft.is_step_down or draft.id == "stay-off")
    )


def if_it_were_so(text: str) -> str:
    """The sentence of a rule whose facts are not known, so that it does not read as said of this person."""
    return f"Not known here; if it were so: {text}"


def judge_rule(rule: Mapping[str, Any], situation: Situation) -> Judged:
    """What one rule says of a person: fired, not fired, or unknown with the effect that unknown has."""
    fired = all_hold(rule, situation.facts)
    unknown_effect = rule.get("if_unknown", "note")
    effect = rule["effect"] if fired else unknown_effect if fired is None else "none"
    text = rule.get("text_unknown", if_it_were_so(rule["text"])) if fired is None else rule["text"]
    printed = Rule(rule["id"], fired, rule["pushes_to"], rule["strength"], text, tuple(rule["sources"]))
    alert = rule.get("alert") if fired or (fired is None and _is_doubted(rule, situation)) else None
    change, ms_only = rule.get("would_change", ""), rule.get("ms_only", False)
    return Judged(printed, effect, alert, facts_used(rule), change, ms_only=ms_only)


def _is_doubted(rule: Mapping[str, Any], situation: Situation) -> bool:
    """Whether the file contradicts itself on a fact that a rule turns on: such a guard is not passed over."""
    return any(situation.fact(name).state is State.DOUBT for name in facts_used(rule))


def judge_option(situation: Situation, draft: Draft) -> tuple[Judged, ...]:
    """Every rule of the data files that looks at this option, judged.

    While it is not clear which drug is taken, nothing speaks for a step: such rules are left out.
    """
    judged = (judge_rule(rule, situation) for rule in read_rules() if looks_at(rule, situation, draft))
    is_clear = situation.treatment is not Treatment.UNCLEAR
    return tuple(item for item in judged if is_clear or item.effect != "for")


def find_standing(judged: tuple[Judged, ...]) -> tuple[str, tuple[str, ...]]:
    """The standing of an option, and the ids of the rules that decided it; reasonable when none lowers it."""
    for effect, standing in _STANDING.items():
        deciding = tuple(item.rule.id for item in judged if item.effect == effect)
        if deciding:
            return standing, deciding
    speaking_for = tuple(item.rule.id for item in judged if item.effect == "for")
    return "reasonable", speaking_for or ("nothing-holds-it-back",)
