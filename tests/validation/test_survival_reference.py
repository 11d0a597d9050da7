"""Every result of the survival reference is reproduced within its tolerance, or listed as not offered."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "validation" / "survival"
# What may be left out until it is offered.
MAY_BE_LEFT_OUT = ("cox_zph_km/", "cox_residuals_first20/dfbeta")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The comparison is a script beside its README, not a package."""
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module("reproduce_survival")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def cases(script: ModuleType, reference: Path) -> list[tuple[str, Any, list[Any]]]:
    return [(file.stem, json.loads(file.read_text(encoding="utf-8")), script.reproduce(file, data))
            for file, data in script.find_cases(reference)]


def test_what_is_reproduced_is_within_tolerance(cases: list[tuple[str, Any, list[Any]]]) -> None:
    wrong = [(name, result.path, result.share) for name, _, results in cases for result in results
             if result.ours is not None and not result.share <= 1]
    assert cases and not wrong


def test_only_what_is_listed_is_left_out(cases: list[tuple[str, Any, list[Any]]]) -> None:
    left_out = [result.path for _, _, results in cases for result in results if result.ours is None]
    assert not [path for path in left_out if not path.startswith(MAY_BE_LEFT_OUT)]


def count_numbers(value: Any) -> int:
    """The numbers in a piece of JSON; null counts, as a number that is unknown."""
    if isinstance(value, dict):
        return sum(count_numbers(item) for item in value.values())
    if isinstance(value, list):
        return sum(count_numbers(item) for item in value)
    return int(not isinstance(value, str))


# Numbers that ask the question rather than answer it, and fields that hold nothing for a kind of fit.
QUESTIONS = {"tau", "times", "probs"}
HELD_BY_SOME = {"naive_vcov", "robust_score"}


def count_answers(name: str, value: Any) -> int:
    if name in QUESTIONS or (value is None and name in HELD_BY_SOME):
        return 0
    if isinstance(value, dict):
        return sum(count_answers(key, item) for key, item in value.items())
    return count_numbers(value)


def test_reproduced_and_left_out_together_are_all(
        script: ModuleType, cases: list[tuple[str, Any, list[Any]]]) -> None:
    """Every number of every file is in a result, save those that ask, and R 3.8's column that 3.5 lacks."""
    for name, whole, results in cases:
        parts = {key: value for key, value in whole.items() if key not in script.NO_RESULTS}
        answers = sum(count_answers(key, value) for key, value in parts.items())
        compared = sum(int(np.size(result.theirs)) for result in results)
        assert compared == answers, name
