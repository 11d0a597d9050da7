"""A switch or a stop has a dated plan; what is watched afterwards is dated and says where it is from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from invented import answer, history, left, on, option
from stepdown.decisions.answer import Option
from stepdown.decisions.options import find_options
from stepdown.decisions.plan import find_plan
from stepdown.decisions.situation import find_situation
from stepdown.decisions.timing import Clock, say_days


def found(option_id: str, **changes: Any) -> Option:
    return option(answer(**changes), option_id)


def test_the_next_drug_after_natalizumab_is_dated_from_the_last_dose() -> None:
    plan = found("switch-ocrelizumab", treatments=on("natalizumab", last_dose="2026-10-20")).plan
    step = next(item for item in plan if item.what.startswith("First dose of ocrelizumab"))
    # 8 weeks after 20 October 2026 is 15 December; the longest gap of 84 days leaves 28 days more.
    assert (step.due, step.window_days, step.basis) == ("2026-12-15", 28, "stated")


def test_tests_come_before_the_next_drug() -> None:
    plan = found("switch-ocrelizumab", treatments=on("natalizumab")).plan
    assert "epatitis B" in plan[0].what and plan[0].due.startswith("now")


def test_a_last_dose_that_is_not_on_file_is_said_in_words() -> None:
    plan = found("switch-ocrelizumab", treatments=on("natalizumab")).plan
    assert "8 weeks after the last dose" in {item.due for item in plan}


def test_an_option_that_is_not_advised_has_no_plan_but_is_watched() -> None:
    stop = found("stop", treatments=on("natalizumab"))
    assert stop.plan == () and stop.follow_up


def test_going_on_needs_no_plan_and_no_restart() -> None:
    stay = found("continue")
    assert stay.plan == () and stay.restart_triggers == () and stay.follow_up


@pytest.mark.parametrize(
    "treatments",
    [
        on("glatiramer-acetate"),
        on("ocrelizumab"),
        on("teriflunomide"),
        on("dimethyl-fumarate"),
        on("rituximab"),
    ],
)
def test_every_stop_says_what_is_watched_and_what_restarts(treatments: list[dict[str, Any]]) -> None:
    stop = found("stop", treatments=treatments)
    assert stop.follow_up and stop.restart_triggers
    assert {item.basis for item in stop.follow_up} <= {"stated", "proposed"}
    assert all(item.sources for item in stop.follow_up)


def test_after_fingolimod_the_first_contact_is_within_four_weeks() -> None:
    stay_off = found("stay-off", treatments=left("fingolimod", "2026-10-20"))
    contact = next(item for item in stay_off.follow_up if item.what.startswith("Contact"))
    assert date.fromisoformat(contact.due) == date(2026, 11, 10)


def test_after_ocrelizumab_scans_go_on_to_two_years_after_the_last_infusion() -> None:
    stop = found("stop", treatments=on("ocrelizumab", last_dose="2026-08-01"))
    scans = [item.due for item in stop.follow_up if item.what.startswith("Brain MRI, counted")]
    assert "2028-07-31" in scans


def test_alemtuzumab_is_watched_every_month_for_48_months() -> None:
    courses = [
        {"therapy": "alemtuzumab", "start": f"{year}-02-01", "last_dose": f"{year}-02-05"}
        for year in (2024, 2025)
    ]
    watched = found("no-further-course", treatments=courses).follow_up
    assert any("Again every 4 weeks" in item.what and "48 months" in item.what for item in watched)


def test_an_unclear_treatment_has_no_plan() -> None:
    situation = find_situation(history(treatments=None))
    assert [find_plan(situation, draft) for draft in find_options(situation)] == [(), ()]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "1 day"),
        (7, "1 week"),
        (42, "6 weeks"),
        (84, "12 weeks"),
        (91, "3 months"),
        (365, "12 months"),
        (730, "2 years"),
        (1096, "3 years"),
    ],
)
def test_days_are_said_as_a_clinic_says_them(days: int, words: str) -> None:
    assert say_days(days) == words


def test_a_decision_counts_from_the_index_date() -> None:
    assert Clock(date(2026, 11, 1), None).after_decision(30) == "2026-12-01"


def test_what_is_left_of_the_last_drug_is_said_by_date() -> None:
    off = answer(treatments=left("ocrelizumab", "2026-02-01"))
    step = next(
        item for item in option(off, "stay-off").plan if item.what.startswith("What is left of ocrelizumab")
    )
    assert "Counted from the last dose on 2026-02-01" in step.what and date.fromisoformat(step.due) > date(
        2026, 2, 1
    )


def test_without_the_day_of_the_last_dose_no_date_is_made_up() -> None:
    treatments = [{"therapy": "ocrelizumab", "start": "2019-01-01", "stop": "2025-02", "still_taking": False}]
    step = option(answer(treatments=treatments), "stay-off").plan[0]
    assert step.what.startswith("What is left of ocrelizumab") and step.due == "after the last dose"
