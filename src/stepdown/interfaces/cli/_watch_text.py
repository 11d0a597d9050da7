"""The watch of a registry in the terminal: counts that may be shown, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from stepdown.reports.watch_page import (
    Row,
    list_items,
    list_signs,
    read_words,
    say_hidden,
    say_reasons,
    show_count,
)

#: How wide the head of a table, the name of a drug, a label, and a number are.
_WIDTH, _DRUG, _LABEL, _NUMBER = 28, 19, 58, 13
_WHOLE = 110


def write_watch(published: Mapping[str, Any]) -> str:
    """All counts, as lines no wider than a terminal."""
    words = read_words()
    return "\n".join([
        f"{words['title']}: {published['registry']}, seen from {published['at']}",
        *wrap(say_hidden(published), _WHOLE), *(f"note: {text}" for text in published["warnings"]),
        *_write_parts("What is needed, the most urgent first", published["by_urgency"], words["by_urgency"]),
        *_write_parts("People with a sign, by when it was seen", published["sign_seen"], words["sign_seen"]),
        *_write_parts("Everybody of the registry", published["everybody"], words["everybody"]),
        *_write_parts("Those who stepped down", published["stepped_down"], words["stepped_down"]),
        *_write_parts("Cannot be told whether they stepped down", published["not_judged"], say_reasons()),
        *_write_parts("How those watched stepped down", published["by_strategy"], words["by_strategy"]),
        *_write_drugs(published["by_drug"], words["short"]),
        *_write_split("Signs since stepping down", list_signs(published), words["sign_states"]),
        *_write_parts("Seen again", published["never_seen"], words["never_seen"]),
        *_write_parts("By what is longest overdue", published["overdue"], words["overdue"]),
        *_write_split("The follow-up", list_items(published),
                      words["item_states"]),
        "", *wrap(words["definition"], _WHOLE), words["device"],
    ])


def _write_parts(head: str, parts: Mapping[str, int | str], words: Mapping[str, str]) -> Iterator[str]:
    if parts:
        yield from ("", head)
        yield from (f"  {words[key]:<{_LABEL}}{show_count(count):>{_NUMBER}}" for key, count in parts.items())


def _write_drugs(drugs: Mapping[str, Mapping[str, int | str]], words: Mapping[str, str]) -> Iterator[str]:
    if drugs:
        yield from ("", f"{'By the drug left':<{_DRUG}}" + _write_heads(["people", *words.values()]))
        for drug, counts in drugs.items():
            shown = [counts["people"], *(counts[key] for key in words)]
            yield f"{drug:<{_DRUG}}" + _write_counts(shown)


def _write_split(head: str, rows: Sequence[Row], words: Mapping[str, str]) -> Iterator[str]:
    """A table with a sentence over each row of counts."""
    if rows:
        yield from ("", f"{head:<{_WIDTH}}" + _write_heads(words.values()))
    for text, _, counts in rows:
        yield from (f"  {line}" for line in wrap(text, _WHOLE - 2))
        yield " " * _WIDTH + _write_counts([counts[key] for key in words])


def _write_heads(names: Any) -> str:
    return "".join(f"{name:>{_NUMBER}}" for name in names)


def _write_counts(counts: Sequence[int | str]) -> str:
    return "".join(f"{show_count(count):>{_NUMBER}}" for count in counts)
