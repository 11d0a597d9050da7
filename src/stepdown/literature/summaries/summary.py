"""What a plain-language summary holds: sentences with the findings they stand on, pictures, source."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.literature.spans import Span


@dataclass(frozen=True)
class Claim:
    """One or more sentences that belong together, and what they stand on.

    ``source`` is ``study#finding``, ``study``, ``pool`` or ``wording``. ``role`` says what the sentences do:
    main, count, interval, time, definition, comparison, part, other, ...
    """

    role: str
    text: str
    source: str


@dataclass(frozen=True)
class Chunk:
    """One headed part of a summary; ``as_list`` where its sentences are points of a list."""

    key: str
    title: str
    claims: tuple[Claim, ...]
    as_list: bool = False


@dataclass(frozen=True)
class Picture:
    """One icon array: how many of ``of`` figures are filled, its label, and what a screen reader says."""

    outcome: str
    filled: int
    of: int
    label: str
    alt: str


@dataclass(frozen=True)
class PublisherWords:
    """A summary for lay readers that the publisher wrote: its language (eng, ger, ...) and its paragraphs."""

    language: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class ResultRow:
    """One result of the study, as the library has it, for the table below the words.

    ``spans`` are the places in the abstract where its numbers stand, where the abstract is held.
    """

    finding: str
    outcome: str
    people: str
    figure: str
    counted: str
    time: str
    locator: str
    note: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Source:
    """The paper, how much of it was read and when, who paid, and who looked at the summary."""

    title: str
    authors: str | None
    journal: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    urls: tuple[str, ...]
    read: str
    retrieved: str
    funding: str
    conflicts: str
    reviewed_by: str


@dataclass(frozen=True)
class Related:
    """Another study that shares drug, outcome or choice, in one sentence, and whether the two agree."""

    study: str
    headline: str
    sentence: str
    tag: str
    why: str
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Correction:
    """One change to the data behind a summary: the day and what was changed."""

    on: str
    what: str


@dataclass(frozen=True)
class PlainLanguageSummary:
    """A study in plain words. ``version`` changes when anything in it changes.

    ``banners`` come before everything else, then ``publisher``: the publisher's own words. ``facts`` are
    rows of a label and a value: who was studied and how. ``published`` is the day, month or year of the
    paper, ``added`` and ``updated`` the days of our data.
    """

    study: str
    disease: str
    headline: str
    banners: tuple[str, ...]
    publisher: PublisherWords | None
    chunks: tuple[Chunk, ...]
    facts: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    picture_note: str
    results: tuple[ResultRow, ...]
    source: Source
    related: tuple[Related, ...]
    corrections: tuple[Correction, ...]
    notice: str
    topics: tuple[str, ...]
    drugs: tuple[str, ...]
    published: str
    added: str
    updated: str
    retracted: str | None
    version: str

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim of the body, in the order in which it is read."""
        return tuple(claim for chunk in self.chunks for claim in chunk.claims)

    @property
    def body(self) -> tuple[str, ...]:
        """The words of the body as blocks, without its headings."""
        return tuple(claim.text for claim in self.claims)

    @property
    def takeaway(self) -> str:
        """The main point in its first sentence."""
        return self.chunks[0].claims[0].text if self.chunks else self.headline
