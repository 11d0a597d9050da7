"""The rule of screening beside hand-made labels of 469 real records."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.literature.pubmed_file import ARTICLE, read_pieces
from stepdown.literature.pubmed_record import cut_references, read_record
from stepdown.literature.screening.labels import read_labels
from stepdown.literature.screening.relevance import judge_relevance

GOLD = Path(__file__).resolve().parents[2] / "validation" / "screening" / "gold-labels.tsv"


def test_the_rule_finds_every_relevant_record_and_two_more(reference: Path) -> None:
    """Recall 14 of 14, precision 14 of 16: the figures that the README of the labels gives."""
    relevant = {label.pmid: label.is_relevant for label in read_labels(GOLD)}
    found = {}
    for name in ("ms-sample.xml", "ms-near-negatives.xml.gz"):
        for piece in read_pieces(reference / "data" / "pubmed" / name):
            if piece.tag == ARTICLE:
                citation = read_record(*cut_references(piece.xml))
                found[citation.pmid] = judge_relevance(citation).is_relevant
    assert found.keys() == relevant.keys() and len(found) == 469
    assert sum(relevant.values()) == 14 == sum(relevant[pmid] and found[pmid] for pmid in found)
    assert sum(found.values()) == 16


def test_every_label_has_its_reason() -> None:
    assert all(label.reason for label in read_labels(GOLD))
