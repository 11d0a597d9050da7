"""The answer inside a running program: one person once the pools are fitted, and 1,000 people in one go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from generated_people import AT, draw_people
from table import Row
from timing import time_call

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.evidence.risk import forget_pools
from stepdown.patients.checking import Checked, check_file, check_value
from stepdown.patients.history import History
from stepdown.reports import to_json

PEOPLE = 1_000


def answer_checked(checked: Checked) -> Answer:
    """The answer for a checked person file."""
    if checked.patient is None or checked.errors:
        raise ValueError("; ".join(str(fault) for fault in checked.errors))
    return assess(History(checked.patient, checked.at), checked.faults)


def answer_all(people: Iterable[dict[str, Any]]) -> None:
    """The JSON answers of many people, one after the other, from no fitted pool at all."""
    forget_pools()
    for value in people:
        to_json(answer_checked(check_value(value, AT)))


def measure_in_process(person: Path, day: str) -> list[Row]:
    """Rows for one person and for many."""
    at, people = date.fromisoformat(day), list(draw_people(PEOPLE))
    all_seconds = time_call(lambda: answer_all(people), 1)
    to_json(answer_checked(check_file(person, at)))
    one = time_call(lambda: to_json(answer_checked(check_file(person, at))), 5, 5)
    checked = check_file(person, at)
    bare = time_call(lambda: answer_checked(checked), 5, 5)
    return [
        Row("person file to JSON in process, pools fitted", one, aim_seconds=0.03),
        Row("of this, the answer itself", bare),
        Row(f"{PEOPLE:,} generated people to JSON in one go, pools not fitted before", all_seconds),
        Row("the same, each", all_seconds / PEOPLE),
    ]
