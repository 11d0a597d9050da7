"""Advice, promises and words on everybody: each class is stopped, and what an editor may say is not."""

from __future__ import annotations

import pytest

from stepdown.literature.gate.mentions import find_mentions
from stepdown.literature.gate.promises import find_advice, find_promises, says_outcome_of_people

_COUNTS = frozenset({"count", "scaled", "percent", "none-of", "all-of"})


def promises(sentence: str) -> list[str]:
    return list(find_promises(sentence, [m for m in find_mentions(sentence) if m.role in _COUNTS]))


@pytest.mark.parametrize("sentence", [
    "There is nothing to be afraid of.", "Nobody came to harm.", "The risk is nil.", "It won't hurt.",
    "A break is free from danger.",
    "It is unlikely to cause trouble.", "They did it without any problem.",
    "There was a lack of side effects.", "Hardly a worry.", "The danger is negligible.",
])
def test_that_there_is_no_harm_is_a_promise(sentence: str) -> None:
    assert promises(sentence)


@pytest.mark.parametrize("sentence", [
    "Everyone kept well.", "No patient had one.", "Each of them went on.", "Virtually nobody had it.",
    "Not even one person had it.", "All stayed as they were.", "It went on without exception.",
])
def test_what_holds_for_everybody_needs_a_number_that_says_so(sentence: str) -> None:
    assert promises(sentence)


@pytest.mark.parametrize("sentence", [
    "None of the 20 people had a relapse.",
    "It cannot tell you your own risk.", "Risks are told as counts.",
    "The study does not count all harms.",
    "Of 41 people, 37 had no relapse.", "About 10 of every 100 had it.",
])
def test_a_number_or_what_a_study_cannot_tell_is_no_promise(sentence: str) -> None:
    assert promises(sentence) == []


@pytest.mark.parametrize("sentence", [
    "Delay it.", "Please pause the drug.",
    "So, wait.", "You could simply skip it.", "Don't call anyone.",
    "You do not have to tell your team.", "It is time to stop.",
    "People should switch.", "Feel free to quit.",
    "You had better leave it.", "There is no reason to ask.",
    "First, cut the dose.", "It may be best to stop.",
])
def test_what_to_do_with_a_treatment_is_advice(sentence: str) -> None:
    assert list(find_advice(sentence))


@pytest.mark.parametrize("sentence", [
    "Ask your MS team.", "Please call your nurse.",
    "Bring a list of your drugs.", "81 people took part.",
    "Do not stop or change your drug on your own.", "Write down what you want to ask.",
    "Of 41 people who stopped, 4 had a relapse.", "Talk with your team about what matters to you.",
])
def test_asking_and_telling_what_was_done_is_no_advice(sentence: str) -> None:
    assert list(find_advice(sentence)) == []


def test_what_became_of_people_is_told_from_what_a_page_is_about() -> None:
    assert says_outcome_of_people("People stayed free of relapses.")
    assert not says_outcome_of_people("This page is about relapses.")
    assert not says_outcome_of_people("It does not tell who had a relapse.")
