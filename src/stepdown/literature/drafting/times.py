"""How long people were watched: a number with a unit of time, and what kind of time it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.numbers import TextNumber

_YEARS = {"day": 1 / 365.25, "week": 7 / 365.25, "month": 1 / 12, "year": 1.0}
_UNIT = r"(?P<unit>day|week|month|year)s?\b"
_MIDDLE = r"(?: ?\([^()]*\)| ?(?:\+/-|±) ?#+)?"
_TIME = rf"(?P<t>(?<![\w.])(?<![#§])#++){_MIDDLE}[ -]?{_UNIT}(?![- ]old)"
#: Words before a time that make it the time people were watched, by the kind of time they make it.
_FORMS = tuple(
    (kind, re.compile(form, re.IGNORECASE))
    for kind, form in (
        (
            "median-follow-up",
            rf"\bmedian(?: \([^()]*\))?(?: of)?(?: [\w-]+){{0,5}}?(?: \([^()]*\))?(?: was| were| of|"
            rf":)? {_TIME}",
        ),
        (
            "mean-follow-up",
            rf"\b(?:mean|average)(?: ?\([^()]*\))?(?: of)?(?: [\w-]+){{0,7}}?(?: ?\([^()]*\))?(?: was|"
            rf" were| of|:)? {_TIME}",
        ),
        (
            "fixed",
            rf"\b(?:follow-?(?:ed|ing)?[ -]?up|observed|observation(?: period)?|monitored|followed|"
            rf"treated)\b[^#§.;]{{0,40}}?{_TIME}",
        ),
        (
            "fixed",
            rf"{_TIME}(?:[ -](?:of|clinical|median|mean))*[ -](?:follow-?up|observation|study period|"
            rf"of treatment|of therapy|period\b)",
        ),
        (
            "window",
            rf"\b(?:within|over|during|across|in|throughout|for|at|after|by)(?: (?:the|a|first|least|next|"
            rf"following|up to|about|a period of|~))*\s*[~<>]? ?{_TIME}(?! (?:before|prior|ago|earlier))",
        ),
    )
)
#: The earlier ones of several times with their unit in common: "after 24, 48 and 72 months".
_LISTED = re.compile(
    r"\b(?:after|at|over|within) (?P<listed>(?:#+,? (?:and |or )?)+#+)[ -](?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_CARRIED = re.compile(rf"[^#§.;]{{0,30}}?(?:,|and) {_TIME}(?= in| for)", re.IGNORECASE)
#: Times of something else: age, disease, an interval between doses, the time before.
_NOT_WATCHED = re.compile(
    r"\bages?\b|\baged\b|disease duration|duration of (?:the )?disease|\bonset\b|every|interval|\bprior\b|"
    r"before|"
    r"diagnos|\bold\b|symptom|median time|mean time to|time to|surviv|(?-i:\bOS\b|\bPFS\b)|cycles|past|"
    r"last|previous|older|younger|delay|"
    r"washout", re.IGNORECASE)
_FOLLOW_UP = re.compile(
    r"follow|observ|watch|monitor|period|treat|over |during|throughout|after .* initiation", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PrintedTime:
    """A length of time in years, how it is printed, and whether the words call it a follow-up."""

    years: float
    number: TextNumber
    end: int
    kind: str
    is_follow_up: bool


def find_times(masked: MaskedText, taken: list[tuple[int, int]]) -> tuple[PrintedTime, ...]:
    """The times of a sentence in which people were watched or treated; their places become taken."""
    found: list[PrintedTime] = []
    for kind, form in _FORMS:
        for match in form.finditer(masked.text):
            if _is_free(match, taken) and not _NOT_WATCHED.search(_around(masked.text, match)):
                found += _read(masked, match, kind, taken)
    found += _find_listed(masked, taken)
    return tuple(sorted(found, key=lambda time: time.number.start))


def _find_listed(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[PrintedTime]:
    for match in _LISTED.finditer(masked.text):
        for number in re.finditer(r"#+", match["listed"]):
            printed = masked.numbers[match.start("listed") + number.start()]
            if (printed.start, printed.end) not in taken:
                taken.append((printed.start, printed.end))
                years = printed.value * _YEARS[match["unit"].lower()]
                yield PrintedTime(years, printed, printed.end, "fixed", is_follow_up=False)


def _is_free(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    start, end = match.span("t")
    return not any(start < other[1] and other[0] < end for other in taken)


def _around(text: str, match: re.Match[str]) -> str:
    """The words of a match, and some before and behind it."""
    start = max(
        match.start() - 25, text.rfind(";", 0, match.start()) + 1, text.rfind(",", 0, match.start()) + 1, 0
    )
    return text[start:match.start("t")] + text[match.end():match.end() + 12].split(",")[0]


def _read(
    masked: MaskedText, match: re.Match[str], kind: str, taken: list[tuple[int, int]]
) -> Iterator[PrintedTime]:
    """The time of a match, and those it is carried on to ("17 months in the first and 22 months in ...")."""
    words = masked.text[max(0, match.start() - 20):match.end() + 25]
    while match is not None:
        number = masked.number(match, "t")
        taken.append((number.start, number.end))
        years = number.value * _YEARS[match["unit"].lower()]
        is_follow_up = bool(_FOLLOW_UP.search(words))
        yield PrintedTime(years, number, match.end(), kind, is_follow_up)
        following = _CARRIED.match(masked.text, match.end())
        if following is None or not _is_free(following, taken):
            return
        match = following
