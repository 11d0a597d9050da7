"""A history tells what came and went and the pool after it; a library of an earlier day knows no more."""

from __future__ import annotations

import pytest

from stepdown.evidence.cells import Cell
from stepdown.evidence.history import Step, changed_since, follow_pool, known_on
from stepdown.evidence.pool import OBSERVATIONAL
from stepdown.evidence.refitting import refit_pools, to_value
from stepdown.evidence.retraction import RETRACTED_NOTE
from stepdown.evidence.study import Change, Study
from unit.evidence.invented_studies import finding, study

CELL = Cell("relapse", "stop", "injectable", selection="elective-stable")


def follow(*studies: Study, by: str = "published", kind: str = "observational") -> tuple[Step, ...]:
    return follow_pool(CELL, {item.id: item for item in studies}, by, kind)


def at(name: str, published: str, **changes: object) -> Study:
    return study(name, finding(), published=published, **changes)


def test_studies_come_in_the_order_of_publication_whole_years_first_and_unknown_last() -> None:
    steps = follow(at("c", "unknown"), at("b", "2020-03"), at("a", "2020"), at("d", "2019-12-31"))
    assert [step.study for step in steps] == ["d", "a", "b", "c"]
    assert [len(step.members) for step in steps] == [1, 2, 3, 4]


def test_the_last_value_is_that_of_the_pool_of_today() -> None:
    studies = (at("a", "2020"), at("b", "2021"))
    today = refit_pools({item.id: item for item in studies}, [CELL])[CELL, OBSERVATIONAL]
    assert follow(*studies)[-1].value == to_value(today)


def test_a_retracted_study_comes_and_goes() -> None:
    steps = follow(at("a", "2020"), at("gone", "2021", retracted="2022-05-01"))
    assert [(step.on, step.what, step.members) for step in steps] == [
        ("2020", "added", ("a",)),
        ("2021", "added", ("a", "gone")),
        ("2022-05-01", "retracted", ("a",)),
    ]


@pytest.mark.parametrize("published", ["2023", "unknown"])
def test_a_retracted_study_that_came_later_or_on_an_unknown_day_never_enters(published: str) -> None:
    assert follow(at("gone", published, retracted="2022-05-01")) == ()


@pytest.mark.parametrize(("retracted", "left"), [
    ("2022", "2022-12-31"), ("2022-02", "2022-02-28"), ("unknown", "2023-04-05"),
])
def test_a_retraction_known_less_closely_counts_from_the_last_day_it_can_be(
    retracted: str, left: str
) -> None:
    log = (Change("2023-04-05", RETRACTED_NOTE),)
    steps = follow(at("gone", "2022-01-07", retracted=retracted, changes=log))
    assert [(step.on, step.what) for step in steps] == [("2022-01-07", "added"), (left, "retracted")]


def test_a_study_that_is_not_in_the_pool_says_why() -> None:
    (step,) = follow(study("one", finding(time_years=None)))
    assert (step.entered, step.value) == ((), None)
    assert step.reason == "how long people were watched is not reported"


def test_a_better_study_of_the_same_people_takes_the_place_of_the_first() -> None:
    steps = follow(at("small", "2020"), at("large", "2021", design="registry-cohort", overlaps=("small",)))
    assert [step.members for step in steps] == [("small",), ("large",)]


def test_trials_have_a_history_of_their_own() -> None:
    studies = (at("a", "2020"), at("trial", "2021", design="rct"))
    assert [step.study for step in follow(*studies)] == ["a"]
    assert [step.study for step in follow(*studies, kind="randomised")] == ["trial"]


def test_by_the_day_added_the_entry_in_the_log_tells_when_a_study_left() -> None:
    log = (Change("2026-11-25", RETRACTED_NOTE),)
    gone = at("gone", "2020", added="2026-11-21", retracted="2021-01-01", changes=log)
    assert [step.on for step in follow(gone, by="added")] == ["2026-11-21", "2026-11-25"]


def test_a_library_of_a_day_has_what_was_added_and_keeps_what_was_retracted_later() -> None:
    early, late = at("early", "2020", added="2026-01-01", retracted="2026-03-01"), at("late", "2020")
    assert known_on([early, late], "2025-12-31") == {}
    assert known_on([early, late], "2026-02-01")["early"].retracted is None
    assert known_on([early, late], "2026-03-01")["early"].retracted == "2026-03-01"
    assert set(known_on([early, late], "2026-11-21")) == {"early", "late"}


def test_changes_after_a_day_are_named() -> None:
    changed = at("one", "2020", added="2026-01-01", changes=(Change("2026-05-01", "a slip"),))
    assert changed_since([changed], "2026-02-01") == (("one", "2026-05-01", "a slip"),)
    assert changed_since([changed], "2026-05-01") == changed_since([changed], "2025-01-01") == ()
