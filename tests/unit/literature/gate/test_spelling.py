"""Letters that only look like ours, hidden characters, and words that may be meant for a drug."""

from __future__ import annotations

import pytest

from stepdown.literature.gate.mentions import split_sentences
from stepdown.literature.gate.spelling import find_strange_letters, find_unknown_drugs, fold, normalise


@pytest.mark.parametrize("text", ["\ufeffritu\u200bxi\u00admab", "\uff52ituximab", "ritu\u2060ximab\u200e"])
def test_what_nobody_sees_is_taken_out(text: str) -> None:
    assert normalise(text) == "rituximab"


@pytest.mark.parametrize("word", ["ritux\u0456mab", "\u03bfcrelizumab", "natali\u0437umab"])
def test_a_letter_of_another_alphabet_is_found(word: str) -> None:
    assert list(find_strange_letters(f"They stopped {word}.")) == [word]
    assert list(find_strange_letters("They stopped an \u00e9t\u00e9 ago, Ko\u015bcielny said.")) == []


@pytest.mark.parametrize("word", [
    "rituximap", "ocrelizumap", "natalizunab", "fingolimot",
    "rituxlmab", "tisabri", "Zolvira", "gilenja",
])
def test_a_word_near_a_drug_or_in_its_place_is_named(word: str) -> None:
    assert list(find_unknown_drugs(f"Of 41 people who stopped {word}, 4 had a relapse.")) == [word.lower()]


@pytest.mark.parametrize("sentence", [
    "Of 41 people who stopped ocrelizumab, 4 had a relapse.",
    "81 people took part.", "They stopped early.",
    "People who stayed on their drug were watched.", "They switched from fingolimod to rituximab.",
])
def test_a_drug_and_everyday_words_are_known(sentence: str) -> None:
    assert list(find_unknown_drugs(sentence)) == []


def test_accents_do_not_hide_a_drug() -> None:
    assert fold("ritux\u00edmab") == "rituximab"


@pytest.mark.parametrize(("text", "sentences"), [
    ("There is no\nrisk in it.", ["There is no risk in it."]),
    ("The main point\nOne study was read.", ["The main point", "One study was read."]),
    ("One long line that goes on and on until it is full and\nBritain is named.",
     ["One long line that goes on and on until it is full and Britain is named."]),
    ("People: 40\nAge: 50 years", ["People: 40", "Age: 50 years"]),
])
def test_a_line_that_goes_on_is_put_together_whatever_its_width(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text)) == sentences
