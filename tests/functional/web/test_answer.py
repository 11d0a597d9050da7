"""The clinician's page: what if, pictures, ranking; with and without the script of the page."""

from __future__ import annotations

import re

import pytest

from functional.web.people import CARRIED, PERSON
from functional.web.served import Served
from stepdown.decisions.assess import assess
from stepdown.patients.checking import check_value
from stepdown.patients.history import History
from stepdown.patients.what_if import WhatIf, suppose
from stepdown.reports.before_after import compare_before_after


def test_what_if_shows_the_two_answers_side_by_side(served: Served) -> None:
    checked = check_value(PERSON)
    assert checked.patient is not None
    other = check_value(suppose(PERSON, checked.patient, checked.at, WhatIf(age=45)), checked.at)
    assert other.patient is not None
    answers = [assess(History(one.patient, one.at), one.faults) for one in (checked, other) if one.patient]
    movement = compare_before_after(*answers)
    page = served.post("/what-if", {**CARRIED, "if_age": "45"}).text
    moved = [item for row in movement.options for item in row.numbers if item.changed]
    assert moved
    for item in moved:
        assert f"<del>{item.before or 'unknown'}</del> <ins>{item.after or 'unknown'}</ins>" in page


def test_the_script_of_the_page_gets_the_part_that_moves_and_nothing_else(served: Served) -> None:
    part = served.post("/what-if", {**CARRIED, "if_age": "45"}, HX_Request="true").text
    whole = served.post("/what-if", {**CARRIED, "if_age": "45"}).text
    assert "<html" not in part
    assert part.strip() in whole


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"if_age": "abc"}, "Age: write a number from 0 to 120."),
        ({"if_interval": "0"}, "Days between two doses: write a number from 1 to 1000."),
        ({"if_quiet": "-1"}, "Years without a relapse: write a number"),
        ({"if_age": "5", "if_quiet": "2"}, "This cannot be of this person"),
        ({}, "Nothing is supposed yet."),
    ],
)
def test_what_cannot_be_supposed_is_said(served: Served, said: dict[str, str], told: str) -> None:
    assert told in served.post("/what-if", {**CARRIED, **said}).text


@pytest.mark.parametrize("said", [{"if_mri": "x"}, {"if_drug": "aspirin"}])
def test_a_choice_that_the_page_does_not_offer_is_refused(served: Served, said: dict[str, str]) -> None:
    assert served.post("/what-if", {**CARRIED, **said}).status == 400


def test_a_ranking_is_shown_only_where_every_option_has_the_risk(served: Served) -> None:
    assert "No ranking: no outcome is estimated" in served.post("/answer", CARRIED).text
    ticked = {**CARRIED, "ranking": "yes", "compare.continue": "yes", "compare.stop": "yes"}
    page = served.post("/ranking", ticked).text
    shares = [int(share) for share in re.findall(r'data-label="Rank \d">(\d+)<', page)]
    assert (len(shares), shares[0] + shares[1]) == (4, 100)
    assert "This is no recommendation." in page


def test_one_option_is_not_ranked(served: Served) -> None:
    assert "tick two options or more" in served.post(
        "/ranking", {**CARRIED, "ranking": "yes", "compare.stop": "yes"}).text  # fmt: skip


def test_icons_of_the_page_are_as_many_as_its_numbers(served: Served) -> None:
    page = served.post("/answer", CARRIED).text
    pictures = page.split('id="pictures"')[1]
    figures = re.findall(r'<strong>([^<]+)</strong>.*?data-filled="(\d+)"', pictures, re.DOTALL)
    assert len(figures) >= 5
    for words, filled in figures:
        shown = words.split(" (")[0]
        assert filled == ("0" if shown.startswith(("fewer", "0,")) else shown)


def test_another_disease_gets_no_ranking_and_no_pictures(served: Served) -> None:
    page = served.post("/answer", {"example": "10-aqp4-positive-49.json"}).text
    assert 'id="ranks"' not in page
    assert 'id="pictures"' not in page
    assert "not on the MS model" in page or "No answer from the MS model" in page
