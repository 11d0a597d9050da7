"""Every row of patients-history.toml: an invented person, an index date, one fact."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.ms.facts import State
from stepdown.patients.checking import check_value
from stepdown.patients.history import History

ROWS = tomllib.loads(Path(__file__).with_name("patients-history.toml").read_text(encoding="utf-8"))["row"]
BASE = {"diagnosis": "MS", "birth_year": 1966, "recorded_on": "2026-11-02", "observed_since": "2014-01-01"}
TODAY = date(2026, 12, 31)


def history_of(row: dict[str, Any]) -> History:
    """The invented person of a row at its index date; a row with an error in it would prove nothing."""
    value = {key: part for key, part in {**BASE, **row.get("person", {})}.items() if part != "absent"}
    checked = check_value(value, date.fromisoformat(row.get("at", "2026-11-02")), TODAY)
    assert checked.patient is not None and not checked.errors
    return History(checked.patient, checked.at)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['fact']}: {row['name']}")
def test_each_fact_is_that_of_its_row(row: dict[str, Any]) -> None:
    fact, expect = getattr(history_of(row), row["fact"]), row["expect"]
    assert fact.state is State(expect.get("state", "known"))
    assert fact.name == row["fact"]
    assert fact.reason or fact.state is State.KNOWN
    if "low" in expect:
        assert fact.low == pytest.approx(expect["low"], abs=0.01)
        assert fact.high == (pytest.approx(expect["high"], abs=0.01) if "high" in expect else None)
    else:
        value = expect.get("value")
        assert fact.value == (pytest.approx(value, abs=0.001) if type(value) is float else value)
