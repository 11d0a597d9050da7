"""The rule of screening beside hand-made labels of 469 real records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.literature.citation import Citation
from stepdown.literature.pubmed_file import ARTICLE, read_pieces
from stepdown.literature.pubmed_record import cut_references, read_record
from stepdown.literature.screening.labels import read_labels
from stepdown.literature.screening.relevance import judge_relevance
from stepdown.literature.screening.study_design import DESIGNS as STUDY_DESIGNS
from stepdown.literature.screening.study_design import classify_design

DESIGNS = Path(__file__).resolve().parents[2] / "validation" / "screening" / "design-labels.tsv"
GOLD = Path(__file__).resolve().parents[2] / "validation" / "screening" / "gold-labels.tsv"


def read_citations(reference: Path, name: str) -> Iterator[Citation]:
    pieces = read_pieces(reference / "data" / "pubmed" / name)
    return (read_record(*cut_references(piece.xml)) for piece in pieces if piece.tag == ARTICLE)


def test_the_design_is_named_as_the_readme_of_the_labels_says(reference: Path) -> None:
    rows = [line.split("\t") for line in DESIGNS.read_text("utf-8").splitlines()[1:]]
    labels = dict(rows)
    named = {one.pmid: classify_design(one) for one in read_citations(reference, "ms-sample.xml")}
    assert named.keys() == labels.keys() and len(labels) == 108
    assert sum(named[pmid] == labels[pmid] for pmid in labels) == 87
    assert set(labels.values()) <= set(STUDY_DESIGNS)


def test_the_rule_finds_every_relevant_record_and_two_more(reference: Path) -> None:
    """Recall 14 of 14, precision 14 of 16: the figures that the README of the labels gives."""
    relevant = {label.pmid: label.is_relevant for label in read_labels(GOLD)}
    found = {}
    for name in ("ms-sample.xml", "ms-near-negatives.xml.gz"):
        for citation in read_citations(reference, name):
            found[citation.pmid] = judge_relevance(citation).is_relevant
    assert found.keys() == relevant.keys() and len(found) == 469
    assert sum(relevant.values()) == 14 == sum(relevant[pmid] and found[pmid] for pmid in found)
    assert sum(found.values()) == 16


def test_every_label_has_its_reason() -> None:
    assert all(label.reason for label in read_labels(GOLD))
