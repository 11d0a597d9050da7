"""An attack on what an audit publishes: it must not tell one small count from another."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.audit.auditing import audit_steps
from stepdown.cohorts.audit.comparing import compare
from stepdown.cohorts.audit.publishing import RULES, publish, publish_ratio, to_quarter
from stepdown.cohorts.audit.steps import Found, Steps
from stepdown.cohorts.disclosure import WITHHELD
from unit.cohorts.audit.invented_steps import find_row

PEOPLE = 120


def take(steps: Steps, days: np.ndarray) -> Steps:
    """Copies of somebody who stopped, in other years and centres, with relapses so many days after it."""
    row = np.full(PEOPLE, find_row(steps, "stopped"))
    number = np.arange(PEOPLE)
    table = replace(steps.table, outcomes={"relapse": days}, trial=number, person=number,
                    index_day=steps.table.index_day[row] - 400 * (number % 3), **{
                        name: getattr(steps.table, name)[row] for name in
                        ("acted", "left", "end", "death", "has_baseline", "last_scan", "relapses_apart")})
    facts = {each.name: getattr(steps, each.name)[row] for each in fields(Steps)
             if each.name not in ("table", "scans", "scores")}
    centre = np.array([f"centre {place % 4}" for place in number])
    return replace(steps, **{**facts, "centre": centre}, table=table)


@pytest.fixture(scope="module")
def published(found: Found) -> dict[int, dict[str, Any]]:
    """What is published where so many of them relapsed, each on another day."""
    every = {}
    for events in (1, 4, 13):
        days = np.where(np.arange(PEOPLE) < events, 20.0 + 11 * np.arange(PEOPLE), np.nan)
        own = replace(found, steps=take(found.steps, days))
        every[events] = publish(audit_steps(own, "", "duckdb", ("relapse",)))
    return every


def test_small_counts_cannot_be_told_apart(published: dict[int, dict[str, Any]]) -> None:
    assert published[1] == published[4]
    (part,) = published[1]["parts"]
    assert [row["observed"] for row in part["horizons"]] == ["<5", "<5"]
    assert [row["verdict"]["grounds"] for row in part["horizons"]] == [["too-few-to-show"]] * 2


def test_a_larger_count_is_shown_rounded_with_an_interval_that_reaches_over_the_rounding(
        published: dict[int, dict[str, Any]]) -> None:
    (part,) = published[13]["parts"]
    row = part["horizons"][1]
    assert row["observed"] == 15 and not row["observed"] % 5
    assert row["ratio"]["low"] <= compare(13, row["expected"], 0.95).low
    assert row["ratio"]["high"] >= compare(17, row["expected"], 0.95).high
    assert [year["observed"] for year in part["drift"]["by_year"]]


def test_no_published_number_of_events_is_fine(published: dict[int, dict[str, Any]]) -> None:
    def walk(value: Any, key: str = "") -> None:
        if isinstance(value, dict):
            for name, part in value.items():
                walk(part, name)
        elif isinstance(value, list):
            for part in value:
                walk(part, key)
        elif key in ("observed", "observed_so_far", "steps", "followed") and value != WITHHELD:
            assert value == "<5" or (value == int(value) and value % 5 == 0) or isinstance(value, float)

    for found in published.values():
        walk(json.loads(json.dumps(found))["parts"])


def test_a_ratio_says_nothing_beyond_the_counts_that_are_shown() -> None:
    shown = [publish_ratio(compare(observed, 20.1, 0.95), RULES) for observed in (8, 9, 10, 11, 12)]
    assert all(each == shown[0] for each in shown) and shown[0]["observed"] == 10


def test_days_are_published_as_quarters() -> None:
    assert to_quarter(0) == "1970-Q1" and to_quarter(364) == "1970-Q4"
