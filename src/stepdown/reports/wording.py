"""How is it said? Whole-sentence templates from two wording files, for clinicians and for patients."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Option

CLINICIAN = "wording.toml"
PATIENT = "patient_wording.toml"


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


def has_plain(key: str) -> bool:
    """Whether the patient file has this key."""
    try:
        _find(PATIENT, key)
    except KeyError:
        return False
    return True


def name_word(table: str, word: str) -> str:
    """The clinician's name of a settled word (an outcome, a standing); the word itself when it has none."""
    names: dict[str, str] = read_wording(CLINICIAN)[table]
    return names.get(word, word.removeprefix("other:").replace("_", " ").replace("-", " "))


def name_option(option: Option) -> str:
    """What a clinician calls an option: "Extend natalizumab to every 6 weeks"."""
    return _fill_option(read_wording(CLINICIAN), option, option.therapy or "")


def _fill_option(wording: dict[str, Any], option: Option, therapy: str) -> str:
    interval = name_interval(option.interval_days or 0)
    if option.id in wording["option_by_id"]:
        return str(wording["option_by_id"][option.id]).format(therapy=therapy, interval=interval)
    names: dict[str, str] = wording["option"]
    with_therapy = f"{option.strategy}_therapy" if therapy else option.strategy
    with_interval = f"{with_therapy}_interval" if option.interval_days else with_therapy
    return names[with_interval].format(therapy=therapy, interval=interval)


def fill_option_plainly(option: Option, therapy: str) -> str:
    """What a patient calls an option, with the plain name of its drug."""
    return _fill_option(read_wording(PATIENT), option, therapy)


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


def _find(name: str, key: str) -> Any:
    found: Any = read_wording(name)
    for part in _split(key):
        found = found[part]
    return found


def _split(key: str) -> list[str]:
    """The parts of a dotted key; a rule id may itself hold dots, so only the first two split."""
    return key.split(".", 1) if key.startswith(("rule.", "alert.", "fact.")) else key.split(".")
