"""What do the pages list? An entry for each summary, newest first, by topic and by drug, fifty a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.ms.drug_words import plain_drug

#: How many summaries one page of a list holds.
PER_PAGE = 50


@dataclass(frozen=True)
class Entry:
    """A summary as lists and feeds show it."""

    study: str
    headline: str
    takeaway: str
    banners: tuple[str, ...]
    topics: tuple[str, ...]
    drugs: tuple[str, ...]
    title: str
    published: str
    added: str
    updated: str
    version: str
    retracted: bool
    time: str = ""

    @property
    def point(self) -> str:
        """The main point with its time frame; nothing where the paper was withdrawn."""
        return "" if self.retracted else f"{self.takeaway} {self.time}".strip()

    @property
    def address(self) -> str:
        """The page of the summary, from the first page of the site."""
        return f"summaries/{self.study}.html"


@dataclass(frozen=True)
class ListPage:
    """One page of a list: its entries, its number of how many, and the pages before and after it."""

    name: str
    entries: tuple[Entry, ...]
    number: int
    of: int
    previous: str
    next: str


def to_entry(summary: PlainLanguageSummary) -> Entry:
    """The entry of a summary."""
    return Entry(
        summary.study, summary.headline, summary.takeaway, summary.banners, summary.topics, summary.drugs,
        summary.source.title, summary.published, summary.added, summary.updated, summary.version,
        bool(summary.retracted), " ".join(claim.text for claim in summary.claims if claim.role == "time"),
    )  # fmt: skip


def sort_newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries by the day they came into the library, then by the day of the paper; the newest first."""
    named = sorted(entries, key=lambda entry: entry.study)
    return tuple(sorted(named, key=lambda entry: (entry.added, _day(entry.published)), reverse=True))


def _day(published: str) -> str:
    return "" if published == "unknown" else published


def split_pages(entries: Sequence[Entry], name: str) -> Iterator[ListPage]:
    """The pages of a list: ``name.html``, ``name-2.html`` and so on; one page, even when it is empty."""
    of = max(1, -(-len(entries) // PER_PAGE))
    names = [f"{name}.html" if number == 1 else f"{name}-{number}.html" for number in range(1, of + 1)]
    for place, page in enumerate(names):
        before, after = names[place - 1] if place else "", names[place + 1] if place + 1 < of else ""
        shown = tuple(entries[place * PER_PAGE : (place + 1) * PER_PAGE])
        yield ListPage(page, shown, place + 1, of, before, after)


def group_by_topic(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of each topic, topics in the order of their names."""
    return _group((topic, entry) for entry in entries for topic in entry.topics)


def group_by_drug(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of each drug, by its plain name."""
    return _group((plain_drug(drug), entry) for entry in entries for drug in entry.drugs)


def _group(pairs: Iterable[tuple[str, Entry]]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for name, entry in pairs:
        found.setdefault(name, []).append(entry)
    return dict(sorted(found.items(), key=lambda row: row[0].lower()))


def to_slug(name: str) -> str:
    """A name as it stands in an address: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
