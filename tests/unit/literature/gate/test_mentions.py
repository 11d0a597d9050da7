"""What each number of a sentence is."""

from __future__ import annotations

import pytest

from stepdown.literature.gate.mentions import find_mentions, split_sentences


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Of every 100 people, about 8 had a relapse.", [("scaled", (8, 100))]),
        ("About 8 of every 1,000 had it.", [("scaled", (8, 1000))]),
        ("It came in 24.4% of them.", [("percent", (24.4,))]),
        ("It was 4 of 53 people.", [("count", (4, 53))]),
        ("Of the 131 people who stopped, 16 had a relapse.", [("count", (16, 131))]),
        ("Four of 53 had it.", [("count", (4, 53))]),
        ("None of 20 people had it.", [("none-of", (20,))]),
        ("as little as 3 or as much as 23", [("range", (3, 23))]),
        ("between 3 and 23 of every 100", [("range", (3, 23))]),
        ("up to 26 of every 100", [("bound", (26,))]),
        ("The other 92 had none.", [("rest", (92,))]),
        ("For 16 months.", [("time", (16,))]),
        ("aged 55 or older", [("age", (55,))]),
        ("the ratio is 0.87", [("ratio", (0.87,))]),
        ("259 people in 2024", [("people", (259,)), ("year", (2024,))]),
        ("Grade 3 of it.", [("bare", (3,))]),
        ("one of them", [("bare", (1,))]),
        ("No one knows.", []),
    ],
)
def test_a_number_gets_its_role(sentence: str, expected: list[tuple[str, tuple[float, ...]]]) -> None:
    found = [(mention.role, mention.values) for mention in find_mentions(sentence)]
    assert [row for row in found if row[1] != (100.0,)] == expected


def test_wrapped_lines_are_put_together_and_list_items_are_not() -> None:
    long = "This sentence was wrapped by a program at the width of a terminal\nand ends here."
    text = f"A title\n-------\n{long}\n- one\n- two"
    assert list(split_sentences(text)) == [
        "A title",
        "This sentence was wrapped by a program at the width of a terminal and ends here.",
        "one",
        "two",
    ]
