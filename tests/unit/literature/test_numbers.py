"""Numbers are read as papers print them."""

from __future__ import annotations

import pytest

from stepdown.literature.numbers import read_numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("16 (12.2%) of 131", [16, 12.2, 131]),
        ("10/41 (24.4 %)", [10, 41, 24.4]),
        ("HR 0·72 (95% CI 0·61-0·85)", [0.72, 95, 0.61, 0.85]),
        ("12,2 % der Patienten", [12.2]),
        ("1,234 and 12 345 and 1\u2009000 people", [1234, 12345, 1000]),
        ("Three of twenty relapsed; none died", [3, 20, 0]),
        ("Sixty-five of ninety, twenty one; fifty-fold", [65, 90, 21]),
        ("p<.05, p = .001", [0.05, 0.001]),
        ("at 12 weeks, in 2021.", [12, 2021]),
        ("no-one of seventeenth", []),
        ("CD20, B12, NCT01234567", []),
        ("37.5, 4 and 5", [37.5, 4, 5]),
        ("follow-up (median 2.5 years)", [2.5]),
        ("one hundred and five of three hundred", [105, 300]),
        ("Two hundred and ten of four hundred sixty-five; two hundred thousand", [210, 465]),
        ("two-year risk, two-fold", [2]),
        ("n\u200a=\u200a16, 12\u22c55 %, 1\u2005234", [16, 12.5, 1234]),
    ],
)
def test_values_of_a_text(text: str, values: list[float]) -> None:
    assert [number.value for number in read_numbers(text)] == values


def test_a_number_knows_its_place_and_whether_it_is_per_cent() -> None:
    text = "in 12.5 % and 7 people"
    share, count = read_numbers(text)
    assert (text[share.start:share.end], share.is_percent) == ("12.5 %", True)
    assert (text[count.start:count.end], count.is_percent) == ("7", False)
