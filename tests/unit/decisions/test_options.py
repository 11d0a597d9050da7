"""Every person has the options that the drug allows, and only those."""

from __future__ import annotations

from typing import Any

import pytest

from invented import history, left, on
from stepdown.decisions.options import find_options, read_option_table
from stepdown.decisions.situation import find_situation
from stepdown.ms.therapies import read_therapies

CLADRIBINE_DONE = [
    {"therapy": "cladribine", "start": f"{year}-02-01", "last_dose": f"{year}-03-01"} for year in (2021, 2022)
]


def ids(**changes: Any) -> list[str]:
    return [draft.id for draft in find_options(find_situation(history(**changes)))]


@pytest.mark.parametrize(
    ("drug", "present", "absent"),
    [
        ("glatiramer-acetate", ["continue", "stop"], ["extend", "switch-glatiramer-acetate"]),
        (
            "natalizumab",
            ["extend-6-weeks", "switch-ocrelizumab", "stop"],
            ["extend-8-weeks", "switch-natalizumab"],
        ),
        ("rituximab", ["extend-12-months", "stop"], []),
        ("ofatumumab", ["extend", "stop"], ["extend-26-weeks"]),
        ("fingolimod", ["switch-ocrelizumab", "switch-dimethyl-fumarate", "stop"], ["extend"]),
    ],
)
def test_options_on_a_drug(drug: str, present: list[str], absent: list[str]) -> None:
    found = ids(treatments=on(drug))
    assert set(present) <= set(found) and not set(absent) & set(found)


def test_a_completed_course_is_not_stopped_or_spaced_out() -> None:
    found = ids(treatments=CLADRIBINE_DONE)
    assert found[:2] == ["no-further-course", "treat-again"]
    assert not [name for name in found if name == "stop" or name.startswith("extend")]


def test_an_open_course_can_be_given_or_left_out() -> None:
    assert ids(treatments=CLADRIBINE_DONE[:1])[:2] == ["next-course", "no-next-course"]


def test_somebody_without_a_drug_can_stay_off_or_start_again() -> None:
    found = ids(treatments=left("natalizumab", "2026-09-15"))
    assert found[:2] == ["stay-off", "start-again-natalizumab"] and "start-again-ocrelizumab" in found


def test_a_stronger_drug_is_named_only_when_the_disease_is_active() -> None:
    active = [{"onset": "2026-06-01", "lasted_24h": True, "fever_or_infection": False}]
    assert "switch-natalizumab" in ids(relapses=active) and "switch-natalizumab" not in ids()


def test_an_unclear_treatment_leaves_continue_and_stop() -> None:
    assert ids(treatments=None) == ["continue", "stop"]


def test_a_drug_with_rebound_names_its_bridge_and_longest_gap() -> None:
    options = {
        draft.id: draft for draft in find_options(find_situation(history(treatments=on("natalizumab"))))
    }
    bridge = options["stop"].bridge
    assert bridge is not None and bridge.max_gap_days == 84 and "ocrelizumab" in bridge.therapies


def test_the_gap_of_the_option_table_is_that_of_the_catalogue() -> None:
    for group, row in read_option_table()["bridge"].items():
        gaps = {
            t.gap_to_next.max_days for t in read_therapies().values() if t.group == group and t.gap_to_next
        }
        assert gaps == {row["max_gap_days"]}


def test_every_named_drug_is_in_the_catalogue() -> None:
    table = read_option_table()
    named = {name for row in table["switch"].values() for names in row.values() for name in names}
    named |= {name for row in table["bridge"].values() for name in row["therapies"]}
    assert named <= set(read_therapies())
