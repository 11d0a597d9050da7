"""Which drugs and directions a text names."""

from __future__ import annotations

import pytest

from stepdown.literature.gate.terms import find_directions, find_diseases, find_drugs


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("She took Ocrevus.", {"ocrelizumab"}),
        ("interferon beta or glatiramer", {"interferon-beta", "glatiramer-acetate"}),
        ("ritonavir", {"ritonavir"}),
        ("a new drug, zetamimab", {"zetamimab"}),
        ("checkpoint inhibitors", {"checkpoint inhibitor"}),
        ("They combine well.", set()),
    ],
)
def test_drugs_go_by_their_name_brand_or_ending(text: str, drugs: set[str]) -> None:
    assert find_drugs(text) == drugs


def test_an_illness_that_no_study_is_about_goes_by_its_own_word() -> None:
    assert find_diseases("MS and lupus") == {"MS", "lupus"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("more often", {"more"}),
        ("for more than 2 years", set()),
        ("who took natalizumab less often", set()),
        ("it came less often", {"less"}),
        ("at similar rates", {"same"}),
    ],
)
def test_turns_of_phrase_are_no_direction(text: str, found: set[str]) -> None:
    assert find_directions(text) == found
