"""Europe PMC's search, which also reads whole papers: the PMIDs that a query finds, page by page.

Source: Europe PMC, Articles RESTful API, search with cursorMark. The records themselves come from PubMed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from stepdown.literature.fetching.web import Server
from stepdown.ms.errors import UserError

ADDRESS = "https://www.ebi.ac.uk/europepmc/webservices/rest/"
A_SECOND, PAGE = 5.0, 1_000


@dataclass(frozen=True)
class Hits:
    """What a query finds: the PMIDs, and how many hits have none, such as preprints."""

    pmids: tuple[str, ...]
    without_pmid: int


def search_europe_pmc(server: Server, query: str, most: int) -> Hits:
    """The PMIDs that a query finds, each once; UserError when there are too many or the answer is none."""
    pmids: dict[str, None] = {}
    others, mark = 0, "*"
    while mark:
        values = {"query": query, "resultType": "idlist", "format": "json", "pageSize": str(PAGE)}
        page = _read_page(server.ask("searchPOST", {**values, "cursorMark": mark}))
        if int(page["hitCount"]) > most:
            raise UserError(f"the query finds {page['hitCount']} papers, and {most} are taken at most; make "
                            "it narrower, such as with AND FIRST_PDATE:[2024-01-01 TO 2026-12-31].")
        rows = page["resultList"]["result"]
        found = [row.get("pmid") or (row["id"] if row.get("source") == "MED" else "") for row in rows]
        pmids |= dict.fromkeys(pmid for pmid in found if pmid)
        others += sum(not pmid for pmid in found)
        following = str(page.get("nextCursorMark", ""))
        mark = following if rows and following != mark else ""
    return Hits(tuple(pmids), others)


def _read_page(answer: bytes) -> dict[str, Any]:
    try:
        page: dict[str, Any] = json.loads(answer)
        if "hitCount" not in page or "resultList" not in page:
            raise UserError(f"Europe PMC cannot read the query: {page.get('errMsg', 'no reason is given')}")
        return page
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError("Europe PMC's answer cannot be read; try again later.") from error
