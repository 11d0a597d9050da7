"""What PubMed says of the standing of a publication: retracted, in doubt, corrected, updated.

Notices are kept for records of every topic, before any filter: a notice rarely names the disease. A notice
counts for the PMID it is about, whether the record itself says so or only the notice does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation
    from stepdown.literature.store import Store

#: PubMed's kind of link: what it says, and whether it speaks of the record it stands in or of the other one.
_KINDS = {
    "RetractionIn": ("retracted", True), "RetractionOf": ("retracted", False),
    "RetractedandRepublishedIn": ("retracted", True), "RetractedandRepublishedFrom": ("retracted", False),
    "ExpressionOfConcernIn": ("concern", True), "ExpressionOfConcernFor": ("concern", False),
    "ErratumIn": ("erratum", True), "ErratumFor": ("erratum", False),
    "CorrectedandRepublishedIn": ("erratum", True), "CorrectedandRepublishedFrom": ("erratum", False),
    "UpdateIn": ("updated", True), "UpdateOf": ("updated", False),
}
RETRACTED, CONCERN, ERRATUM, UPDATED = "retracted", "concern", "erratum", "updated"
#: Publication types by their number in MeSH and by their name.
_RETRACTED_PUBLICATION = frozenset({"D016441", "Retracted Publication"})
_RETRACTION_NOTICE = frozenset({"D016440", "Retraction of Publication"})
#: Bytes without which a record holds no notice: one of the first, and one of the others.
_FIRST_SIGNS = (b"<CommentsCorrectionsList", b'"D01644', b">Retract")
_SIGNS = (b'"Retract', b'"ExpressionOf', b'"Erratum', b'"Corrected', b'"Update', b'"D016441"', b'"D016440"',
          b">Retracted Publication<", b">Retraction of Publication<")


@dataclass(frozen=True, slots=True)
class Notice:
    """That a publication is retracted, in doubt, corrected or updated: by which notice, where and when.

    ``pmid`` is empty when the notice does not say whom it is about, ``notice`` when the record tells it.
    """

    pmid: str
    kind: str
    notice: str = ""
    source: str = ""
    published: str = ""


def may_hold_notice(xml: bytes) -> bool:
    """Whether the bytes of a record can hold a notice; a record without these signs holds none."""
    return any(sign in xml for sign in _FIRST_SIGNS) and any(sign in xml for sign in _SIGNS)


def find_notices_in(citation: Citation) -> Iterator[Notice]:
    """The notices that a record holds, of itself or of another."""
    date = citation.published
    when = str(date.date) if date is not None and date.date is not None else ""
    kinds = {name for term in citation.publication_types for name in (term.ui, term.name)}
    for link in citation.links:
        if link.kind in _KINDS:
            kind, is_own = _KINDS[link.kind]
            if is_own:
                yield Notice(citation.pmid, kind, link.pmid, link.source)
            else:
                yield Notice(link.pmid, kind, citation.pmid, link.source, when)
    links = {link.kind for link in citation.links}
    if kinds & _RETRACTED_PUBLICATION and "RetractionIn" not in links:
        yield Notice(citation.pmid, RETRACTED)
    if kinds & _RETRACTION_NOTICE and "RetractionOf" not in links:
        yield Notice("", RETRACTED, citation.pmid, citation.title, when)


def read_notices(store: Store, pmids: Iterable[str] | None = None) -> list[Notice]:
    """The notices about these publications, or all; each once, dated if it can be."""
    where, values = "", []
    if pmids is not None:
        where, values = " WHERE about IN (SELECT unnest(?::BIGINT[]))", [[int(pmid) for pmid in pmids]]
    rows = store.ask(
        "SELECT about, kind, notice, min(source), max(published) FROM standing_notices"
        f"{where} GROUP BY ALL ORDER BY about NULLS LAST, kind, notice", values)
    return [Notice(_text(about), kind, _text(notice), source, published)
            for about, kind, notice, source, published in rows]


def _text(pmid: int | None) -> str:
    return "" if pmid is None else str(pmid)
