"""The answers of the six invented people with severe MS, each worked out once in a run of the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.decisions.planned_care import CarePlan
from stepdown.patients.checking import check_file, check_value
from stepdown.patients.history import History

FOLDER = Path(__file__).resolve().parents[4] / "examples" / "severe"
FILES = tuple(sorted(path.name for path in FOLDER.iterdir()))
SPMS, PPMS, LOW_MOOD, ALONE, HARDLY_ASKED, QUIET = FILES


@cache
def answer_of(file: str) -> Answer:
    checked = check_file(FOLDER / file)
    assert checked.patient is not None
    return assess(History(checked.patient, checked.at), checked.faults)


def plan_of(file: str) -> CarePlan:
    plan = answer_of(file).care_plan
    assert plan is not None
    return plan


def answer_for(**values: Any) -> Answer:
    """The answer of an invented person of whom only this is said."""
    least = {"diagnosis": "MS", "age": 50, "recorded_on": "2026-11-02", "id": "invented-plan"}
    checked = check_value({**least, **values})
    assert checked.patient is not None
    return assess(History(checked.patient, checked.at), checked.faults)
