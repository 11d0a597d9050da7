"""VIAADISC stands beside a stop as points, never as a group nobody published, and only where it holds."""

from __future__ import annotations

import pytest

from invented import answer, history, on, option
from stepdown.decisions.score import find_points
from stepdown.decisions.situation import find_situation


def test_the_points_and_the_printed_risks_stand_beside_a_stop() -> None:
    rules = {rule.id: rule for rule in option(answer(), "stop").rules}
    text = rules["viaadisc-points"].text
    assert text.startswith("VIAADISC: 0 of 6 points.")
    assert "7 of 100 people in its low group, 36 to 38 in the moderate and 83 to 85 in the high" in text


def test_a_missing_fact_gives_a_range_of_points() -> None:
    rules = {rule.id: rule for rule in option(answer(mri=[]), "stop").rules}
    assert rules["viaadisc-points"].text.startswith("VIAADISC: 0 to 2 of 6 points.")


@pytest.mark.parametrize("drug", ["natalizumab", "fingolimod"])
def test_no_points_are_printed_where_the_score_cannot_tell_people_apart(drug: str) -> None:
    found = option(answer(treatments=on(drug)), "stop")
    assert "viaadisc-points" not in {rule.id for rule in found.rules}


def test_the_points_are_among_the_facts() -> None:
    assert find_points(find_situation(history())).value == 0
