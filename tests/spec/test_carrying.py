"""Every row of carrying.toml: invented studies, a time, and whether a risk is estimated or carried on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from stepdown.evidence.cells import Cell, gather
from stepdown.evidence.person import Person
from stepdown.evidence.pool import to_pool
from stepdown.evidence.pool_risk import RiskEstimate, estimate_risk
from stepdown.evidence.study import Study
from unit.evidence.invented_studies import finding, study

ROWS = tomllib.loads(Path(__file__).with_name("carrying.toml").read_text(encoding="utf-8"))["row"]


def to_studies(row: dict[str, Any]) -> list[Study]:
    where = {"strategy": row["strategy"], "groups": (row["group"],)}
    where["to_groups"] = (row["to_group"],) if "to_group" in row else ()
    years = enumerate(row["watched"])
    return [study(f"invented{number}", finding(time_years=time, **where)) for number, time in years]


def estimate(row: dict[str, Any]) -> RiskEstimate:
    cell = Cell("relapse", row["strategy"], row["group"], to_group=row.get("to_group"))
    pool = to_pool(cell, gather(cell, to_studies(row)))
    return estimate_risk(pool, row["years"], Person(50.0, 50.0, mri_active=False))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_a_risk_is_carried_as_far_as_its_row_says(row: dict[str, Any]) -> None:
    risk = estimate(row)
    assert risk.status == row["status"]
    assert row.get("say", "") in risk.reason
    assert (risk.estimate is None) is (row["status"] == "unknown")
    assert (risk.low is None) is (risk.high is None) is (row["status"] == "unknown")


def test_the_rows_hold_every_group_after_which_nothing_is_carried() -> None:
    unknown = {(row["group"], row["strategy"]) for row in ROWS if row["status"] == "unknown"}
    assert {("natalizumab", "stop"), ("natalizumab", "switch"), ("s1p", "stop"), ("s1p", "switch")} <= unknown
    assert {("anti-cd20", "stop"), ("alemtuzumab", "stop"), ("cladribine", "stop")} <= unknown
