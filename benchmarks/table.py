"""The printed table: one row a measurement, with the peer beside it and whether the aim is reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEAD = ("what", "stepdown", "peer", "its time", "ratio", "same estimate to", "aim", "reached")


@dataclass(frozen=True)
class Row:
    """One measurement in seconds; the aim is a time not to exceed, or how many times faster than the peer."""

    what: str
    seconds: float
    peer: str = ""
    peer_seconds: float | None = None
    difference: float | None = None
    aim_seconds: float | None = None
    aim_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times faster than the peer."""
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds

    @property
    def is_reached(self) -> bool | None:
        """Whether the aim is reached; None without an aim, or when the peer did not run."""
        if self.aim_seconds is not None:
            return self.seconds < self.aim_seconds
        if self.aim_ratio is None or self.ratio is None:
            return None
        return self.ratio >= self.aim_ratio


def write_table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    cells = [HEAD, *(_to_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEAD))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
             for line in cells]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])]) + "\n"


def _to_cells(row: Row) -> tuple[str, ...]:
    theirs = "" if not row.peer else "did not run" if row.peer_seconds is None else to_words(row.peer_seconds)
    reached = {True: "yes", False: "no", None: ""}[row.is_reached]
    difference = "" if row.difference is None else f"{row.difference:.0e}"
    return (row.what, to_words(row.seconds), row.peer, theirs, _to_times(row.ratio), difference, _aim(row),
            reached)


def _aim(row: Row) -> str:
    if row.aim_seconds is not None:
        return f"under {to_words(row.aim_seconds)}"
    return "" if row.aim_ratio is None else f"{row.aim_ratio:g} times"


def _to_times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.3g} times"


def to_words(seconds: float) -> str:
    """A time with its unit, s or ms."""
    if seconds >= 0.9995:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms"
