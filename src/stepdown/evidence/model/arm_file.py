"""A study arm as described in a file: checked, in the words of the model; one sentence says what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from stepdown.evidence.model.arms import OUTCOMES, STRATEGIES, ArmFacts
from stepdown.evidence.model.settings import read_table
from stepdown.evidence.study import OUTCOMES as SETTLED_OUTCOMES
from stepdown.evidence.vocabulary import GROUPS
from stepdown.ms.errors import UserError
from stepdown.ms.therapy_names import TherapyFound, find_therapy

KEYS = (
    "outcome",
    "strategy",
    "therapies",
    "to_therapies",
    "disease",
    "course",
    "n",
    "time_years",
    "age_mean",
    "age_min",
    "age_max",
    "stable_years_mean",
    "stable_years_min",
    "mri_active",
)
_NUMBERS = {
    "time_years": (0.0, 50.0),
    "age_mean": (0.0, 120.0),
    "age_min": (0.0, 120.0),
    "age_max": (0.0, 120.0),
    "stable_years_mean": (0.0, 80.0),
    "stable_years_min": (0.0, 80.0),
}
#: A kind of drugs with one, two or three groups counts as one drug: its groups stand for these shares of it.
_SHARES_OF_A_DRUG = 6


@dataclass(frozen=True)
class DescribedArm:
    """An arm as a file describes it: facts, people, and why it is refused or what could not be used."""

    facts: ArmFacts | None
    n: int | None
    refused: str = ""
    unread: str = ""


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    return read_table("words.toml")


def read_arm(table: object) -> DescribedArm:
    """The arm of a table of KEYS, any of them null or absent; UserError names the key that cannot be used."""
    if not isinstance(table, Mapping):
        raise UserError(f"an arm is a table with the keys {', '.join(KEYS)}; found {_kind(table)}.")
    strange = [str(key) for key in table if key not in KEYS]
    if strange:
        raise UserError(f"unknown key {strange[0]!r}; allowed are {', '.join(KEYS)}.")
    other = _refuse_disease(table)
    if other:
        return DescribedArm(None, None, other)
    numbers = {name: _read_number(table, name, *bounds) for name, bounds in _NUMBERS.items()}
    _check_order(numbers)
    n, mri = _read_people(table), _read_flag(table)
    groups, unread = _read_drugs(table, "therapies")
    to_groups, to_unread = _read_drugs(table, "to_therapies")
    outcome, strategy, courses = _read_outcome(table), _read_strategy(table), _read_courses(table)
    if outcome is None or strategy is None:
        return DescribedArm(None, n, f"the {'outcome' if outcome is None else 'strategy'} is not given")
    if outcome not in OUTCOMES:
        return DescribedArm(None, n, "the model knows nothing of this outcome")
    facts = ArmFacts(
        outcome,
        strategy,
        groups,
        to_groups,
        courses,
        numbers["time_years"],
        numbers["age_mean"],
        numbers["age_min"],
        numbers["age_max"],
        numbers["stable_years_mean"],
        numbers["stable_years_min"],
        None,
        mri,
    )
    return DescribedArm(facts, n, unread=", ".join((*unread, *to_unread)))


def _is_number(value: object) -> bool:
    """Whether a value is a number that can be reckoned with: JSON readers take NaN and 1e999 for numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _kind(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "something that is no number"
    names = {
        dict: "a table",
        list: "a list",
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "nothing",
    }
    return names.get(type(value), "something else")


def _read_number(table: Mapping[Any, Any], name: str, low: float, high: float) -> float | None:
    """A number within its bounds, or None."""
    value = table.get(name)
    if value is None:
        return None
    if not _is_number(value):
        raise UserError(f"{name}: a number or null is needed; found {_kind(value)}.")
    if not low <= value <= high or (name == "time_years" and value == 0):
        above = "more than 0" if name == "time_years" else f"at least {low:g}"
        raise UserError(f"{name}: must be {above} and at most {high:g} years.")
    return float(value)


def _check_order(numbers: Mapping[str, float | None]) -> None:
    """UserError where bounds contradict each other."""
    for least, most in (
        ("age_min", "age_mean"),
        ("age_mean", "age_max"),
        ("age_min", "age_max"),
        ("stable_years_min", "stable_years_mean"),
    ):
        low, high = numbers[least], numbers[most]
        if low is not None and high is not None and low > high:
            raise UserError(f"{least} is above {most}; exchange or mend them.")


def _read_people(table: Mapping[Any, Any]) -> int | None:
    value = table.get("n")
    if value is None:
        return None
    if not _is_number(value) or value != int(value) or value < 1:
        raise UserError("n: the number of people is needed, a whole number from 1, or null.")
    return int(value)


def _read_flag(table: Mapping[Any, Any]) -> bool | None:
    value = table.get("mri_active")
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    raise UserError(f"mri_active: true, false or null is needed; found {_kind(value)}.")


def _read_words(table: Mapping[Any, Any], name: str) -> list[str]:
    """The words of a key: a list, or text with semicolons between."""
    value = table.get(name)
    if value is None:
        return []
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise UserError(f"{name}: a list of words or null is needed; found {_kind(value)}.")
    return [part.strip() for part in parts if part.strip()]


def _read_drugs(table: Mapping[Any, Any], name: str) -> tuple[tuple[str, ...], list[str]]:
    """The groups of the drugs, one drug as often as another, and the words that no drug goes by."""
    groups: list[str] = []
    unread: list[str] = []
    for word in _read_words(table, name):
        found = _groups_of(word, name)
        groups += [group for group in found for _ in range(_SHARES_OF_A_DRUG // len(found))]
        unread += [] if found else [word]
    return tuple(groups), unread


def _groups_of(word: str, key: str) -> list[str]:
    """The groups a word stands for; UserError where it looks like a slip of a drug."""
    plain = word.casefold().replace("_", "-")
    if plain in GROUPS:
        return [plain]
    if plain in _words()["kinds"]:
        return list(_words()["kinds"][plain])
    found = find_therapy(word)
    if isinstance(found, TherapyFound):
        return [found.therapy.group]
    if found.suggestions and plain not in _words()["unread"]["words"]:
        raise UserError(f"{key}: {word!r} is not a drug; did you mean {' or '.join(found.suggestions)}?")
    return []


def _read_courses(table: Mapping[Any, Any]) -> tuple[str, ...]:
    """The courses of MS named; UserError for a word that is none."""
    known = _words()["courses"]
    words = _read_words(table, "course")
    for word in words:
        if word.casefold() not in known:
            raise UserError(f"course: {word!r} is none; use CIS, RRMS, SPMS or PPMS.")
    return tuple(dict.fromkeys(known[word.casefold()] for word in words))


def _read_outcome(table: Mapping[Any, Any]) -> str | None:
    """The outcome in the settled words; UserError for one that does not exist."""
    value = table.get("outcome")
    if value is None:
        return None
    name = _words()["outcomes"].get(value, value) if isinstance(value, str) else ""
    if name not in SETTLED_OUTCOMES:
        raise UserError(f"outcome: one of {', '.join(OUTCOMES)} is needed.")
    return str(name)


def _read_strategy(table: Mapping[Any, Any]) -> str | None:
    """The strategy; of people who stopped or switched, not told apart, the stop."""
    words = _read_words(table, "strategy")
    if any(word not in STRATEGIES for word in words):
        raise UserError(f"strategy: one of {', '.join(STRATEGIES)} is needed.")
    return ("stop" if "stop" in words else words[0]) if words else None


def _refuse_disease(table: Mapping[Any, Any]) -> str:
    """Why nothing can be said of people with this disease, or an empty text."""
    disease = table.get("disease")
    if disease is not None and not isinstance(disease, str):
        raise UserError(f"disease: text or null is needed; found {_kind(disease)}.")
    words = _read_words(table, "disease")
    if not words:
        return "the disease is not given, and numbers from people with MS speak for nobody else"
    if any(word.casefold() not in _words()["diseases"]["words"] for word in words):
        return "numbers from people with MS do not speak for another disease"
    return ""
