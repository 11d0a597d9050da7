"""A laboratory result that is known only as below or above a limit, as laboratories print it: "<0.5"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
_SIGNS = {"\u2264": "<=", "\u2265": ">="}
#: How a limit stands in a person file.
PATTERN = r"[<>]=?\d+(\.\d+)?"
_LIMIT = re.compile(r"([<>]=?)\s*(\d{1,12}(?:\.\d{1,12})?)")


@dataclass(frozen=True)
class Span:
    """What a result can be: from ``low`` to ``high`` (None: no upper bound), and how it was given."""

    low: float
    high: float | None
    words: str

    def is_below(self, limit: float) -> bool | None:
        """Whether the result lies below a limit; None where what is known of it does not decide."""
        if self.high is not None and self.high < limit:
            return True
        return False if self.low >= limit else None


@dataclass(frozen=True)
class Limit:
    """The sign and the number of a result that is a limit."""

    sign: str
    number: float

    def __str__(self) -> str:
        """As it stands in a person file."""
        return f"{self.sign}{self.number:.12g}"

    def span(self, factor: float = 1.0) -> Span:
        """What the result can be in another unit; below and above leave out the limit itself."""
        number = round(self.number * factor, 9)
        words = f"{_WORDS[self.sign]} {number:g}"
        if self.sign.startswith("<"):
            return Span(0.0, number if self.sign == "<=" else math.nextafter(number, -math.inf), words)
        return Span(number if self.sign == ">=" else math.nextafter(number, math.inf), None, words)


def read_limit(written: object) -> Limit | None:
    """The limit that was written; None for anything else."""
    if not isinstance(written, str):
        return None
    plain = written.strip()
    plain = _SIGNS.get(plain[:1], plain[:1]) + plain[1:]
    match = _LIMIT.fullmatch(plain)
    return Limit(match[1], float(match[2])) if match else None
