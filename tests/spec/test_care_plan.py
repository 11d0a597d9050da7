"""The plans of six invented people with severe MS say what the sources say: see care-plan.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stepdown.decisions.assess import assess
from stepdown.decisions.care_plan.knowledge import list_rows
from stepdown.decisions.planned_care import CarePlan, PlanRow
from stepdown.patients.checking import open_person
from stepdown.patients.history import History

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "severe"
SPEC = tomllib.loads(Path(__file__).with_name("care-plan.toml").read_text(encoding="utf-8"))
PEOPLE = SPEC["person"]


@cache
def plan_of(file: str) -> CarePlan:
    checked = open_person(FOLDER / file)
    assert checked.patient is not None
    plan = assess(History(checked.patient, checked.at), checked.faults).care_plan
    assert plan is not None
    return plan


def row_of(file: str, name: str) -> PlanRow:
    return next(row for row in plan_of(file).rows if row.id == name)


def each_row() -> Iterator[Any]:
    for person in PEOPLE:
        for wanted in [*SPEC["everybody"], *person["rows"]]:
            yield pytest.param(person["file"], wanted, id=f"{person['file'][:2]}-{wanted['row']}")


@pytest.mark.parametrize(("file", "wanted"), list(each_row()))
def test_a_row_says_what_its_sources_say(file: str, wanted: dict[str, Any]) -> None:
    row = row_of(file, wanted["row"])
    told = " ".join(line.text for line in row.lines)
    assert not [each for each in wanted.get("says", ()) if not any(word in told for word in each.split("|"))]
    assert not [word for word in wanted.get("never", ()) if word in told]
    assert {*wanted.get("from", ())} <= {source for line in row.lines for source in line.sources}


@pytest.mark.parametrize(
    ("file", "wanted"), [each for each in each_row() if each.values[1] not in SPEC["everybody"]]
)
def test_a_row_is_not_assessed_only_for_a_fact_that_the_file_lacks(file: str, wanted: dict[str, Any]) -> None:
    row = row_of(file, wanted["row"])
    assert row.status == wanted.get("status", "assessed"), wanted["reason"]
    assert [missing.fact for missing in row.missing] == wanted.get("lacks", [])


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["file"])
def test_flags_referrals_and_the_day_of_the_review(person: dict[str, Any]) -> None:
    plan = plan_of(person["file"])
    assert plan.severe is person["severe"]
    assert [flag.id for flag in plan.raised] == person["raised"]
    # A role with a private and another reason of the same priority stands twice.
    referrals = {(item.role, item.priority) for item in plan.referrals}
    assert sorted(referrals) == sorted(map(tuple, person["referrals"]))
    assert plan.review_due == person["review"] <= "2027-11-01"


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["file"])
def test_every_row_of_the_plan_has_its_expectation(person: dict[str, Any]) -> None:
    expected = {wanted["row"] for wanted in [*SPEC["everybody"], *person["rows"]]}
    assert expected == {row["id"] for row in list_rows()} - {"other-disease"}
    assert {row.id for row in plan_of(person["file"]).rows} == expected


def test_every_file_has_its_expectations_and_is_called_invented() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == [person["file"] for person in PEOPLE]
    assert all(plan_of(person["file"]).person.startswith("invented-severe-") for person in PEOPLE)
