"""Comorbidities: the published list, its synonyms, and the general form that may be the severe one."""

from __future__ import annotations

import pytest

from stepdown.ms.comorbidities import (
    Comorbidity,
    ComorbidityNotFound,
    find_comorbidity,
    has_condition,
    read_comorbidities,
    read_conditions,
    read_situations,
)


@pytest.mark.parametrize(("text", "name"), [
    ("Hypertension", "hypertension"), ("heart attack", "myocardial-infarction"), ("TIA", "tia"),
    ("macular edema", "macular-oedema"), ("low IgG", "hypogammaglobulinaemia"),
    ("cirrhosis", "severe-liver-disease"),
    ("second degree AV block", "av-block"), ("2nd degree heart block", "av-block"), ("Mobitz II", "av-block"),
    ("AV-Block II", "av-block"), ("afib", "arrhythmia"), ("high blood pressure", "hypertension"),
    ("hep B", "hepatitis-b"), ("essential hypertension", "hypertension"), ("CKD stage 3", "kidney-disease"),
    ("CKD stage 4", "severe-kidney-disease"), ("Type-2 Diabetes", "diabetes"),
])
def test_a_name_or_synonym_finds_its_condition(text: str, name: str) -> None:
    found = find_comorbidity(text)
    assert isinstance(found, Comorbidity)
    assert found.name == name


def test_a_slip_is_answered_by_suggestions() -> None:
    assert find_comorbidity("diabetis") == ComorbidityNotFound(("diabetes",))


@pytest.mark.parametrize("text", ["no AV block", "family history of stroke", "suspected cancer"])
def test_a_word_that_changes_the_meaning_is_never_passed_over(text: str) -> None:
    found = find_comorbidity(text)
    assert isinstance(found, ComorbidityNotFound) and found.suggestions


def test_something_else_is_not_found() -> None:
    assert find_comorbidity("tinnitus") == ComorbidityNotFound()


@pytest.mark.parametrize(("conditions", "asked", "answer"), [
    ({"stroke"}, "stroke", True), ({"stroke"}, "tia", False), (set(), "stroke", False),
    ({"liver-disease"}, "severe-liver-disease", None), ({"severe-liver-disease"}, "liver-disease", True),
    ({"other-thing"}, "stroke", False),
])
def test_the_general_form_leaves_the_severe_one_open(
    conditions: set[str], asked: str, answer: bool | None
) -> None:
    assert has_condition(conditions, asked) is answer


def test_no_condition_is_also_a_situation() -> None:
    assert not set(read_comorbidities()) & set(read_situations())
    assert read_conditions() == set(read_comorbidities()) | set(read_situations())


def test_no_synonym_names_two_conditions() -> None:
    names = [text.casefold() for row in read_comorbidities().values() for text in (row.name, *row.synonyms)]
    assert len(set(names)) == len(names)


def test_the_general_form_of_a_severe_one_is_on_the_list() -> None:
    severe = [row.severe_form_of for row in read_comorbidities().values() if row.severe_form_of]
    assert severe and set(severe) <= set(read_comorbidities())
