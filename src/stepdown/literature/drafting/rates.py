"""Relapses or events per person and year, as a sentence prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.numbers import TextNumber

_PER = r"per (?P<scale>(?<![#§])#++)?[ -]?(?:person|patient)[ -]?years?"
_INTERVAL = (
    r"(?:[\s,]*\(?(?:§+ ?(?:ci|confidence interval)[\s:,]*)?\(?"
    r"(?P<low>(?<![#§])#++) ?(?:-|to|,) ?(?P<high>(?<![#§])#++)\)?)?"
)
_SCALED = re.compile(rf"(?P<rate>(?<![\w.])(?<![#§])#++){_INTERVAL}[\s,)]*{_PER}", re.IGNORECASE)
_SCALED_PAIR = re.compile(
    rf"(?P<rate>(?<![\w.])(?<![#§])#++) (?:and|vs\.?|versus) (?=#+ {_PER.replace('P<scale>', ':')})",
    re.IGNORECASE,
)
_SCALE_BEFORE = re.compile(
    rf"{_PER}\s*[=:]?\s*(?:was |were |of )?(?P<rate>(?<![#§])#++){_INTERVAL}", re.IGNORECASE
)
_YEARLY = re.compile(
    r"\bannuali[sz]ed (?:disease activity and )?(?:relapse |disease activity |"
    r"progression )?rates?(?: \((?-i:ARRs?)\))?|(?-i:\bARRs?\b)", re.IGNORECASE)
_TIME = r" ?-? ?(?:days?|weeks?|months?|years?)\b"
_WORDS = rf"(?:[^#§;]|§++ ?(?=(?:ci\b|confidence))|(?<=month )#+-#+|< ?#++|#++(?={_TIME}))"
_RATE = rf"(?P<rate>(?<![\w.<-])(?<!< )(?<![#§])#++)(?!{_TIME}){_INTERVAL}(?![\w§])"
_FIRST = re.compile(rf"{_WORDS}{{0,110}}?{_RATE}", re.IGNORECASE)
_NEXT = re.compile(rf"{_WORDS}{{1,45}}?{_RATE}", re.IGNORECASE)
_STOP = re.compile(r"\bp ?[<=>]|difference|ratio\b|patients|n ?=|\. [A-Z]", re.IGNORECASE)
#: More relapses than this in one year are no rate.
_MOST_A_YEAR = 10.0


@dataclass(frozen=True, slots=True)
class PrintedRate:
    """A rate with its interval as printed, how much one of it is per 100 person-years, and what names it."""

    rate: TextNumber
    factor: float
    name: tuple[int, int]
    low: TextNumber | None = None
    high: TextNumber | None = None


def find_rates(masked: MaskedText, taken: list[tuple[int, int]]) -> tuple[PrintedRate, ...]:
    """Every rate of a sentence; their places become taken."""
    found = [*_find_scaled(masked, taken), *_find_yearly(masked, taken)]
    return tuple(sorted(found, key=lambda rate: rate.rate.start))


def _find_scaled(masked: MaskedText, taken: list[tuple[int, int]]) -> list[PrintedRate]:
    """Rates that say per how many person-years they are."""
    found: list[PrintedRate] = []
    scale = 1.0
    for form in (_SCALED, _SCALE_BEFORE):
        for match in form.finditer(masked.text):
            scale = masked.number(match, "scale").value if match["scale"] else 1.0
            _keep(found, masked, match, 100 / scale, match.span("rate"), taken)
    for match in _SCALED_PAIR.finditer(masked.text):
        _keep(found, masked, match, 100 / scale, match.span("rate"), taken)
    return found


def _find_yearly(masked: MaskedText, taken: list[tuple[int, int]]) -> list[PrintedRate]:
    """Annualised rates: the first number behind the name, and those that follow it in a list."""
    found: list[PrintedRate] = []
    for name in _YEARLY.finditer(masked.text):
        match = _FIRST.match(masked.text, name.end())
        while match is not None and not _STOP.search(masked.text[match.start():match.start("rate")]):
            if masked.number(match, "rate").value <= _MOST_A_YEAR:
                _keep(found, masked, match, 100, name.span(), taken)
            match = _NEXT.match(masked.text, match.end())
    return found


def _keep(
    found: list[PrintedRate], masked: MaskedText, match: re.Match[str], factor: float, name: tuple[int, int],
    taken: list[tuple[int, int]],
) -> None:
    """Add the rate of a match unless it was read before."""
    held = match.groupdict()
    numbers = {name: masked.number(match, name) for name in ("rate", "low", "high") if held.get(name)}
    spans = [(number.start, number.end) for number in numbers.values()]
    if not any(start < other[1] and other[0] < end for start, end in spans for other in taken):
        taken += spans
        found.append(PrintedRate(factor=factor, name=name, **numbers))
