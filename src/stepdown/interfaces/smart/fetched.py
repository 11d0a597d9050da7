"""A record that was read in a launch, as it came: the pages of its searches, and what was not given."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from stepdown.patients.fhir import FhirPerson

#: How the reader names one of several pages: by its number, before an entry or a colon, or alone.
_PAGE = re.compile(r"(?<!\w)\[(\d{1,3})\](?:\.|(?=:)|$)")


@dataclass(frozen=True)
class Page:
    """One page of a search: the name of its query, its number, how many entries it has, and its text."""

    query: str
    number: int
    entries: int
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """How an account calls it."""
        return f"{self.query} {self.number}"


@dataclass(frozen=True)
class FetchedRecord:
    """The Patient and the pages of all searches, as they came; ``not_given`` names queries that were refused.

    ``card`` is the mark of the card that was clicked, where the record system said so.
    """

    patient: str = field(repr=False)
    pages: tuple[Page, ...]
    not_given: tuple[str, ...]
    iss: str = ""
    card: str | None = None

    @property
    def empty(self) -> tuple[str, ...]:
        """The queries for which nothing came: nothing is on file, or the search was not understood."""
        counts = Counter[str]()
        for page in self.pages:
            counts[page.query] += page.entries
        return tuple(name for name, count in counts.items() if not count)


def name_pages(found: FhirPerson, record: FetchedRecord) -> FhirPerson:
    """The same account with places by the names of the pages, and notes of what was not given or is empty."""

    names = {str(number): f"{page.name} " for number, page in enumerate(record.pages)}

    def name(said: str) -> str:
        # Words of the record may look like a place.
        return _PAGE.sub(lambda match: names.get(match[1], match[0]), said)

    missing = f"not given by the record system, and so not known: {', '.join(record.not_given)}"
    nothing = f"the record system sent nothing for: {', '.join(record.empty)}"
    said = [(record.not_given, missing), (record.empty, nothing)]
    notes = [*(sentence for queries, sentence in said if queries), *found.notes]
    return replace(
        found,
        left_out=tuple(replace(row, place=name(row.place).strip()) for row in found.left_out),
        notes=tuple(map(name, notes)),
        doubts=tuple(map(name, found.doubts)),
    )
