"""PubMed's E-utilities: a search kept on NCBI's history server, and its records as XML, batch by batch.

Source: NCBI, Entrez Programming Utilities Help (NBK25501): ESearch and EFetch; three requests a second, and
ten with a key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepdown.literature.fetching.web import Server
from stepdown.ms.errors import UserError

ADDRESS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
A_SECOND, A_SECOND_WITH_KEY = 3.0, 10.0
BATCH = 200
#: PubMed gives no more records of one search than this.
MOST = 9_999


@dataclass(frozen=True)
class Found:
    """A search on the history server: how many records, and under which key they are kept there."""

    count: int
    environment: str
    key: str
    not_found: tuple[str, ...] = ()


@dataclass(frozen=True)
class PubMed:
    """E-utilities with the user's own key and address, both of which may be empty."""

    server: Server
    key: str = ""
    email: str = ""

    def search(self, query: str, most: int = MOST) -> Found:
        """How many records a query finds, kept on the history server; UserError when it cannot be read."""
        values = {"db": "pubmed", "term": query, "usehistory": "y", "retmax": "0", "retmode": "json"}
        found = _read_search(self._ask("esearch.fcgi", values), query)
        if found.count > min(most, MOST):
            raise UserError(f"the query finds {found.count} records, and {min(most, MOST)} are taken at "
                            "most; make it narrower, such as with AND 2024:2026[pdat].")
        return found

    def fetch(self, found: Found) -> Iterator[bytes]:
        """The XML of the records of a search, a file for each batch."""
        for start in range(0, found.count, BATCH):
            yield self._fetch({"WebEnv": found.environment, "query_key": found.key, "retstart": str(start),
                               "retmax": str(BATCH)})

    def fetch_ids(self, pmids: Sequence[str]) -> Iterator[bytes]:
        """The XML of the records with these PMIDs, a file for each batch."""
        for start in range(0, len(pmids), BATCH):
            yield self._fetch({"id": ",".join(pmids[start : start + BATCH])})

    def _fetch(self, values: Mapping[str, str]) -> bytes:
        return self._ask("efetch.fcgi", {"db": "pubmed", "retmode": "xml", **values})

    def _ask(self, path: str, values: Mapping[str, str]) -> bytes:
        own = {"tool": "stepdown", "email": self.email, "api_key": self.key}
        return self.server.ask(path, {**values, **{name: value for name, value in own.items() if value}})


def _read_search(answer: bytes, query: str) -> Found:
    try:
        result: dict[str, Any] = json.loads(answer)["esearchresult"]
        if "ERROR" in result:
            raise UserError(f"PubMed cannot read the query {query!r}: {result['ERROR']}")
        missing = result.get("errorlist", {}).get("phrasesnotfound", ())
        return Found(int(result["count"]), str(result["webenv"]), str(result["querykey"]), tuple(missing))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError("PubMed's answer to the search cannot be read; try again later.") from error
