"""How do words fit a terminal? Wrapped paragraphs, headings and tables at a fixed width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 80
GAP = " "


def write_heading(text: str, level: int = 1) -> list[str]:
    """A heading, underlined, with a blank line before it."""
    shown = wrap(text)
    return ["", *shown, ("=" if level == 1 else "-") * min(max(map(len, shown), default=0), WIDTH)]


def wrap(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """A paragraph, wrapped; control characters that would steer the terminal are dropped."""
    lead = indent if first is None else first
    return textwrap.wrap(
        clean(text),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=indent,
        break_long_words=True,
        break_on_hyphens=False,
    )


def write_list(items: Iterable[str], indent: str = "") -> list[str]:
    """A list, one dash an item."""
    return [line for item in items for line in wrap(item, indent + "  ", indent + "- ")]


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """A table with wrapped cells, a rule under its head, and a blank line never needed between rows."""
    lines = _write_row(head, widths) + [GAP.join("-" * width for width in widths)]
    for row in rows:
        lines += _write_row(row, widths)
    return lines


def clean(text: str) -> str:
    """Text without control characters: an input file cannot steer the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _write_row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(clean(cell), width, break_on_hyphens=False) or [""]
        for cell, width in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    padded = [cell + [""] * (height - len(cell)) for cell in wrapped]
    return [
        GAP.join(cell[line].ljust(width) for cell, width in zip(padded, widths, strict=True)).rstrip()
        for line in range(height)
    ]
