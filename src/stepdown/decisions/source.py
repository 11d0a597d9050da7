"""Where something said in an answer or a care plan can be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A published source or a drug-catalogue entry, and how much of it was read."""

    title: str
    year: int | None
    pmid: str | None
    doi: str | None
    read: str
    findings: tuple[str, ...] = ()
    url: str | None = None
