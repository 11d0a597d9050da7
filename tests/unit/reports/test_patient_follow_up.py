"""What is due when, for patients: every row of the engine in plain words, each day said as people say it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from stepdown.decisions.answer import FollowUp, Trigger
from stepdown.reports.patient_choices import find_choices
from stepdown.reports.patient_follow_up import (
    DatedGroup,
    find_dated_groups,
    plain_due,
    plain_trigger,
    tell_once,
    tell_when,
)
from stepdown.reports.patient_words import find_names
from stepdown.reports.readability import measure_readability
from stepdown.reports.wording import PATIENT_FOLLOW_UP, read_wording
from unit.reports.invented_answers import injectable, option

WORDING = read_wording(PATIENT_FOLLOW_UP)
AT = date(2026, 11, 1)
DOSE = re.compile(r"\d\s*(mg|ml|g|µg|mcg|units?|iu)\b", re.IGNORECASE)
SENTENCES = [
    *(row["text"] for kind in ("row", "step") for row in WORDING[kind].values()),
    *WORDING["trigger"].values(),
    *WORDING["none"].values(),
    WORDING["unnamed"]["text"],
]


def read_engine(room: str, name: str) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((files(room) / name).read_text(encoding="utf-8"))


def test_every_row_of_the_schedules_has_a_plain_sentence() -> None:
    table = read_engine("stepdown.ms", "monitoring.toml")
    assert {row["id"] for row in table["schedule"]} == set(WORDING["row"])


def test_every_restart_trigger_has_a_plain_sentence() -> None:
    table = read_engine("stepdown.ms", "monitoring.toml")
    told = {row["id"]: plain_trigger(row["text"]) for row in table["restart_trigger"]}
    assert told == {key: text for key, text in WORDING["trigger"].items() if key != "default"}


def test_every_step_of_a_plan_has_a_plain_sentence() -> None:
    assert set(read_engine("stepdown.decisions", "plan.toml")["step"]) == set(WORDING["step"])


@pytest.mark.parametrize("text", SENTENCES)
def test_each_sentence_is_plain_and_names_no_dose(text: str) -> None:
    found = measure_readability([text], find_names(injectable()))
    assert found.longest_sentence <= 15
    assert found.words < 10 or found.grade <= 8
    assert not DOSE.search(text)


def test_every_row_belongs_to_a_known_kind() -> None:
    kinds = {row["group"] for kind in ("row", "step") for row in WORDING[kind].values()}
    assert kinds == set(WORDING["group"])


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2026-12-15", "15 December 2026"),
        ("8 weeks after the last dose", "8 weeks after your last dose"),
        ("5 months after the first dose of the new drug", "5 months after your first new dose"),
        ("now, before anything is changed", "now, before anything changes"),
        ("set with the last dose", "on a day that your team sets with your last dose"),
    ],
)
def test_a_day_is_said_in_words(due: str, told: str) -> None:
    assert plain_due(due) == told


def test_several_days_are_told_in_order_and_three_a_sentence() -> None:
    days = ["2027-05-18", "2027-02-02", "2027-08-31", "2027-10-20", "2028-10-20"]
    assert tell_when(days, "by", AT) == (
        "Due by 2 February 2027.",
        "Then by 18 May 2027, 31 August 2027 and 20 October 2027.",
        "Then by 20 October 2028.",
    )


def test_a_day_is_due_now_while_its_window_is_open_and_passed_after_it() -> None:
    assert tell_when(["2026-10-20"], "by", AT, window_days=14) == ("Due now.",)
    assert tell_when(["2026-10-20"], "by", AT, window_days=7) == (
        "The day for this has passed: 20 October 2026. Ask your team what to do now.",
    )


def test_an_end_is_said_to_be_an_end() -> None:
    assert tell_when(["2027-04-21"], "ends", AT) == ("This ends on 21 April 2027 at the earliest.",)


def test_every_choice_has_every_kind_of_check() -> None:
    parts = [part for choice in find_choices(injectable()) for part in choice.parts if part.groups]
    assert len(parts) == len(find_choices(injectable()))
    assert all([g.heading for g in part.groups] == list(WORDING["group"].values()) for part in parts)
    assert all(group.items for part in parts for group in part.groups)


def test_rows_with_the_same_words_are_told_once_with_all_their_days() -> None:
    line = FollowUp("Brain MRI", "2027-02-02", 15, "stated", (), "natalizumab-mri-pml")
    left = option("stop", "possible", (), follow_up=(line, replace(line, due="2027-05-18")))
    scans = next(group for group in find_dated_groups([left], "2026-11-01") if group.heading == "Scans")
    assert scans.items == (
        f"{WORDING['row']['natalizumab-mri-pml']['text']} Due by 2 February 2027. Then by 18 May 2027.",
    )


def test_what_the_wording_does_not_know_sends_to_the_team() -> None:
    strange = option(
        "stop",
        "possible",
        (),
        follow_up=(FollowUp("Lumbar puncture", "2027-02-02", None, "proposed", (), "new-row"),),
        restart_triggers=(Trigger("A text that no row has", "proposed", ()),),
    )
    told = [item for group in find_dated_groups([strange], "2026-11-01") for item in group.items]
    assert "A check that your team can explain. Due by 2 February 2027." in told
    assert WORDING["trigger"]["default"] in told


def test_a_list_that_an_earlier_choice_has_word_for_word_is_told_once() -> None:
    alike, short = DatedGroup("Scans", ("One.", "Two.")), DatedGroup("Calls", ("One.",))
    told: dict[DatedGroup, str] = {}
    assert tell_once((alike, short), "B", told) == (alike, short)
    again = tell_once((alike, short), "C", told)
    assert again == (DatedGroup("Scans", ("The same as for choice B.",)), short)
