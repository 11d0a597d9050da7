"""Where does an abstract print the numbers of a finding? Character by character, so that a reader can look.

A number is looked for first in the sentence that prints the most numbers of its finding: 12 may stand in an
abstract five times, and one of them is meant. A share is a number with a sign of per cent, or a fraction;
a count is neither. A number that may stand for the same thing in two sentences has no place here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepdown.evidence.study import Finding
from stepdown.literature.citation import Citation
from stepdown.literature.numbers import TextNumber, read_numbers
from stepdown.literature.verify import find_printed, is_printed_as

_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s+[A-Z(\d])|(?=\n)|\Z)", re.DOTALL)


#: Ends of intervals and contrasts stand with a sign of per cent or without one.
_OF_ANY_SIGN = ("proportion_low", "proportion_high", "effect.value", "effect.low", "effect.high")


@dataclass(frozen=True, slots=True)
class Span:
    """A number of a finding in the abstract: its field, its words, its first character, the one after it."""

    field: str
    text: str
    start: int
    end: int


def find_spans(finding: Finding, citation: Citation) -> tuple[Span, ...]:
    """Where the abstract of a citation prints the numbers of a finding, as far as it prints them."""
    text = citation.abstract_text
    printed = list(find_printed(finding))
    numbers = _sort_by_sentence(text, read_numbers(text), printed)
    if len(printed) == 1 and sum(_fits(number, *printed[0]) for number in numbers) > 1:
        return ()
    found = ((field, _find_first(numbers, field, value)) for field, value in printed)
    return tuple(
        Span(field, text[number.start : number.end], number.start, number.end)
        for field, number in found
        if number is not None
    )


def _sort_by_sentence(
    text: str, numbers: tuple[TextNumber, ...], printed: list[tuple[str, float]]
) -> list[TextNumber]:
    """The numbers of the text, those of the sentence that prints the most of the finding first."""
    groups = [_inside(numbers, *match.span()) for match in _SENTENCE.finditer(text)]
    groups.sort(key=lambda group: -_count_printed(group, printed))
    return [number for group in groups for number in group]


def _inside(numbers: tuple[TextNumber, ...], start: int, end: int) -> list[TextNumber]:
    return [number for number in numbers if start <= number.start < end]


def _count_printed(group: list[TextNumber], printed: list[tuple[str, float]]) -> int:
    return sum(_find_first(group, field, value) is not None for field, value in printed)


def _find_first(numbers: list[TextNumber], field: str, value: float) -> TextNumber | None:
    return next((number for number in numbers if _fits(number, field, value)), None)


def _fits(number: TextNumber, field: str, value: float) -> bool:
    """Whether a number of the text can be the value of a field, by its scale and its sign of per cent."""
    if not is_printed_as(field, value, number.value):
        return False
    if field == "proportion":
        return number.is_percent or number.value == value != 1
    return field in _OF_ANY_SIGN or not number.is_percent


def name_places(spans: tuple[Span, ...]) -> str:
    """The places of the numbers as a reader may count them, from 1: "3 to 5; 17 to 19"."""
    places = dict.fromkeys(sorted((span.start, span.end) for span in spans))
    return "; ".join(f"{start + 1} to {end}" if end > start + 1 else f"{end}" for start, end in places)
