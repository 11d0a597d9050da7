"""The answer inside a running program: one person once the pools are fitted, and 1,000 people in one go."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
from table import Row
from timing import time_call

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.evidence.apart import forget_pools
from stepdown.evidence.cells import Cell
from stepdown.evidence.people import People
from stepdown.evidence.risk import find_risks
from stepdown.patients.checking import Checked, check_file, check_value
from stepdown.patients.history import History
from stepdown.reports import to_json

TESTS = Path(__file__).resolve().parents[1] / "tests"
FIRST_SEED = 20_261_101
PEOPLE = 1_000
MANY = 1_000_000
STOP = Cell("relapse", "stop", "injectable", selection="elective-stable")


def draw_adults(day: date) -> list[dict[str, Any]]:
    """The first generated people of the tests whom the program answers: children are refused."""
    sys.path.append(str(TESTS))
    from spec.generated_people import generate_person

    people = (generate_person(seed) for seed in count(FIRST_SEED))
    return list(islice((person for person in people if not check_value(person, day).errors), PEOPLE))


def answer_checked(checked: Checked) -> Answer:
    """The answer for a checked person file."""
    if checked.patient is None or checked.errors:
        raise ValueError("; ".join(str(fault) for fault in checked.errors))
    return assess(History(checked.patient, checked.at), checked.faults)


def answer_all(people: Iterable[dict[str, Any]], day: date) -> None:
    """The JSON answers of many people, one after the other, from no fitted pool at all."""
    forget_pools()
    for value in people:
        to_json(answer_checked(check_value(value, day)))


def draw_many() -> People:
    """Invented people of 25 to 75 years, quiet for up to 15, each third one with new lesions."""
    draw = np.random.default_rng(FIRST_SEED)
    ages, quiet = draw.uniform(25, 75, MANY), draw.uniform(0, 15, MANY)
    active = (draw.random(MANY) < 1 / 3).astype(float)
    return People(ages, ages, quiet, quiet, active, np.ones(MANY, dtype=np.intp))


def measure_many() -> list[Row]:
    """Rows for one risk of very many people, in one call and, of a few of them, one by one."""
    people = draw_many()
    few = [people.rows([row]) for row in range(200)]
    find_risks(STOP, 2.0, few[0])
    whole = time_call(lambda: find_risks(STOP, 2.0, people), 3)
    alone = time_call(lambda: [find_risks(STOP, 2.0, one) for one in few], 3) / len(few)
    return [
        Row(f"one risk of {MANY:,} people in one call", whole, "one by one", alone * MANY),
    ]


def measure_in_process(person: Path, day: date) -> list[Row]:
    """Rows for one person and for many."""
    people = draw_adults(day)
    all_seconds = time_call(lambda: answer_all(people, day), 1)
    checked = check_file(person, day)
    to_json(answer_checked(checked))
    whole = time_call(lambda: to_json(answer_checked(check_file(person, day))), 20, 3)
    answered = time_call(lambda: answer_checked(checked), 20, 3)
    return [
        Row("person file to JSON in process, pools fitted", whole, aim_seconds=0.03),
        Row("of this, the answer itself", answered),
        Row(f"{PEOPLE:,} generated people to JSON in one go, pools not fitted before", all_seconds),
        Row("the same, each", all_seconds / PEOPLE),
        *measure_many(),
    ]
