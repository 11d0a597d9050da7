"""Which sentences are our own, and which sentence must come before each of them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stepdown.literature.gate.mentions import split_sentences
from stepdown.literature.gate.spelling import normalise
from stepdown.literature.summaries.summary import PlainLanguageSummary

#: Sentences that name the people they are about; the others lean on the last of these.
_ANCHORS = frozenset({"main", "comparison", "part", "pool"})
_LEANING_ON_MAIN = frozenset({"rest", "count", "interval", "time", "definition", "misprint", "other"})
#: Sentences that mean nothing without the anchor before them.
_LEANING = frozenset({
    "rest", "count", "interval", "time", "definition", "misprint", "comparison-interval", "contrast", "other",
    "pool-value", "pool-range", "pool-inside", "pool-member", "pool-age", "pool-of-age",
})  # fmt: skip


@dataclass(frozen=True)
class OwnSentence:
    """A sentence of ours: the finding it stands on, and the anchor it leans on, if any."""

    role: str
    source: str
    anchor: str | None
    is_anchor: bool


def find_own(summary: PlainLanguageSummary, framing: Iterable[str] = ()) -> dict[str, OwnSentence]:
    """Every sentence of a summary, of what it cites, and of other texts of ours around it, by its text."""
    found: dict[str, OwnSentence] = {}
    main, anchor = None, None
    for claim in summary.claims:
        for place, sentence in enumerate(split_sentences(claim.text)):
            is_anchor = claim.role in _ANCHORS and place == 0
            if is_anchor:
                anchor = squeeze(sentence)
                main = main or anchor
            leans = None if is_anchor or claim.role not in _LEANING | _ANCHORS else anchor
            if claim.role in _LEANING_ON_MAIN:
                leans = main
            found.setdefault(squeeze(sentence), OwnSentence(claim.role, claim.source, leans, is_anchor))
    for text in (*_find_framing(summary), *framing):
        for sentence in split_sentences(text):
            found.setdefault(squeeze(sentence), OwnSentence("frame", "wording", None, False))
    return found


def _find_framing(summary: PlainLanguageSummary) -> tuple[str, ...]:
    """What stands around the body: headline, banners, headings, notice, and the paper as it is cited."""
    source = summary.source
    cited = (source.title, source.authors or "", source.journal or "", source.doi or "", source.pmid or "")
    return (summary.headline, *summary.banners, summary.notice, *(c.title for c in summary.chunks), *cited)


def squeeze(sentence: str) -> str:
    """A sentence without what does not change its meaning: spaces, quotation marks, marks at its ends."""
    straight = normalise(sentence).replace("“", '"').replace("”", '"').replace("’", "'")
    return " ".join(straight.split()).strip(" \"'")
