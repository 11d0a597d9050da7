"""What happened lately: a table of person files (of 2 November 2026) and the facts that follow."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.decisions.care_plan.lately import find_lately
from stepdown.ms.facts import Fact
from stepdown.patients.checking import check_value
from stepdown.patients.history import History

LEAST: dict[str, Any] = {"diagnosis": "MS", "age": 50, "recorded_on": "2026-11-02", "observed_since": "2014"}
CLEAR = {"lasted_24h": True, "fever_or_infection": False}
FEVER = {"lasted_24h": True, "fever_or_infection": True}


def relapse(onset: str, **more: Any) -> dict[str, Any]:
    return {"relapses": [{"onset": onset, **more}]}


def infection(kind: str, *days: str, **more: Any) -> dict[str, Any]:
    return {"infections": [{"date": day, "kind": kind, "serious": False, **more} for day in days]}


def bladder(*measured: tuple[str, float]) -> dict[str, Any]:
    return {"symptoms": [{"name": "bladder", "severity": "none", "scale": "residual-urine-ml", "score": score,
                          "date": day} for day, score in measured]}  # fmt: skip


def edss(*days: str, during: bool = False) -> dict[str, Any]:
    return {"edss": [{"date": day, "score": 6.0, "during_relapse": during} for day in days]}


ROWS: tuple[tuple[dict[str, Any], str, Any], ...] = (
    ({}, "fresh_relapse", None),
    ({"relapses": []}, "fresh_relapse", False),
    (relapse("2026-10-19", **CLEAR), "fresh_relapse", True),
    (relapse("2026-10-18", **CLEAR), "fresh_relapse", False),
    (relapse("2026-10-30"), "fresh_relapse", True),  # whether it counts is open: it may
    (relapse("2026-10-30", **FEVER), "fresh_relapse", False),
    (relapse("2026-10-30", **FEVER), "uncounted_episode", "with fever or infection"),
    (relapse("2025-10-30", **FEVER), "uncounted_episode", None),
    (relapse("2026-10-30", **CLEAR), "uncounted_episode", None),
    (infection("urinary tract infection", "2026-10-24", ongoing=True), "infection_ongoing", True),
    (infection("urinary tract infection", "2026-10-24", ongoing=False), "infection_ongoing", None),
    ({}, "urine_infections_last_12_months", None),
    ({"infections": []}, "urine_infections_last_12_months", 0),
    (infection("UTI", "2026-01-02", "2026-03-01", "2025-11-01"), "urine_infections_last_12_months", 2),
    (infection("kidney infection", "2026-01-02"), "urine_infections_last_12_months", 1),
    (infection("pneumonia", "2026-01-02"), "urine_infections_last_12_months", 0),
    (infection("aspiration pneumonia", "2026-01-02"), "chest_infections_last_12_months", 1),
    (infection("shingles", "2026-01-02"), "chest_infections_last_12_months", 0),
    ({}, "residual_urine", None),
    (bladder(("2026-01-02", 400), ("2026-10-02", 90)), "residual_urine", 90),
    ({}, "edss_old", None),
    (edss("2024-11-02"), "edss_old", False),
    (edss("2024-11-01"), "edss_old", True),
    (edss("2015-03-04"), "edss_day", "2015-03-04"),
    (edss("2026-03-04", during=True), "edss_day", None),
)  # fmt: skip


def lately_of(person: dict[str, Any]) -> dict[str, Fact]:
    checked = check_value({**LEAST, **person})
    assert checked.patient is not None
    return {fact.name: fact for fact in find_lately(History(checked.patient, checked.at).view)}


@pytest.mark.parametrize(("person", "name", "value"), ROWS)
def test_what_happened_lately(person: dict[str, Any], name: str, value: Any) -> None:
    assert lately_of(person)[name].value == value
