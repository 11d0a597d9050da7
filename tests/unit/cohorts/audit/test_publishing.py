"""An attack on what an audit publishes: it must not tell one small count from another."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.audit.auditing import audit_registry
from stepdown.cohorts.audit.comparing import compare
from stepdown.cohorts.audit.publishing import RULES, publish, publish_ratio, to_quarter
from stepdown.cohorts.disclosure import WITHHELD
from stepdown.cohorts.study import Choice
from unit.cohorts.audit.invented_steps import FIRST, STOP, on, person, relapse, write

PEOPLE = 120


def audit(folder: Path, events: int) -> dict[str, Any]:
    """What is published of people of whom so many relapsed, each in another year or centre."""
    people = {}
    for number in range(PEOPLE):
        stop = STOP - timedelta(400 * (number % 3))
        people[str(number)] = person(on("teriflunomide", FIRST, stop), centre=f"centre {number % 4}")
        if number < events:
            people[str(number)].relapses = [relapse(stop + timedelta(20 + 11 * number))]
    published = publish(audit_registry(write(folder, people), Choice(), outcomes=("relapse",)))
    published.pop("data_fingerprint")
    return published


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    home = tmp_path_factory.mktemp("published")
    return {events: audit(home / str(events), events) for events in (1, 4, 13)}


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
    assert row["ratio"]["high"] >= compare(17, row["expected"], 0.95).high - 0.05
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
