"""The order in which to show citations to the person who labels them: learned anew from the labels so far.

TF-IDF of words and word pairs with a linear support vector machine, balanced as the default of ASReview 3
(its model ELAS u4; Ferdinands et al. compare such models, 2023, doi:10.1186/s13643-023-02257-7). What the
rule of ``relevance`` finds in a text stands among its words, so that the machine need not learn the names of
drugs. Everything is deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepdown.literature.screening.relevance import judge_relevance
from stepdown.ms.errors import MissingExtra

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation

#: How much all relevant citations weigh against all irrelevant ones together, the softness of the margin, and
#: the share of citations in which a word may stand to count: the values of ASReview's default.
RELEVANT_WEIGHT = 9.8
SOFTNESS = 0.11
MOST_FREQUENT = 0.95


#: Parts of the rule's verdict that become a word of their own.
_MARKS = ("names_disease", "names_drug", "has_action", "is_human")


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
        weights = weigh(labels)
        machine = LinearSVC(C=SOFTNESS, loss="squared_hinge", random_state=0)
        machine.fit(self.vectors[places], labels, sample_weight=weights)
        scores: Sequence[float] = machine.decision_function(self.vectors).tolist()
        return scores


def weigh(labels: Sequence[bool]) -> list[float]:
    """The weight of each label: relevant and irrelevant ones in the settled ratio, one on average."""
    relevant = sum(labels)
    light = relevant / (RELEVANT_WEIGHT * (len(labels) - relevant))
    weights = [1.0 if label else light for label in labels]
    return [weight * len(weights) / sum(weights) for weight in weights]


def write_text(citation: Citation) -> str:
    """What the machine reads: title, abstract, keywords, and a mark for each thing the rule found."""
    verdict = judge_relevance(citation)
    marks = (f"xxrule{name}" for name in _MARKS if getattr(verdict, name))
    return "\n".join((citation.title, citation.abstract_text, *citation.keywords, *marks))


def _make_vectors(texts: Sequence[str]) -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise MissingExtra("screening", "literature") from error

    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=MOST_FREQUENT).fit_transform(texts)
