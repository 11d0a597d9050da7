"""What matters to the patient: who is compared, when one does better, and when nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invented import answer
from stepdown.decisions.answer import Answer, Option, Per100, Risk, Studied
from stepdown.reports.patient_choices import find_choices
from stepdown.reports.patient_matters import POINTS, UNSURE, Matters, find_matters
from stepdown.reports.readability import measure_readability
from stepdown.reports.wording import PATIENT_MATTERS, read_wording

NOBODY = Studied(None, None, None)


def risk(estimate: float, low: float, high: float, speaks_for: str = "people_like_this") -> Risk:
    per_100 = Per100(estimate, low, high)
    return Risk("relapse", "invented", 2.0, "estimated", "", per_100, 1, 100, 5, "invented",
                NOBODY, (), speaks_for, "both")  # fmt: skip


def weigh(staying: Risk | None, stopping: Risk | None, ticked: tuple[str, ...] = ("relapse",)) -> Matters:
    """The points for somebody who may go on or stop, with these risks of a relapse."""
    given = {"continue": staying, "stop": stopping}
    found = answer()
    options = tuple(
        replace(option, risks=(given[option.id],) if given[option.id] else (), standing="reasonable")
        for option in found.options
        if option.id in given
    )
    return find_matters(find_choices(replace(found, options=options)), ticked)


@pytest.mark.parametrize(
    ("staying", "stopping", "verdict"),
    [
        (risk(10, 8, 12), risk(5, 3, 7), "fewer"),
        (risk(5, 3, 7), risk(10, 8, 12), "more"),
        (risk(10, 5, 15), risk(8, 4, 14), "maybe_fewer"),
        (risk(8, 4, 14), risk(10, 5, 15), "maybe_more"),
        (risk(8.1, 4, 14), risk(7.9, 4, 14), "same"),
        (risk(8, 4, 10), risk(12, 10, 14), "maybe_more"),
        (risk(8, 4, 14), risk(8, 4, 14, "people_in_studies"), "other_people"),
        (risk(8, 4, 14), None, "unknown"),
        (None, risk(8, 4, 14), "no_reference"),
    ],
)
def test_a_choice_does_better_or_worse_only_where_the_ranges_are_apart(
    staying: Risk | None, stopping: Risk | None, verdict: str
) -> None:
    (point,) = weigh(staying, stopping).points
    assert [row.verdict for row in point.choices] == ["reference" if staying else "unknown", verdict]


def test_the_number_is_that_of_the_pages() -> None:
    (point,) = weigh(risk(8.4, 4.2, 14.6), risk(0.4, 0.1, 0.9)).points
    assert point.choices[0].number == "8 of every 100. The range is 4 to 15."
    assert point.choices[1].number.startswith("fewer than 1 of every 100.")


def test_no_event_in_the_studies_is_never_said_without_what_is_still_possible() -> None:
    nobody = replace(risk(0, 0, 6, "people_in_studies"), events=0)
    (point,) = weigh(risk(8, 4, 14), nobody).points
    assert "Up to 6 of every 100 could still be possible." in point.choices[1].number


def test_who_does_not_know_is_shown_every_point_in_one_order() -> None:
    keys = [point.key for point in weigh(risk(8, 4, 14), risk(9, 4, 14), (UNSURE, "burden")).points]
    assert keys == list(POINTS)
    assert weigh(risk(8, 4, 14), risk(9, 4, 14), ()).points == ()


def test_doses_are_counted_and_not_judged() -> None:
    (point,) = weigh(risk(8, 4, 14), risk(9, 4, 14), ("burden",)).points
    assert [row.number for row in point.choices][1] == "No doses."
    assert not {row.label for row in point.choices} & {"better", "worse", "maybe better", "maybe worse"}


def standings(found: Answer, *standings: str) -> tuple[Option, ...]:
    given = zip(found.options, standings, strict=False)
    return tuple(replace(option, standing=standing) for option, standing in given)


@pytest.mark.parametrize("closed", ["not-advised", "cannot-say"])
def test_what_is_not_open_is_never_compared_and_keeps_its_reason(closed: str) -> None:
    found = answer()
    options = standings(found, "reasonable", closed, closed, "possible")
    matters = find_matters(find_choices(replace(found, options=options)), POINTS)
    compared = {row.letter for point in matters.points for row in point.choices}
    left = {choice.letter for choice in matters.not_compared}
    assert not compared & left
    assert left
    assert all(choice.reasons for choice in matters.not_compared)


def test_one_open_choice_is_compared_with_nothing() -> None:
    found = answer()
    options = standings(found, "reasonable", *["not-advised"] * 9)
    assert find_matters(find_choices(replace(found, options=options)), POINTS).points == ()


def list_sentences() -> list[str]:
    tables = [read_wording(PATIENT_MATTERS)[name] for name in ("page", "sentence", "number", "burden")]
    return [str(text) for table in tables for text in table.values()]


def test_the_sentences_are_plain() -> None:
    assert measure_readability(list_sentences()).grade <= 6
    words = [len(part.split()) for text in list_sentences() for part in text.split(". ")]
    assert max(words) <= 15
