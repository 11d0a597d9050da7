"""Words as numbers among their labels, part by part."""

from __future__ import annotations

from stepdown.cohorts.population.words import Words


def test_parts_with_other_labels_keep_their_words_and_what_is_unknown() -> None:
    joined = Words.join([Words.of(["b", "", "a"]), Words.of(["c", "a"]), Words.of([])])
    assert joined.to_array().tolist() == ["b", "", "a", "c", "a"]
    assert joined.labels == ("", "a", "b", "c")
    assert joined.unknown.tolist() == [False, True, False, False, False]


def test_some_rows_of_words_are_marked_by_their_label() -> None:
    chosen = Words.of(["b", "a", "b"])[[0, 2, 1]]
    assert chosen.mark("b").tolist() == [True, True, False]
