"""The order is learned from the labels, and is the same each time."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn")

from stepdown.literature.citation import Citation
from stepdown.literature.screening.ranking import Ranking, weigh, write_text

TITLES = (
    "stopping a drug", "stopping another drug", "yoga and sleep", "diet and sleep", "stopping at last",
    "sleep")
CITATIONS = [Citation(str(number), 1, title=title) for number, title in enumerate(TITLES)]


def test_citations_like_the_relevant_ones_come_first() -> None:
    order = Ranking(CITATIONS).order({"0": True, "2": False})
    assert set(order[:2]) == {"1", "4"} and set(order) == {"1", "3", "4", "5"}


def test_until_both_labels_are_there_the_order_is_that_of_the_list() -> None:
    assert Ranking(CITATIONS).order({"0": True}) == ["1", "2", "3", "4", "5"]


def test_all_relevant_ones_weigh_as_much_as_asreview_lets_them() -> None:
    """ASReview's balancer: relevant 1, irrelevant n1 / (9.8 n0), scaled to one on average."""
    weights = weigh([True, False, False])
    assert weights[0] / (weights[1] + weights[2]) == pytest.approx(9.8)
    assert sum(weights) == pytest.approx(3)


def test_what_the_rule_finds_stands_among_the_words() -> None:
    text = write_text(Citation("1", 1, title="Patients with MS who stopped fingolimod"))
    assert text.split()[-3:] == ["xxrulenames_drug", "xxrulehas_action", "xxruleis_human"]


def test_the_order_is_the_same_each_time() -> None:
    labels = {"0": True, "2": False, "9": True}
    assert Ranking(CITATIONS).order(labels) == Ranking(CITATIONS).order(labels)
