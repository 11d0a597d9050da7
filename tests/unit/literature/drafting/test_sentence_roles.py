"""Sentences get PubMed's own roles where it gives them, and the model's where it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from stepdown.literature.citation import AbstractSection
from stepdown.literature.drafting.sentence_features import SLOTS, find_features
from stepdown.literature.drafting.sentence_roles import (
    ROLES,
    RoleModel,
    find_best_sequence,
    find_own_roles,
    find_roles,
    predict_roles,
    read_model,
    save_model,
    write_text,
)
from unit.literature.drafting.invented_abstracts import STOPPING, make_citation


def test_headings_of_pubmed_are_taken_as_they_are() -> None:
    roles = find_roles(make_citation())
    assert [item.role for item in roles] == [
        "TITLE", "BACKGROUND", "METHODS", "METHODS", "RESULTS", "RESULTS", "RESULTS", "CONCLUSIONS"]


def test_a_plain_heading_says_what_its_section_is_though_pubmed_has_not_classed_it() -> None:
    sections = (("Introduction", "Women with MS stop."), ("Material & Methods", "Pregnancies of a registry."),
                ("Findings", "Four of ten relapsed."), ("Funding", "A council."))
    parts = tuple(AbstractSection(text, label) for label, text in sections)
    citation = replace(make_citation(), abstract=parts)
    assert [item.role for item in find_roles(citation)][1:4] == ["BACKGROUND", "METHODS", "RESULTS"]


def test_headings_within_the_text_hold_until_the_next() -> None:
    text = ("Background: Drugs are stopped. Methods: Files were reviewed. Two centres took part. "
            "Results: Ten of 40 relapsed. Conclusion: Stopping has a price.")
    plain = replace(make_citation(), abstract=(AbstractSection(text),))
    assert [item.role for item in find_roles(plain)][1:] == [
        "BACKGROUND", "METHODS", "METHODS", "RESULTS", "CONCLUSIONS"]


def test_the_model_tells_the_parts_of_an_abstract_without_headings() -> None:
    plain = replace(make_citation(), abstract=(AbstractSection(" ".join(text for _, text in STOPPING)),))
    guessed = [item.role for item in find_roles(plain)][1:]
    assert guessed[0] == "BACKGROUND" and guessed[1] == "METHODS" and guessed[3] == "RESULTS"


def test_places_are_counted_in_title_and_abstract_with_headings() -> None:
    citation = make_citation()
    text = write_text(citation)
    assert all(
        text[item.sentence.start : item.sentence.end] == item.sentence.text for item in find_roles(citation)
    )


def test_the_best_sequence_weighs_words_against_order() -> None:
    """By hand: sentence 2 prefers role 1 by 1, but role 1 after role 0 costs 3, so role 0 stays."""
    scores = np.array([[0.0, -9, -9, -9, -9], [-1.0, 0, -9, -9, -9]])
    following = np.zeros((5, 5))
    free = RoleModel(np.zeros((1, 5)), np.zeros(5), np.zeros(5), following)
    assert find_best_sequence(scores, free) == [0, 1]
    costly = following.copy()
    costly[0, 1] = -3
    assert find_best_sequence(scores, replace(free, following=costly)) == [0, 0]


def test_no_sentences_have_no_roles() -> None:
    assert predict_roles([]) == []
    assert [item.role for item in find_roles(replace(make_citation(), abstract=()))] == ["TITLE"]


def test_features_are_places_in_the_table_of_weights() -> None:
    one, two = find_features(["We aimed to see 12 people.", "We saw 400 people."])
    assert one == sorted(set(one)) and max(*one, *two) < SLOTS
    assert find_features(["We aimed to see 99 people.", "We saw 400 people."])[0] == one


def test_only_wholly_labelled_abstracts_are_learned_from() -> None:
    parts = make_citation().abstract
    assert [role for _, role in find_own_roles(parts)][:2] == ["BACKGROUND", "METHODS"]
    assert find_own_roles((*parts, AbstractSection("More.", "NOTE", "UNASSIGNED"))) == []
    assert find_own_roles(parts[:1]) == []


def test_a_saved_model_is_read_as_whole_numbers_of_a_unit(tmp_path: Path) -> None:
    weights = np.zeros((SLOTS, len(ROLES)))
    weights[5] = [1.27, -0.64, 0, 0, 0.001]
    model = RoleModel(weights, np.ones(5), np.zeros(5), np.zeros((5, 5)))
    save_model(tmp_path / "m.npz", model)
    with np.load(tmp_path / "m.npz") as held:
        assert held["rows"].tolist() == [5] and held["weights"].tolist() == [[127, -64, 0, 0, 0]]


def test_the_shipped_model_has_a_weight_for_every_role() -> None:
    model = read_model()
    assert model.weights.shape == (SLOTS, len(ROLES)) and (np.abs(model.weights).sum(axis=0) > 0).all()
