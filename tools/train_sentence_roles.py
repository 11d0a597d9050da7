"""The weights by which sentences of an abstract get their roles: sentence_roles.npz, and how often they are
right.

Usage: python tools/train_sentence_roles.py [--measure]

Learns from the structured abstracts of pubmed21n1298.xml.gz (tools/install_pubmed_file). Abstracts that
drafts are measured on (validation/draft-study/abstracts.tsv) are not learned from. With --measure nothing is
written: each fifth of the abstracts, by a checksum of the PMID, is held out once and read by a model that
learned from the other four.
"""

from __future__ import annotations

import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from stepdown.literature.drafting.sentence_features import SLOTS, find_features
from stepdown.literature.drafting.sentence_roles import (
    ROLES,
    WEIGHTS,
    RoleModel,
    find_own_roles,
    predict_roles,
    round_weights,
    save_model,
)
from stepdown.literature.pubmed_file import ARTICLE, read_pieces
from stepdown.literature.pubmed_record import cut_references, read_record

CHECKOUT = Path(__file__).resolve().parents[1]
FILE = CHECKOUT / "out" / "pubmed" / "pubmed21n1298.xml.gz"
TARGET = CHECKOUT / "src" / "stepdown" / "literature" / "drafting" / WEIGHTS
ABSTRACTS = CHECKOUT / "validation" / "draft-study" / "abstracts.tsv"
FOLDS = 5
SOFTNESS, STEPS = 30.0, 100
#: How much the order of roles counts beside the words: the sentences already see their neighbours' words.
ORDER = 0.4
#: A feature seen in fewer sentences is left out, so that it cannot share a place with a common one.
FEWEST = 2
Labelled = list[tuple[str, str]]


def read_abstracts(path: Path) -> dict[str, Labelled]:
    """The sentences with PubMed's roles of each structured abstract, by PMID."""
    found = {}
    for piece in read_pieces(path):
        if piece.tag == ARTICLE and b"NlmCategory" in piece.xml:
            citation = read_record(*cut_references(piece.xml))
            found[citation.pmid] = find_own_roles(citation.abstract)
    return {pmid: sentences for pmid, sentences in found.items() if sentences}


def find_fold(pmid: str) -> int:
    """Which fifth an abstract belongs to."""
    return zlib.crc32(pmid.encode()) % FOLDS


def train(abstracts: Sequence[Labelled]) -> RoleModel:
    """A logistic regression over all sentences, rounded as it is shipped, and how roles follow each other."""
    features = [row for abstract in abstracts for row in find_features([text for text, _ in abstract])]
    roles = np.array([ROLES.index(role) for abstract in abstracts for _, role in abstract])
    machine = LogisticRegression(C=SOFTNESS, max_iter=STEPS).fit(to_matrix(drop_rare(features)), roles)
    first, following = count_order(abstracts)
    whole, unit = round_weights(np.ascontiguousarray(machine.coef_.T))
    return RoleModel(whole * unit, machine.intercept_, first, following)


def drop_rare(features: list[list[int]]) -> list[list[int]]:
    """The features of each sentence that several sentences have."""
    counts = Counter(place for row in features for place in row)
    return [[place for place in row if counts[place] >= FEWEST] for row in features]


def to_matrix(features: list[list[int]]) -> sparse.csr_matrix:
    """Sentences x features, each row of length one."""
    ends = np.cumsum([0, *(len(row) for row in features)])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in features])
    return sparse.csr_matrix((values, np.concatenate(features), ends), shape=(len(features), SLOTS))


def count_order(abstracts: Sequence[Labelled]) -> tuple[np.ndarray, np.ndarray]:
    """The log-probabilities, damped, of beginning with a role and of one after another."""
    first, following = np.ones(len(ROLES)), np.ones((len(ROLES), len(ROLES)))
    for abstract in abstracts:
        places = [ROLES.index(role) for _, role in abstract]
        first[places[0]] += 1
        for one, next_one in pairwise(places):
            following[one, next_one] += 1
    return (ORDER * np.log(first / first.sum()),
            ORDER * np.log(following / following.sum(axis=1, keepdims=True)))


def compare(abstracts: Sequence[Labelled], model: RoleModel) -> Iterator[tuple[str, str]]:
    """PubMed's role and the model's, for each sentence."""
    for abstract in abstracts:
        guessed = predict_roles([text for text, _ in abstract], model)
        yield from zip((role for _, role in abstract), guessed, strict=True)


def measure(held: dict[str, Labelled]) -> None:
    """Print how often roles are right in each fifth, and by role over all."""
    pairs: Counter[tuple[str, str]] = Counter()
    for fold in range(FOLDS):
        model = train([rows for pmid, rows in held.items() if find_fold(pmid) != fold])
        found = Counter(compare([rows for pmid, rows in held.items() if find_fold(pmid) == fold], model))
        print(f"fifth {fold + 1}: micro-F1 {count_right(found) / found.total():.4f}", flush=True)
        pairs += found
    print(
        f"{len(held)} abstracts, {pairs.total()} sentences: micro-F1 {count_right(pairs) / pairs.total():.4f}"
    )
    for role in ROLES:
        given, guessed = (sum(n for pair, n in pairs.items() if pair[side] == role) for side in (0, 1))
        hit = pairs[role, role]
        print(f"  {role:<12} {given:6d} sentences, precision {hit / guessed:.3f}, recall {hit / given:.3f}")


def count_right(pairs: Counter[tuple[str, str]]) -> int:
    """In how many sentences both roles are the same."""
    return sum(count for (role, guess), count in pairs.items() if role == guess)


if __name__ == "__main__":
    drawn = {line.partition("\t")[0] for line in ABSTRACTS.read_text("utf-8").splitlines()}
    learned = {pmid: rows for pmid, rows in read_abstracts(FILE).items() if pmid not in drawn}
    if "--measure" in sys.argv:
        measure(learned)
    else:
        save_model(TARGET, train(list(learned.values())))
        print(f"{TARGET.name}: {len(learned)} abstracts learned from, {TARGET.stat().st_size // 1000} kB")
