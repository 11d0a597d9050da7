"""Every row of patients-checks.toml: one slip, the one fault it makes, and what the sentence says."""

from __future__ import annotations

import copy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.patients.checking import check_value

ROWS = tomllib.loads(Path(__file__).with_name("patients-checks.toml").read_text(encoding="utf-8"))["row"]
TODAY = date(2026, 11, 20)
CLEAN: dict[str, Any] = {
    "id": "invented-1",
    "recorded_on": "2026-11-02",
    "observed_since": "2014",
    "birth_year": 1966,
    "diagnosis": "MS",
    "onset_date": "2014-06",
    "treatments": [{"therapy": "glatiramer-acetate", "start": "2015-03-01", "still_taking": True}],
    "edss": [{"date": "2026-05-12", "score": 2.5}],
    "mri": [{"date": "2026-05-20", "region": "brain", "new_t2": 0}],
    "labs": [{"date": "2026-05-12", "test": "lymphocytes", "value": 1.2, "unit": "10^9/L"}],
}


def person(changes: dict[str, Any]) -> dict[str, Any]:
    """The clean person with some keys replaced."""
    changed = copy.deepcopy(CLEAN)
    for path, value in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = changed
        for step in way:
            place = place[step]
        if isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return changed


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_each_slip_gives_the_one_fault_of_its_row(row: dict[str, Any]) -> None:
    at = date.fromisoformat(row["at"]) if "at" in row else None
    faults = check_value(person(row.get("set", {})), at, TODAY).faults
    found = [(fault.grade.value, fault.path) for fault in faults]
    assert found == ([(row["grade"], row["path"])] if "grade" in row else [])
    assert all(row["says"] in fault.sentence for fault in faults)


def test_all_slips_are_said_at_once() -> None:
    slips = person({"edss.0.score": 0.7, "treatments.0.stop": "2012", "labs.0.value": 1200, "sx": "female"})
    paths = {fault.path for fault in check_value(slips, None, TODAY).errors}
    assert {"edss[0].score", "treatments[0].stop", "labs[0].value", "sx"} <= paths
