"""The watch of a registry on a page: counts that may be shown, a bar beside each, and nobody by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.ms.monitoring import read_monitoring, read_next_steps, read_restart_signs
from stepdown.ms.sources import Source, read_sources
from stepdown.reports.html.page import render_page

#: What stands for a count that is withheld.
WITHHELD = "withheld"


@dataclass(frozen=True)
class Bar:
    """One count in words, as it is shown, and how long its bar is in per cent (None: not shown)."""

    key: str
    label: str
    shown: str
    length: float | None


@cache
def read_words() -> Mapping[str, Any]:
    """The words of the watch, from ``watch_words.toml``."""
    text = (files("stepdown.reports") / "watch_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def write_watch_page(published: Mapping[str, Any]) -> str:
    """The whole page, of what ``publish_watch`` lets through."""
    return render_page(
        "watch.html", lang="en", audience="watch", sheet="watch.css", skip="To the content",
        words=read_words(), found=published, hidden=say_hidden(published), show=show_count,
        bars={name: draw_bars(published[name], read_words()[name]) for name in (
            "everybody", "stepped_down", "by_urgency", "sign_seen", "by_strategy", "never_seen", "overdue")},
        reasons=draw_bars(published["not_judged"], say_reasons()),
        signs=list_signs(published), items=list_items(published), steps=list_steps())


def say_hidden(published: Mapping[str, Any]) -> str:
    """How counts are shown, in one sentence."""
    rules = published["disclosure"]
    words: str = read_words()["hidden"]
    return words.format(below=rules["threshold"] - 1, step=rules["round_to"], whole=rules["least_whole"])


def say_reasons() -> Mapping[str, str]:
    """Why it cannot be told whether somebody stepped down, in words."""
    from stepdown.cohorts.watch.listing import REASONS

    return REASONS


def show_count(count: int | str) -> str:
    """A count as it is shown: with thousands set apart, or why it is not."""
    return f"{count:,}" if isinstance(count, int) else WITHHELD if count.startswith(WITHHELD) else count


def draw_bars(parts: Mapping[str, int | str], words: Mapping[str, str]) -> tuple[Bar, ...]:
    """A bar for each part, the longest that is shown as wide as there is room."""
    longest = max((count for count in parts.values() if isinstance(count, int)), default=0)
    return tuple(Bar(key, words[key], show_count(count),
                     round(100 * count / longest, 1) if isinstance(count, int) and longest else None)
                 for key, count in parts.items())


#: A row of a table: words, where they are from (each source with its address), and counts.
Row = tuple[str, tuple[tuple[str, str], ...], Mapping[str, int | str]]


def list_signs(published: Mapping[str, Any]) -> tuple[Row, ...]:
    """Each sign in words with its sources, and how many people have each of its states."""
    return tuple((sign.text, find_addresses(sign.source), published["signs"][sign.id])
                 for sign in read_restart_signs())


def list_items(published: Mapping[str, Any]) -> tuple[Row, ...]:
    """Each row of a schedule that anybody follows, in words with its sources, and how many stand how."""
    return tuple((row.what, find_addresses(row.source), published["items"][row.id])
                 for row in read_monitoring() if row.id in published["items"])


def list_steps() -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """When which step is next, and its sources, in the order in which they are tried.

    Those after one drug only are left out: a page that hides which drugs few people left names none.
    """
    words = read_words()["when"]
    return tuple((" or ".join(words[each] for each in step.when), step.text, find_addresses(step.source))
                 for step in read_next_steps() if step.left == "any")


def find_addresses(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Sources by name, each with the address where a reader finds it, empty where there is none."""
    return tuple((key, _find_address(read_sources()[key])) for key in keys)


def _find_address(source: Source) -> str:
    """Where a reader finds a source: its page, else by its DOI or PMID."""
    by_number = f"https://doi.org/{source.doi}" if source.doi else ""
    by_number = by_number or (f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/" if source.pmid else "")
    return source.url or by_number
