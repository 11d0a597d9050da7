"""What each sentence of an abstract is for: background, objective, methods, results or conclusions.

A linear model with one weight for each feature and role gives each sentence its scores; the most probable
sequence of roles is then found over the whole abstract (Viterbi 1967, doi:10.1109/TIT.1967.1054010). It was
trained on the headings that PubMed itself gives; ``tools/train_sentence_roles.py`` writes the weights and
measures them. A section whose heading is one of the five, by PubMed or plainly, needs no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.drafting.headings import find_heading_role, follow_headings
from stepdown.literature.drafting.sentence_features import find_features
from stepdown.literature.drafting.sentences import Sentence, split_sentences

#: PubMed's categories of the sections of a structured abstract.
ROLES = ("BACKGROUND", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS")
WEIGHTS = "sentence_roles.npz"
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Weights (features x roles), the scores of beginning with a role, and of one role after another."""

    weights: Array
    bias: Array
    first: Array
    following: Array


@dataclass(frozen=True, slots=True)
class SentenceInRole:
    """A sentence of title and abstract with its place there, and its role; the title's is TITLE."""

    sentence: Sentence
    role: str


@cache
def read_model() -> RoleModel:
    """The shipped model: weights are whole numbers of a unit, and all others are zero."""
    with (files("stepdown.literature.drafting") / WEIGHTS).open("rb") as file, np.load(file) as held:
        weights = np.zeros((int(held["slots"]), len(ROLES)))
        weights[held["rows"]] = held["weights"] * float(held["unit"])
        return RoleModel(weights, held["bias"], held["first"], held["following"])


def write_text(citation: Citation) -> str:
    """The text that places in a draft are counted in: title, line feed, abstract with its headings."""
    return f"{citation.title}\n{citation.abstract_text}"


def find_roles(citation: Citation) -> tuple[SentenceInRole, ...]:
    """Every sentence of title and abstract with its role: PubMed's own, its heading's, or the model's."""
    offset = len(citation.title) + 1
    title = Sentence(citation.title, 0, len(citation.title))
    found: list[tuple[Sentence, str]] = []
    for section in citation.abstract:
        offset += len(section.label) + 2 if section.label else 0
        category = section.category if section.category in ROLES else find_heading_role(section.label)
        sentences = list(split_sentences(section.text, offset))
        within = follow_headings(sentences)
        found += [(sentence, category or inner) for sentence, inner in zip(sentences, within, strict=True)]
        offset += len(section.text) + 1
    return (SentenceInRole(title, "TITLE"), *_fill_roles(found))


def _fill_roles(found: Sequence[tuple[Sentence, str]]) -> Iterator[SentenceInRole]:
    """The roles that are given, and the model's where they are not."""
    needed = any(not category for _, category in found)
    guessed = predict_roles([sentence.text for sentence, _ in found]) if needed else [""] * len(found)
    for (sentence, category), guess in zip(found, guessed, strict=True):
        yield SentenceInRole(sentence, category or guess)


def predict_roles(sentences: Sequence[str], model: RoleModel | None = None) -> list[str]:
    """The roles of the sentences of one abstract, in order."""
    if not sentences:
        return []
    model = model or read_model()
    return [ROLES[role] for role in find_best_sequence(score_sentences(sentences, model), model)]


def score_sentences(sentences: Sequence[str], model: RoleModel) -> Array:
    """The log-probability of each role for each sentence by itself: sentences x roles."""
    rows = [model.weights[places].sum(axis=0) / np.sqrt(len(places)) for places in find_features(sentences)]
    scores = np.array(rows) + model.bias
    scores -= scores.max(axis=1, keepdims=True)
    normalised: Array = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return normalised


def find_best_sequence(scores: Array, model: RoleModel) -> list[int]:
    """The sequence of roles with the largest sum of scores."""
    best, before = scores[0] + model.first, []
    for row in scores[1:]:
        paths = best[:, None] + model.following
        before.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    sequence = [int(best.argmax())]
    for step in reversed(before):
        sequence.append(int(step[sequence[-1]]))
    return sequence[::-1]


def find_own_roles(abstract: Sequence[AbstractSection]) -> list[tuple[str, str]]:
    """The sentences of a structured abstract with PubMed's roles; none unless every section has one."""
    if len(abstract) < 2 or any(section.category not in ROLES for section in abstract):
        return []
    return [(sentence.text, section.category)
            for section in abstract for sentence in split_sentences(section.text)]


def round_weights(weights: Array, levels: int = 127) -> tuple[NDArray[np.int8], float]:
    """The weights as whole numbers of a unit, and the unit: they fit into a byte each."""
    unit = float(np.abs(weights).max()) / levels
    return np.rint(weights / unit).astype(np.int8), unit


def save_model(path: Path, model: RoleModel) -> None:
    """Write the weights as bytes, rows without any left out."""
    whole, unit = round_weights(model.weights)
    rows = np.flatnonzero(whole.any(axis=1)).astype(np.int32)
    np.savez_compressed(path, slots=len(whole), unit=unit, rows=rows, weights=whole[rows],
                        bias=model.bias, first=model.first, following=model.following)
