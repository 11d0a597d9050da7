"""What of a plan is due, overdue or done: by the file alone, and never done where a file shows nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.decisions.assess import assess
from stepdown.decisions.option_taken import choose_option
from stepdown.decisions.tracking import Tracked, track
from stepdown.ms.errors import UserError
from stepdown.ms.monitoring import read_monitoring
from stepdown.patients.checking import check_value
from stepdown.patients.history import History
from stepdown.patients.units import read_lab_tests
from stepdown.patients.view import View
from stepdown.reports import to_json

TODAY = date(2026, 11, 30)
TAKEN = {"therapy": "natalizumab", "start": "2016-03-01", "interval_days": 28, "last_dose": "2025-09-20"}
QUIET = {"region": "both", "new_t2": 0, "gd_enhancing": 0}
BEFORE: dict[str, Any] = {
    "schema_version": "1",
    "id": "invented-follow",
    "recorded_on": "2025-10-01",
    "observed_since": "2012-01-01",
    "birth_year": 1980,
    "sex": "female",
    "diagnosis": "MS",
    "course": "RRMS",
    "relapses": [],
    "treatments": [{**TAKEN, "still_taking": True}],
    "mri": [{**QUIET, "date": day} for day in ("2025-09-01", "2024-09-01")],
    "labs": [{"date": "2025-09-01", "test": "jcv-index", "value": 2.1}],
    "new_neurological_signs": False,
}
LEFT = {"therapy": "natalizumab", "start": "2016-03-01", "last_dose": "2025-10-18", "stop": "2025-10-18"}
NEXT = {"therapy": "ocrelizumab", "start": "2025-12-10", "still_taking": True}


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    checked = check_value(BEFORE, None, TODAY)
    assert checked.patient is not None
    return to_json(assess(History(checked.patient, checked.at), checked.faults))


def view_at(at: date, **change: Any) -> View:
    checked = check_value({**BEFORE, "recorded_on": at.isoformat(), **change}, at, TODAY)
    assert checked.patient is not None and not checked.errors
    return View(checked.patient, at, checked.recorded_on)


def follow(answer: dict[str, Any], option: str, view: View) -> dict[tuple[str, str], Tracked]:
    found = track(answer, choose_option(answer, option, view), view)
    return {(each.id, each.when): each for each in found}


@pytest.mark.parametrize(
    ("treatments", "option"),
    [
        ([LEFT, NEXT], "switch-ocrelizumab"),
        ([LEFT], "stop"),
        (BEFORE["treatments"], "continue"),
        ([{**BEFORE["treatments"][0], "interval_days": 42}], "extend-6-weeks"),
    ],
)
def test_the_option_taken_is_read_from_the_treatments(
    treatments: list[Any], option: str, answer: dict[str, Any]
) -> None:
    view = view_at(date(2026, 2, 1), treatments=treatments)
    assert choose_option(answer, None, view)["id"] == option


def test_an_option_that_the_file_does_not_show_must_be_named(answer: dict[str, Any]) -> None:
    view = view_at(date(2026, 2, 1), treatments=[LEFT, NEXT, {**NEXT, "therapy": "fingolimod"}])
    with pytest.raises(UserError, match="--option"):
        choose_option(answer, None, view)
    with pytest.raises(UserError, match="no option nothing"):
        choose_option(answer, "nothing", view)


def test_days_move_with_a_later_last_dose(answer: dict[str, Any]) -> None:
    then = follow(answer, "stop", view_at(date(2025, 10, 2)))
    later = follow(answer, "stop", view_at(date(2025, 12, 1), treatments=[LEFT]))
    first = min(day for name, day in then if name == "natalizumab-contact")
    moved = min(day for name, day in later if name == "natalizumab-contact")
    assert (date.fromisoformat(moved) - date.fromisoformat(first)).days == 28


def test_what_counts_from_the_new_drug_has_a_day_once_it_is_begun(answer: dict[str, Any]) -> None:
    before = follow(answer, "switch-ocrelizumab", view_at(date(2025, 11, 1), treatments=[LEFT]))
    after = follow(answer, "switch-ocrelizumab", view_at(date(2026, 2, 1), treatments=[LEFT, NEXT]))
    assert any(each.state == "no-day" for (name, _), each in before.items() if name == "mri-after-new-drug")
    assert {day for name, day in after if name == "visit-after-new-drug"} == {
        "2026-03-11",
        "2026-06-11",
        "2026-12-10",
    }


def test_the_first_dose_of_the_new_drug_is_overdue_until_it_is_on_file(answer: dict[str, Any]) -> None:
    open_still = follow(answer, "switch-ocrelizumab", view_at(date(2026, 2, 1), treatments=[LEFT]))
    begun = follow(answer, "switch-ocrelizumab", view_at(date(2026, 2, 1), treatments=[LEFT, NEXT]))
    states = [
        {each.state for (name, _), each in found.items() if name == "next-drug-gap"}
        for found in (open_still, begun)
    ]
    assert states == [{"overdue"}, {"done"}]


SCAN = {"date": "2026-02-03", "region": "brain", "new_t2": 0}


@pytest.mark.parametrize(
    ("at", "scans", "state"),
    [
        (date(2026, 1, 1), [], "planned"),
        (date(2026, 1, 20), [], "due"),
        (date(2026, 3, 1), [], "overdue"),
        (date(2026, 3, 1), [SCAN], "done"),
        (date(2026, 3, 1), [{**SCAN, "region": "cord"}], "overdue"),
        (date(2026, 3, 1), [{**SCAN, "date": "2025-12-01"}], "overdue"),
        # It shows nothing for sure, but "overdue" would say that there was none.
        (date(2026, 3, 1), [{**SCAN, "date": "2026-02"}], "ask"),
        (date(2026, 3, 1), [{**SCAN, "date": "2025-12"}], "overdue"),
    ],
)
def test_a_scan_is_done_by_an_exact_day_inside_its_window(
    at: date, scans: list[Any], state: str, answer: dict[str, Any]
) -> None:
    view = view_at(at, treatments=[LEFT], mri=[*BEFORE["mri"], *scans])
    assert follow(answer, "stop", view)["natalizumab-mri-pml", "2026-01-31"].state == state


def test_what_a_file_cannot_show_is_asked_about_and_never_done(answer: dict[str, Any]) -> None:
    found = follow(answer, "stop", view_at(date(2026, 11, 1), treatments=[LEFT]))
    contacts = [each for (name, _), each in found.items() if name == "natalizumab-contact"]
    assert contacts and {each.state for each in contacts} == {"ask"}


def test_a_line_that_comes_again_goes_on_to_the_horizon(answer: dict[str, Any]) -> None:
    found = follow(answer, "continue", view_at(date(2026, 10, 1)))
    visits = sorted(day for name, day in found if name == "visit-on-drug")
    # Every 183 days from 1 October 2025; the fourth, 3 October 2027, lies a day beyond the horizon of a year.
    assert visits == ["2026-04-02", "2026-10-02", "2027-04-03"]


def test_every_entry_that_may_show_a_line_can_be_in_a_person_file() -> None:
    kinds = {kind for row in read_monitoring() for kind in row.shown_by}
    assert kinds <= {"mri", "edss", "other", *read_lab_tests()}


def test_a_file_that_ends_before_the_window_cannot_say_overdue(answer: dict[str, Any]) -> None:
    checked = check_value(
        {**BEFORE, "recorded_on": "2025-12-01", "treatments": [LEFT]}, date(2026, 6, 1), TODAY
    )
    assert checked.patient is not None
    old = View(checked.patient, date(2026, 6, 1), checked.recorded_on)
    assert follow(answer, "stop", old)["natalizumab-mri-pml", "2026-01-31"].state == "ask"


def test_days_count_from_the_last_dose_and_not_from_the_day_it_was_given_up(answer: dict[str, Any]) -> None:
    given_up = {**LEFT, "last_dose": "2025-09-20", "stop": "2025-12-01"}
    then = follow(answer, "stop", view_at(date(2025, 10, 2)))
    later = follow(answer, "stop", view_at(date(2026, 2, 1), treatments=[given_up]))
    days = [{day for name, day in found if name == "natalizumab-contact"} for found in (then, later)]
    assert days[0] == days[1]
