"""Decisions are kept by field, hold for the fields of a finding, and are read back with every fault named."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.literature.drafting.deciding import (
    Decision,
    Review,
    check_names,
    find_accepted,
    find_pending,
    read_review,
    read_value,
    write_review,
)
from stepdown.literature.drafting.proposing import Question, find_questions, make_id
from stepdown.literature.drafting.reading import read_draft
from stepdown.ms.errors import UserError
from unit.literature.drafting.invented_abstracts import make_citation

QUESTIONS = (Question("design", None), Question("n", 120.0), Question("findings.1.events", 30.0),
             Question("findings.1.outcome", "relapse"))


def test_everything_is_pending_until_it_is_decided() -> None:
    review = Review("7")
    assert find_pending(QUESTIONS, review) == QUESTIONS
    review = review.decide("n", Decision("accept")).decide("findings.1", Decision("reject"))
    assert [question.name for question in find_pending(QUESTIONS, review)] == ["design"]


def test_nothing_cannot_be_accepted() -> None:
    review = Review("7", others="accept")
    assert [question.name for question in find_pending(QUESTIONS, review)] == ["design"]
    assert not find_pending(QUESTIONS, review.decide("design", Decision("edit", "cohort")))


def test_a_field_is_decided_before_its_finding_and_that_before_the_others() -> None:
    review = Review(
        "7", {"findings.1": Decision("accept"), "findings.1.events": Decision("edit", 31.0)}, "reject"
    )
    assert find_accepted(QUESTIONS, review) == {"findings.1.events": 31.0, "findings.1.outcome": "relapse"}


def test_a_decision_can_be_taken_back() -> None:
    review = Review("7").decide("n", Decision("accept"))
    assert review.forget("n") == Review("7")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    review = Review("7", {"n": Decision("edit", 12.0), "design": Decision("reject")}, "accept")
    write_review(tmp_path / "r.json", review)
    assert read_review(tmp_path / "r.json", "7") == review
    assert read_review(tmp_path / "none.json", "7") == Review("7")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", 'its "pmid" must say so'),
        ('{"pmid": "8"}', "holds no decisions on PMID 7"),
        ('{"pmid": "7", "others": "maybe"}', '"others" is accept or reject'),
        ('{"pmid": "7", "decisions": {"n": "accept"}}', "n: write"),
        ('{"pmid": "7", "decisions": {"n": {"action": "keep"}}}', "accept, edit, reject"),
        ('{"pmid": "7", "decisions": {"n": {"action": "edit"}}}', 'needs a "value" that is a number'),
        ('{"pmid": "7", "decisions": {"design": {"action": "edit", "value": 3}}}', "that is words"),
    ],
)
def test_a_faulty_file_gets_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        read_review(path, "7")
    assert sentence in caught.value.sentence


def test_a_decision_on_no_field_is_named() -> None:
    with pytest.raises(UserError, match=r"'findings\.9' is no field of this draft"):
        check_names(QUESTIONS, Review("7", {"findings.9": Decision("reject")}), Path("r.json"))


def test_a_value_that_was_not_read_may_be_put_in() -> None:
    edits = {"findings.1.time_years": Decision("edit", 2.0), "n": Decision("reject")}
    check_names(QUESTIONS, Review("7", edits), Path("r.json"))
    assert find_accepted(QUESTIONS, Review("7", edits)) == {"findings.1.time_years": 2.0}


def test_events_without_their_number_of_people_are_asked_for_it() -> None:
    citation = make_citation(("RESULTS", "Two patients relapsed."))
    asked = {question.name: question for question in find_questions(read_draft(citation), citation)}
    assert asked["findings.1.n"].value is None and "of how many?" in asked["findings.1.n"].doubt


def test_a_number_is_wanted_where_a_number_belongs() -> None:
    assert (read_value("n", " 12,5 "), read_value("findings.1.outcome", "relapse ")) == (12.5, "relapse")
    with pytest.raises(UserError, match="n: a number is wanted"):
        read_value("n", "many")


def test_what_a_study_file_needs_is_asked_for_though_it_was_not_read() -> None:
    citation = make_citation(("RESULTS", "Somebody counted 9% (HR 2.0, 1.0-3.0)."), title="")
    names = {question.name: question.value for question in find_questions(read_draft(citation), citation)}
    assert names["id"] == "nemo2031" and names["design"] is None and names["diseases.1"] is None
    assert names["findings.2.versus"] is None and names["findings.2.level"] is None


def test_an_id_falls_back_on_the_pmid() -> None:
    citation = make_citation()
    assert make_id(type(citation)("7", 1)) == "pmid7"
