"""A sentence with its numbers blotted out, letter for letter, so that one pattern fits however a number is
printed.

``#`` stands for each letter of a number, ``§`` for each letter of a number per cent (its sign included):
"10/41 (24.4 %)" becomes "##/## (§§§§§§)". What a pattern finds has the same place in the sentence, and
``number`` gives the number that begins there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from stepdown.literature.numbers import TextNumber, read_numbers

_ALIKE = str.maketrans({
    **dict.fromkeys("\u00a0\u202f\u205f\u3000", " "), **{chr(code): " " for code in range(0x2002, 0x200C)},
    "\u223c": "~", "\u02dc": "~", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-",
    "\u2014": "-", "\u2212": "-", "\u2264": "<", "\u2265": ">", "[": "(", "]": ")", "\n": " ",
})
#: A number that belongs to a name: IFN-b-1a, grade-3 and the like, a CD4+ cell, a 25-foot walk.
_PART_OF_A_NAME = re.compile(r"-\d+[a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MaskedText:
    """The blotted text, the numbers by their start, and where the text itself starts in the abstract."""

    text: str
    numbers: Mapping[int, TextNumber]
    offset: int = 0

    def number(self, match: re.Match[str], group: int | str) -> TextNumber:
        """The number that a group of a match holds; a minus sign before it is not part of it."""
        start = match.start(group)
        return self.numbers[start + 1 if self.text[start] == "-" else start]

    def span(self, number: TextNumber) -> tuple[int, int]:
        """Where a number stands in title and abstract."""
        return self.offset + number.start, self.offset + number.end

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of this text stands in title and abstract."""
        return self.offset + start, self.offset + end


def mask_numbers(text: str, offset: int = 0) -> MaskedText:
    """The text with numbers blotted out, dashes, spaces and brackets of one kind each."""
    numbers = {number.start: number for number in _find_numbers(text)}
    letters = list(text.translate(_ALIKE))
    for number in numbers.values():
        sign = "§" if number.is_percent else "#"
        letters[number.start:number.end] = sign * (number.end - number.start)
    return MaskedText("".join(letters), MappingProxyType(numbers), offset)


def _find_numbers(text: str) -> Iterator[TextNumber]:
    for number in read_numbers(text):
        before = max(0, number.start - 1)
        if not _PART_OF_A_NAME.match(text, before, number.end + 1):
            yield number
