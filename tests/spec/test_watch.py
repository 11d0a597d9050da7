"""Every row of watch.toml by the path for one person; tests/parity runs the same rows on a registry."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.ms.stepping_down import Between
from stepdown.patients.checking import check_value
from stepdown.patients.view import View
from stepdown.patients.watching import Watched, watch

Row = dict[str, Any]
AT = "2026-06-01"
BASE: Row = {"diagnosis": "MS", "birth_year": 1980, "recorded_on": AT, "observed_since": "2010-01-01",
             "relapses": [], "edss": [], "mri": [], "labs": []}
ROWS: list[Row] = tomllib.loads(Path(__file__).with_name("watch.toml").read_text(encoding="utf-8"))["row"]
#: What a row may expect beside its standing.
ASKED = ("step", "items", "signs", "never_seen", "urgency", "days_overdue", "next", "seen_on")


def view_of(row: Row) -> View:
    """The invented person of a row, seen from the day of the table."""
    at = date.fromisoformat(AT)
    person = {key: part for key, part in {**BASE, **row["person"]}.items() if part != "absent"}
    checked = check_value(person, at, date(2026, 12, 31))
    assert checked.patient is not None
    return View(checked.patient, at, checked.recorded_on)


def tell(found: Watched) -> Row:
    """What was found, in the form of a row."""
    standing, step = found.standing, found.standing.step
    told: Row = {"standing": f"{standing.name}:{standing.reason}".rstrip(":")}
    if step is None:
        return told
    return told | {
        "step": [step.strategy, step.left, step.to or "", tell_day(step.change), tell_day(step.last_dose)],
        "items": {item.id: [item.state, str(item.due or "")] for item in found.items},
        "signs": {sign.id: sign.state for sign in found.signs}, "never_seen": found.never_seen,
        "urgency": found.urgency, "seen_on": str(found.seen_on or ""),
        "days_overdue": found.days_overdue,
        "next": found.next_step.text if found.next_step else ""}


def tell_day(day: Between) -> str:
    return str(day.first) if day.first == day.last else f"{day.first}/{day.last}"


def expected_of(row: Row, found: Row) -> tuple[Row, Row]:
    """What a row expects, and as much of what was found."""
    wanted = {key: row[key] for key in ("standing", *ASKED) if key in row}
    seen = {key: found.get(key) for key in wanted}
    for key in ("items", "signs"):
        if key in wanted:
            seen[key] = {name: (found.get(key) or {}).get(name) for name in wanted[key]}
    return wanted, seen


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_what_is_seen_of_somebody_after_a_step_down(row: Row) -> None:
    wanted, seen = expected_of(row, tell(watch(view_of(row))))
    assert seen == wanted
