"""One issue of a newsletter: what is new, and what changed, as HTML and as text for those who send mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stepdown.reports.digest.entries import Entry
from stepdown.reports.digest.page import render
from stepdown.reports.digest.words import say
from stepdown.reports.text_layout import wrap, write_heading

#: How far an issue looks back, and how many studies it tells in full.
DAYS, MOST = 30, 12


@dataclass(frozen=True)
class IssuePart:
    """Entries under one title."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Issue:
    """An issue: its title, what it says first, its parts, and how many more there are."""

    title: str
    intro: str
    parts: tuple[IssuePart, ...]
    more: str


def make_issue(entries: Sequence[Entry], on: date, url: str) -> Issue:
    """The issue of a day: studies new in the last thirty days, and those that changed in them."""
    since = (on - timedelta(days=DAYS)).isoformat()
    new = [entry for entry in entries if entry.added > since]
    changed = [entry for entry in entries if entry.added <= since < entry.updated]
    intro = say("newsletter.none") if not new else say("newsletter.intro_1") if len(new) == 1 else ""
    more = say("newsletter.more", count=len(new) - MOST) if len(new) > MOST else ""
    parts = (IssuePart("", tuple(new[:MOST])), IssuePart(say("newsletter.changed"), tuple(changed)))
    return Issue(
        say("newsletter.title", on=on.isoformat()),
        intro or say("newsletter.intro", count=len(new)),
        parts,
        f"{more} {url}index.html".strip() if more and url else more,
    )


def write_issue_page(issue: Issue, url: str) -> str:
    """The issue as one HTML page with its styles inside, as mail programs need them."""
    parts = [
        {"title": part.title, "entries": [_address(entry, url) for entry in part.entries]}
        for part in issue.parts
    ]
    return render("site/newsletter.html", title=issue.title, intro=issue.intro, parts=parts, more=issue.more)


def _address(entry: Entry, url: str) -> dict[str, object]:
    """An entry with the address that a reader of mail can follow."""
    fields = ("study", "headline", "banners", "point", "retracted")
    return {**{name: getattr(entry, name) for name in fields}, "address": (url or "../") + entry.address}


def write_issue_text(issue: Issue, url: str) -> str:
    """The issue as plain text."""
    return "\n".join(_write_lines(issue, url)) + "\n"


def _write_lines(issue: Issue, url: str) -> Iterator[str]:
    yield from write_heading(issue.title)
    yield from ["", *wrap(issue.intro)]
    for part in issue.parts:
        if part.title and part.entries:
            yield from write_heading(part.title)
        for entry in part.entries:
            yield from ["", *wrap(entry.headline)]
            yield from (line for text in entry.banners for line in wrap(text, "! "))
            yield from [] if entry.retracted else wrap(entry.point, "  ")
            yield f"  {url}{entry.address}"
    yield from ["", *wrap(issue.more), *wrap(f"{say('page.device')} {say('newsletter.footer')}")]
