"""A summary as plain text, 80 columns wide, for a terminal or an e-mail."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.literature.spans import name_places
from stepdown.literature.summaries.summary import PlainLanguageSummary, ResultRow
from stepdown.reports.digest.reading import measure_summary
from stepdown.reports.digest.words import find_links, say
from stepdown.reports.text_layout import wrap, write_heading, write_list


def write_summary_text(summary: PlainLanguageSummary) -> str:
    """The whole summary: banners, body, facts, results, related studies, source."""
    lines = [
        *wrap(summary.headline),
        *(line for banner in summary.banners for line in ["", *wrap(banner.upper(), "! ")]),
        *_write_publisher(summary),
        *_write_body(summary),
        *_write_rest(summary),
    ]
    return "\n".join(lines) + "\n"


def _write_publisher(summary: PlainLanguageSummary) -> Iterator[str]:
    """The publisher's own summary, before ours."""
    if summary.publisher:
        yield from write_heading(say("section.publisher"), 2)
        yield from wrap(say("publisher.note"))
        for paragraph in summary.publisher.paragraphs:
            yield from ["", *wrap(paragraph, "  ")]


def _write_body(summary: PlainLanguageSummary) -> Iterator[str]:
    for chunk in summary.chunks:
        yield from write_heading(chunk.title, 2)
        if chunk.as_list:
            yield from write_list(claim.text for claim in chunk.claims)
        else:
            yield from wrap(" ".join(claim.text for claim in chunk.claims))


def _write_rest(summary: PlainLanguageSummary) -> Iterator[str]:
    yield from write_heading(say("section.facts"), 2)
    yield from write_list(f"{label}: {value}" for label, value in summary.facts)
    if summary.results:
        yield from write_heading(say("section.results"), 2)
        yield from write_list(_tell_row(row) for row in summary.results)
    if summary.related:
        yield from write_heading(say("section.related"), 2)
        yield from write_list(f"{row.study}: {row.sentence} {row.why}" for row in summary.related)
    yield from write_heading(say("section.source"), 2)
    yield from write_list(tell_source(summary))
    yield from ["", *wrap(summary.notice), *wrap(say("page.device"))]


def _tell_row(row: ResultRow) -> str:
    note = f" ({row.note})" if row.note else ""
    if row.spans:
        note += " " + say("source.spans", places=name_places(row.spans))
    return f"{row.outcome}, {row.people}: {row.figure}; {row.counted}; {row.time} [{row.locator}]{note}"


def tell_source(summary: PlainLanguageSummary) -> Iterator[str]:
    """The lines of the source block."""
    source, reading = summary.source, measure_summary(summary)
    parts = (source.title, source.authors, source.journal, source.year)
    yield "; ".join(str(part) for part in parts if part)
    yield from (f"{label}: {address}" for label, address in find_links(source))
    yield say("source.read", read=say(f"read.{source.read}"), retrieved=source.retrieved)
    yield say("source.funding", funding=source.funding)
    yield say("source.conflicts", conflicts=source.conflicts)
    yield say("source.reviewed", reviewed_by=source.reviewed_by)
    yield say("source.version", version=summary.version, updated=summary.updated)
    if summary.chunks:
        yield say("source.reading", grade=reading.grade, words=reading.words_per_sentence)
        yield say("source.clear", clear=reading.clear, of=reading.clear_of)
    yield from (say("source.change", on=row.on, what=row.what) for row in summary.corrections)
