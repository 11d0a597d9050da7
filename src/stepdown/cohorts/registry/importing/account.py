"""What became of every row: taken, put in quarantine with a reason, or left aside by the mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """The rows of one source for one table: ``rows`` = accepted + quarantined + left_aside, always.

    ``reasons`` counts the first reason of each row in quarantine; none of them holds a value of a row.
    """

    source: str
    table: str
    rows: int
    accepted: int
    quarantined: int
    left_aside: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        """Nothing is lost: a fault of ours if it were."""
        if self.rows != self.accepted + self.quarantined + self.left_aside:
            raise ArithmeticError(f"rows of {self.source} for {self.table} are not all accounted for")


@dataclass(frozen=True)
class Imported:
    """A registry that was made from other files: where, and what became of their rows.

    ``other_therapies`` are names that lead to no therapy of the catalogue, kept as they are, with how often.
    ``notes`` say what was assumed, in sentences for the person who reads the report.
    """

    folder: Path
    accounts: tuple[Account, ...]
    other_therapies: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


def count_reasons(reasons: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each reason with its count, the most frequent first."""
    return tuple(sorted(Counter(reasons).items(), key=lambda pair: (-pair[1], pair[0])))
