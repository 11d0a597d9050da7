"""Sentences end where a reader would end them, and know their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.literature.drafting.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two? Three!", 3),
        ("In 4.5 % vs. 3.2 % of people. More.", 2),
        ("As e.g. Smith et al. Found it.", 1),
        ("It was so (p < .05). Then (see Fig. 2) not.", 2),
        ("It ended. but not here", 1),
        ("With U.S. Veterans. Done", 2),
        ("Heading\nText.", 2),
        ("", 0),
    ],
)
def test_how_many_sentences(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


@given(st.text(alphabet="aB1.? \n(", max_size=60), st.integers(0, 9))
def test_a_sentence_stands_where_it_says_and_nothing_is_lost(text: str, offset: int) -> None:
    found = split_sentences(text, offset)
    assert all(text[one.start - offset:one.end - offset] == one.text for one in found)
    assert "".join("".join(one.text for one in found).split()) == "".join(text.split())
