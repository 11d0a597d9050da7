"""What is due when, for patients? The plan and the follow-up of a choice in plain words, by kind of check."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from stepdown.decisions.answer import FollowUp, Option
from stepdown.ms.sources import read_data
from stepdown.reports.wording import PATIENT_FOLLOW_UP, read_wording

_COUNTED = re.compile(r"(?P<length>\d+ \w+) after (?P<anchor>.+)")
#: How many dates one sentence names, so that none has over 15 words.
_DATES_A_SENTENCE = 3


@dataclass(frozen=True)
class DatedGroup:
    """One kind of check, and what is due of it; a sentence that says so where nothing is."""

    heading: str
    items: tuple[str, ...]


def find_dated_groups(options: Iterable[Option], at: str) -> tuple[DatedGroup, ...]:
    """All that is due after a choice, by kind; every choice has every kind. ``at`` is the index date."""
    wording = read_wording(PATIENT_FOLLOW_UP)
    options = tuple(options)
    found = _group_lines(options, date.fromisoformat(at))
    found["calls"] += _list_triggers(options)
    return tuple(
        DatedGroup(heading, tuple(dict.fromkeys(found[key])) or (wording["none"][key],))
        for key, heading in wording["group"].items()
    )


def tell_once(
    groups: Iterable[DatedGroup], letter: str, told: dict[DatedGroup, str]
) -> tuple[DatedGroup, ...]:
    """The same groups, a list that an earlier choice has word for word as one line that names the choice.

    ``told`` holds the lists so far with the letter of the choice that tells them, and takes in the new ones.
    """
    line = read_wording(PATIENT_FOLLOW_UP)["same"]["as_before"]
    return tuple(
        DatedGroup(group.heading, (line.format(letter=told[group]),))
        if len(group.items) > 1 and told.setdefault(group, letter) != letter
        else group
        for group in groups
    )


def plain_trigger(text: str) -> str:
    """When to call about starting again, for patients, by the sentence of the engine's trigger."""
    plain = read_wording(PATIENT_FOLLOW_UP)["trigger"]
    return str(plain.get(_name_triggers().get(text, "default"), plain["default"]))


def plain_due(due: str) -> str:
    """A day as patients read it: "15 December 2026", "8 weeks after your last dose", or other words."""
    if _is_date(due):
        day = date.fromisoformat(due)
        return f"{day.day} {day:%B} {day.year}"
    wording, counted = read_wording(PATIENT_FOLLOW_UP), _COUNTED.fullmatch(due)
    if counted and counted["anchor"] in wording["counted"]:
        return str(wording["counted"][counted["anchor"]]).format(length=counted["length"])
    return str(wording["due"].get(due, due))


def tell_when(dues: Iterable[str], style: str, at: date, window_days: int = 0) -> tuple[str, ...]:
    """When one thing is due, in sentences: today and what its window still allows is now, then the dates."""
    when = read_wording(PATIENT_FOLLOW_UP)["when"]
    words = when[style]
    dates = sorted(due for due in set(dues) if _is_date(due))
    told = [words["words"].format(due=plain_due(due)) for due in dict.fromkeys(dues) if not _is_date(due)]
    gone = [due for due in dates if style == "by" and date.fromisoformat(due) <= at]
    first = [_tell_gone(due, at, window_days) for due in gone]
    ahead = dates[len(gone) :]
    if ahead and not first:
        first, ahead = [words["date"].format(due=plain_due(ahead[0]))], ahead[1:]
    return (*dict.fromkeys(first), *_tell_more(ahead, words["more"]), *told)


def _tell_gone(due: str, at: date, window_days: int) -> str:
    """A day that has come: due now as long as its window is open, else passed."""
    when = read_wording(PATIENT_FOLLOW_UP)["when"]
    is_open = date.fromisoformat(due) + timedelta(days=window_days) >= at
    return str(when["now"] if is_open else when["passed"].format(due=plain_due(due)))


def _tell_more(dates: list[str], sentence: str) -> list[str]:
    """Further dates, a few to a sentence."""
    parts = [dates[start : start + _DATES_A_SENTENCE] for start in range(0, len(dates), _DATES_A_SENTENCE)]
    return [sentence.format(due=_join([plain_due(due) for due in part])) for part in parts]


def _join(texts: list[str]) -> str:
    """Several texts as one: "a, b and c"."""
    head = ", ".join(texts[:-1])
    joint: str = read_wording(PATIENT_FOLLOW_UP)["when"]["and"]
    return joint.join(part for part in (head, texts[-1]) if part)


def _group_lines(options: tuple[Option, ...], at: date) -> dict[str, list[str]]:
    """Each kind of check with its sentences; what has the same words is told once, with all its days."""
    items = [item for option in options for item in (*option.plan, *option.follow_up)]
    same: dict[str, list[FollowUp]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for item in items:
        row = _find_row(item)
        rows[row["text"]] = row
        same.setdefault(row["text"], []).append(item)
    found: dict[str, list[str]] = {key: [] for key in read_wording(PATIENT_FOLLOW_UP)["group"]}
    for text, alike in same.items():
        window = max(item.window_days or 0 for item in alike)
        dues = [item.due for item in alike]
        told = tell_when(dues, rows[text].get("when", "by"), at, window)
        found[rows[text]["group"]].append(" ".join((text, *told)))
    return found


def _find_row(item: FollowUp) -> dict[str, Any]:
    """The plain row of one thing to do; one that sends to the team where its id has none."""
    wording = read_wording(PATIENT_FOLLOW_UP)
    rows: dict[str, dict[str, Any]] = wording["row"] | wording["step"]
    unnamed: dict[str, Any] = wording["unnamed"]
    return rows.get(item.id, unnamed)


def _list_triggers(options: tuple[Option, ...]) -> list[str]:
    return [plain_trigger(trigger.text) for option in options for trigger in option.restart_triggers]


@cache
def _name_triggers() -> dict[str, str]:
    """The id of each restart trigger by its sentence, whatever drug it is for."""
    return {row["text"]: row["id"] for row in read_data("monitoring.toml")["restart_trigger"]}


def _is_date(due: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", due) is not None
