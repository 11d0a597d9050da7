"""The numbers in a text as papers print them, each with its place: decimals, thousands, per cent, words.

Decimal points may be middle dots or commas ("12·2 %", "12,2 %"), thousands may be set apart by commas or thin
spaces ("1,234", "1 234"); small numbers may be words ("three").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = {word: value for value, word in enumerate((
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"))}
_SPACES = "\u2009\u202f\u00a0 "
_NUMBER = re.compile(
    rf"(?<![\w.,·])(?P<thousands>\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d{{1,3}}(?:,\d{{3}})+)(?P<rest>[.·]\d+)?(?![\w·])"
    rf"|(?<![\w.,·])(?P<plain>\d+(?:[.·,]\d+)?|[.·]\d+)(?!\d)"
    rf"|(?<!-)\b(?P<word>{'|'.join(WORDS)})\b(?!-)", re.IGNORECASE)
_PERCENT = re.compile(rf"[{_SPACES}]?%|[{_SPACES}]per ?cent\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextNumber:
    """A number of a text: its value, where it starts and ends (the sign of per cent included)."""

    value: float
    start: int
    end: int
    is_percent: bool = False
    is_word: bool = False


def read_numbers(text: str) -> tuple[TextNumber, ...]:
    """Every number of a text, in order."""
    return tuple(_read(match, text) for match in _NUMBER.finditer(text))


def _read(match: re.Match[str], text: str) -> TextNumber:
    percent = _PERCENT.match(text, match.end())
    end = percent.end() if percent else match.end()
    return TextNumber(_to_value(match), match.start(), end, percent is not None, match["word"] is not None)


def _to_value(match: re.Match[str]) -> float:
    if match["word"]:
        return float(WORDS[match["word"].lower()])
    if match["thousands"]:
        whole = re.sub(rf"[,{_SPACES}]", "", match["thousands"])
        return float(whole + (match["rest"] or "").replace("·", "."))
    return float(match["plain"].replace("·", ".").replace(",", "."))
