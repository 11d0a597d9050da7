"""What moved between two answers is named with the studies that it counts, and nothing else is blamed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdown.decisions.answer import Alert, Answer, Per100, Reason
from stepdown.evidence.reading import mark_studies
from stepdown.reports.answer_changes import (
    AnswerChange,
    StudyChange,
    compare_answers,
    find_movers,
    find_study_changes,
)
from unit.reports.invented_answers import injectable, natalizumab, refused


def with_first_risk(answer: Answer, **changes: object) -> Answer:
    """The answer with the first risk of its first option changed."""
    option = answer.options[0]
    risks = (replace(option.risks[0], **changes), *option.risks[1:])  # type: ignore[arg-type]
    return replace(answer, options=(replace(option, risks=risks), *answer.options[1:]))


@pytest.mark.parametrize("make", [injectable, natalizumab, refused])
def test_an_answer_does_not_differ_from_itself(make: type[Answer]) -> None:
    assert list(compare_answers(make(), make())) == []  # type: ignore[call-arg]


def test_a_number_that_moves_is_shown_before_and_after_with_its_studies() -> None:
    (change,) = compare_answers(injectable(), with_first_risk(
        injectable(), per_100=Per100(9.0, 4.0, 19.0), sources=("new2030#relapse-stop",), studies=1))
    assert change.kind == "number" and "new2030" in change.studies
    assert change.before is not None and change.before.startswith("2 (fewer than 1 to 7) (estimated, ")
    assert change.after == "9 (4 to 19) (estimated, 1 study)"


def test_a_number_that_stays_but_counts_another_study_is_told() -> None:
    """The same number from other people is no longer the same statement."""
    other = with_first_risk(injectable(), sources=("new2030#relapse-stop",))
    (change,) = compare_answers(injectable(), other)
    assert change.before == change.after and "new2030" in change.studies


def test_a_sentence_that_comes_goes_or_reads_otherwise_is_told() -> None:
    answer = injectable()
    option = answer.options[0]
    reasons = (*option.reasons_for[1:], Reason("Invented.", "new-rule", ("new2030",)))
    later = replace(answer, options=(replace(option, reasons_for=reasons), *answer.options[1:]),
                    alerts=(*answer.alerts, Alert("new-alert", "note", "Invented.", ())))
    found = {change.what: (change.before, change.after) for change in compare_answers(answer, later)}
    assert found.pop("new-rule") == (None, "Invented.") and found.pop("new-alert") == (None, "Invented.")
    assert [after for _, after in found.values()] == [None] * len(option.reasons_for[:1])


def test_facts_and_pml_that_become_unknown_are_told() -> None:
    answer = natalizumab()
    assert answer.pml
    facts = (replace(answer.facts[0], state="unknown", value=None), *answer.facts[1:])
    found = list(compare_answers(answer, replace(answer, pml=(), facts=facts)))
    assert {(change.kind, change.after) for change in found} == {("number", "unknown"), ("fact", "unknown")}


def test_studies_that_came_changed_or_went_are_told_apart() -> None:
    marks = dict(mark_studies())
    then = {name: mark for name, mark in marks.items() if name != "corboy2023"}
    old = replace(injectable(), studies=then | {"coerver2025": "other", "gone2020": "mark"})
    found = find_study_changes(old, replace(injectable(), studies=marks))
    assert found is not None
    assert {study.id: study.kind for study in found} == {
        "corboy2023": "added", "coerver2025": "changed", "gone2020": "gone"}


def test_an_answer_that_names_no_studies_says_nothing_of_them() -> None:
    assert find_study_changes(replace(injectable(), studies={}), injectable()) is None


def test_only_studies_that_changed_and_are_counted_are_said_to_move_a_number() -> None:
    change = AnswerChange("number", "option", "relapse", "1", "2", ("a2020", "b2021"))
    changed = (StudyChange("b2021", "changed", "", ""), StudyChange("c2022", "added", "", ""))
    assert find_movers(change, changed) == ("b2021",)
