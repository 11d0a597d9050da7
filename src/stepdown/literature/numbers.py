"""The numbers in a text as papers print them, each with its place: decimals, thousands, per cent, words.

Decimal points may be middle dots or commas ("12·2 %", "12,2 %"), thousands may be set apart by commas or thin
spaces ("1,234", "1 234"); numbers below a thousand may be words ("three", "sixty-five", "two hundred ten").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = {word: value for value, word in enumerate((
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"))}
TENS = {word: 10 * value for value, word in enumerate((
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2)}
_UNITS = "|".join(list(WORDS)[1:10])
_SPACES = "\u2009\u202f\u00a0 "
#: Rarer spaces and points, letter for letter, as those above.
_ALIKE = str.maketrans({
    **dict.fromkeys("\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u200a\u200b\u205f\u3000", "\u00a0"),
    **dict.fromkeys("\u22c5\u2219\u2027", "·"),
})
#: A comma before a number sets it apart from the one before when that has its decimal point already.
_START = r"(?<![\w.·])(?:(?<!,)|(?<=[.·]\d,)|(?<=[.·]\d\d,)|(?<=[.·]\d{3},))"
#: "one hundred and five" is neither one nor five.
_WORD_START, _NO_HUNDRED = r"(?<!-)(?<!hundred )(?<!hundred and )\b", r"(?! (?:hundred|thousand))"
_NUMBER = re.compile(
    rf"{_START}(?P<thousands>\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d{{1,3}}(?:,\d{{3}})+)(?P<rest>[.·]\d+)?(?![\w·])"
    rf"|{_START}(?P<plain>\d+(?:[.·,]\d+)?|[.·]\d+)(?!\d)"
    rf"|{_WORD_START}(?P<hundreds>{_UNITS}) hundred(?:(?:[ -]and)?[ -](?:(?P<htens>{'|'.join(TENS)})"
    rf"(?:[- ](?P<hunits>{_UNITS}))?|(?P<hword>{'|'.join(list(WORDS)[1:])})))?\b(?!-|[ -](?:and |thousand))"
    rf"|{_WORD_START}(?P<tens>{'|'.join(TENS)})(?:[- ](?P<units>{_UNITS}))?\b(?!-){_NO_HUNDRED}"
    rf"|{_WORD_START}(?P<word>{'|'.join(WORDS)})\b(?!-(?!(?:day|week|month|year)s?\b)){_NO_HUNDRED}",
    re.IGNORECASE,
)
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
    text = text.translate(_ALIKE)
    return tuple(_read(match, text) for match in _NUMBER.finditer(text))


def _read(match: re.Match[str], text: str) -> TextNumber:
    percent = _PERCENT.match(text, match.end())
    end = percent.end() if percent else match.end()
    is_word = bool(match["word"] or match["tens"] or match["hundreds"])
    return TextNumber(_to_value(match), match.start(), end, percent is not None, is_word)


def _to_value(match: re.Match[str]) -> float:
    if match["hundreds"]:
        words = [(match[name] or "none").lower() for name in ("htens", "hunits", "hword")]
        rest = sum({**TENS, **WORDS}[word] for word in words)
        return float(100 * WORDS[match["hundreds"].lower()] + rest)
    if match["word"]:
        return float(WORDS[match["word"].lower()])
    if match["tens"]:
        return float(TENS[match["tens"].lower()] + WORDS[(match["units"] or "none").lower()])
    if match["thousands"]:
        whole = re.sub(rf"[,{_SPACES}]", "", match["thousands"])
        return float(whole + (match["rest"] or "").replace("·", "."))
    return float(match["plain"].replace("·", ".").replace(",", "."))
