"""What PubMed's own record adds to a summary: the publisher's words, who paid, where numbers stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdown.evidence.study import Study
from stepdown.literature.summaries.summary import PublisherWords
from stepdown.literature.summaries.words import say
from stepdown.literature.verify import find_unprinted
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Finding
    from stepdown.literature.citation import Citation


def quote_publisher(citation: Citation | None) -> PublisherWords | None:
    """The publisher's own summary for lay readers, word for word; None where PubMed has none."""
    lay = citation.plain_language_abstract if citation else None
    if lay is None:
        return None
    blocks = tuple(f"{part.label}: {part.text}" if part.label else part.text for part in lay.sections)
    return PublisherWords(lay.language, blocks)


def tell_funding(study: Study, citation: Citation | None) -> str:
    """Who paid: as the study's file says, else the grants that PubMed lists, else that we do not know."""
    if study.funding:
        return study.funding
    agencies = dict.fromkeys(grant.agency for grant in citation.grants if grant.agency) if citation else {}
    return say("page.funding_grants", agencies="; ".join(agencies)) if agencies else say("page.not_in_data")


def tell_conflicts(study: Study, citation: Citation | None) -> str:
    """What ties the authors state: as the study's file says, else as PubMed prints it, else not known."""
    if study.conflicts:
        return study.conflicts
    if citation and citation.conflicts:
        return say("page.conflicts_printed", statement=citation.conflicts)
    return say("page.not_in_data")


def require_printed(study: Study, finding: Finding, citation: Citation | None) -> None:
    """UserError when the abstract that we hold does not print the numbers that a page would stand on."""
    missing = find_unprinted(study, finding, citation) if citation else ()
    if missing:
        raise UserError(
            f"{study.id}: {finding.id}: the abstract in the store does not print {', '.join(missing)}; "
            "compare the study file with the paper, and give the place in locator when it stands elsewhere."
        )
