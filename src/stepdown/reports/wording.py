"""How is it said? Whole-sentence templates from two wording files, for clinicians and for patients."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Option

CLINICIAN = "wording.toml"
PATIENT = "patient_wording.toml"
PATIENT_RULES = "patient_rules.toml"
PATIENT_FOLLOW_UP = "patient_follow_up.toml"
PATIENT_KNOWN = "patient_known.toml"
PATIENT_MATTERS = "patient_matters.toml"


@cache
def read_wording(name: str) -> dict[str, Any]:
    """One wording file, as nested tables."""
    return tomllib.loads((files("stepdown.reports") / name).read_text(encoding="utf-8"))


def say(key: str, **slots: object) -> str:
    """A clinician's sentence by its dotted key, its slots filled; KeyError when there is none."""
    return str(_find(CLINICIAN, key)).format(**slots)


def say_plainly(key: str, **slots: object) -> str:
    """A patient's sentence by its dotted key, its slots filled; KeyError when there is none."""
    return str(_find(PATIENT, key)).format(**slots)


def list_plainly(key: str, **slots: object) -> tuple[str, ...]:
    """A patient's list of sentences by its dotted key, the slots of each filled."""
    return tuple(str(text).format(**slots) for text in _find(PATIENT, key))


def name_word(table: str, word: str) -> str:
    """The clinician's name of a settled word (an outcome, a standing); the word itself when it has none."""
    names: dict[str, str] = read_wording(CLINICIAN)[table]
    return names.get(word, word.removeprefix("other:").replace("_", " ").replace("-", " "))


def name_option(option: Option) -> str:
    """What a clinician calls an option: "Extend natalizumab to every 6 weeks"."""
    names: dict[str, str] = read_wording(CLINICIAN)["option"][find_kind(option)]
    return fill_name(names, option, option.therapy or "")


def find_kind(option: Option) -> str:
    """The kind of an option in the wording files: the start of its id that they know, else its strategy."""
    kinds = read_wording(CLINICIAN)["option"]
    fitting = [kind for kind in kinds if option.id == kind or option.id.startswith(f"{kind}-")]
    return max(fitting, key=len, default=option.strategy)


def fill_name(names: dict[str, str], option: Option, therapy: str) -> str:
    """The fullest name of an option that its details allow: with its drug and its interval where known."""
    with_therapy = "name_therapy" if therapy and "name_therapy" in names else "name"
    with_interval = f"{with_therapy}_interval"
    key = with_interval if option.interval_days and with_interval in names else with_therapy
    return names[key].format(therapy=therapy, interval=name_interval(option.interval_days or 0))


def name_time(years: float) -> str:
    """A time in words: "1 year", "2 years", "16 months"."""
    if years == int(years):
        return "1 year" if years == 1 else f"{int(years)} years"
    months = round(years * 12)
    return "1 month" if months == 1 else f"{months} months"


def name_interval(days: int) -> str:
    """A dosing interval in words: "6 weeks", "12 months", "45 days"."""
    if days % 7 == 0 and days <= 112:
        return "week" if days == 7 else f"{days // 7} weeks"
    months = round(days / 30.44)
    if months and abs(days - months * 30.44) <= 3:
        return "month" if months == 1 else f"{months} months"
    return "day" if days == 1 else f"{days} days"


def capitalise(text: str) -> str:
    """A text with its first letter large and the others as they are, so that MRI stays MRI."""
    return text[:1].upper() + text[1:]


def _find(name: str, key: str) -> Any:
    found: Any = read_wording(name)
    for part in key.split("."):
        found = found[part]
    return found
