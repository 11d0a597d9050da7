"""What differs between two answers for one person, a line each, and the people who are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.interfaces.cli._option_changes import read_people, write_change
from stepdown.patients.checking import open_person
from stepdown.patients.history import History
from stepdown.reports.answer_changes import compare_answers
from stepdown.reports.wording import name_word

EXAMPLE = Path(__file__).resolve().parents[4] / "examples" / "01-injectable-stable-61.json"


@pytest.fixture(scope="module")
def answer() -> Iterator[Answer]:
    checked = open_person(EXAMPLE)
    assert checked.patient is not None
    yield assess(History(checked.patient, checked.at))


def write_changes(old: Answer, new: Answer) -> list[str]:
    return [write_change(change) for change in compare_answers(old, new)]


def test_the_same_answer_has_no_difference(answer: Answer) -> None:
    assert write_changes(answer, answer) == []


def test_an_option_that_goes_and_one_that_comes_are_named(answer: Answer) -> None:
    fewer = replace(answer, options=answer.options[1:])
    (gone,), (come,) = write_changes(answer, fewer), write_changes(fewer, answer)
    assert gone.endswith(": no longer offered") and come.endswith(": newly offered")


def test_a_standing_and_a_number_that_change_are_said_before_and_after(answer: Answer) -> None:
    option = answer.options[0]
    risk = next(risk for risk in option.risks if risk.per_100)
    risks = tuple(replace(item, per_100=None) if item == risk else item for item in option.risks)
    other = replace(option, standing="cannot-say", risks=risks)
    first, second = write_changes(answer, replace(answer, options=(other, *answer.options[1:])))
    assert first.endswith(f": standing {option.standing} -> cannot-say")
    assert f": {name_word('outcome', risk.outcome)} within " in second and second.endswith(" -> unknown")


def test_invented_people_are_free_of_errors_and_one_for_each_drug_and_age() -> None:
    names = [person.name for person in read_people(None)]
    assert len(names) == len(set(names)) == 18
    assert {name.partition(", ")[2] for name in names} == {"36 years", "62 years"}
