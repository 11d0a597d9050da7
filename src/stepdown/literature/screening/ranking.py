"""The order in which to show citations to the person who labels them: learned anew from the labels so far.

TF-IDF of words and word pairs with a linear support vector machine, relevant citations weighted up: in kind
the default of ASReview, whose models Ferdinands et al. compare (2023, doi:10.1186/s13643-023-02257-7).
Everything is deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import MissingExtra

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation

#: Weight of one relevant citation against one irrelevant, and the softness of the margin.
RELEVANT_WEIGHT = 9.8
SOFTNESS = 0.11


class Ranking:
    """The texts of all citations as vectors, once; ``order`` fits the labels to them."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        """Make the vectors; MissingExtra without scikit-learn."""
        self.pmids = [citation.pmid for citation in citations]
        self.vectors = _make_vectors([write_text(citation) for citation in citations])
        self.places = {pmid: place for place, pmid in enumerate(self.pmids)}

    def order(self, labels: Mapping[str, bool]) -> list[str]:
        """The PMIDs without a label, most likely relevant first; as given until both labels are there."""
        unlabelled = [pmid for pmid in self.pmids if pmid not in labels]
        known = [(self.places[pmid], label) for pmid, label in labels.items() if pmid in self.places]
        if len({label for _, label in known}) < 2:
            return unlabelled
        scores = self._score(known)
        return sorted(unlabelled, key=lambda pmid: (-scores[self.places[pmid]], self.places[pmid]))

    def _score(self, known: Sequence[tuple[int, bool]]) -> Sequence[float]:
        from sklearn.svm import LinearSVC

        places, labels = [place for place, _ in known], [label for _, label in known]
        weights = [RELEVANT_WEIGHT if label else 1.0 for label in labels]
        machine = LinearSVC(C=SOFTNESS, loss="squared_hinge", random_state=0)
        machine.fit(self.vectors[places], labels, sample_weight=weights)
        scores: Sequence[float] = machine.decision_function(self.vectors).tolist()
        return scores


def write_text(citation: Citation) -> str:
    """What the machine reads of a citation: title, abstract, keywords."""
    return "\n".join((citation.title, citation.abstract_text, *citation.keywords))


def _make_vectors(texts: Sequence[str]) -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise MissingExtra("screening", "literature") from error

    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.9).fit_transform(texts)
