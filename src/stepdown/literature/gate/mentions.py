"""Which numbers does a sentence give, and what is each one: a share, a count, a range, a time, an age, ...?

Patterns are tried in order; what one has read, the next does not see. A number that none can read has
the role ``bare``, and a text may not hold any such number.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_N = r"(\d[\d,]*(?:\.\d+)?)"
_FEW = r"(?:about |around |nearly |almost |roughly |some )?"
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
#: A paragraph of narrower lines was not wrapped: its lines end where they end.
_LEAST_WIDTH = 45
_ITEMS = ("- ", "* ", "! ", "# ")
_MARKS = "-*!# "
_WORD_NUMBER = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_ONE = re.compile(
    r"\bone(?= (?:of|in|out|person|patient|year|month|week|relapse|death|study)\b)", re.IGNORECASE
)
_PEOPLE = r"(?:people|persons|patients|adults|participants|women|men|children|volunteers)"


@dataclass(frozen=True)
class Mention:
    """One number, or the numbers that belong together, with its role and unit, as it is written."""

    role: str
    values: tuple[float, ...]
    unit: str
    text: str


_UNITS = r"(years?|months?|weeks?|days?|hours?)"
_SCALES = r"(1,000|100,000|100)"
_LITTLE, _MUCH = r"as (?:little|low|few) as (?:fewer than )?", r"as (?:much|high|many) as (?:more than )?"
_SAW = r"(?:had|were|got|died|did|saw|went|needed)"
_PATTERNS = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in (
    ("ratio-range", rf"ratio could be {_LITTLE}{_N} or {_MUCH}{_N}"),
    ("range", rf"{_LITTLE}{_N} or {_MUCH}{_N}"),
    ("range", rf"\b(?:between|from) {_N} (?:and|to) {_N}(?! {_UNITS})"),
    ("range", rf"\b(?:find|range of|range:|interval) ?\(?(?:fewer than )?{_N} to (?:more than )?{_N}"),
    ("range", rf"\({_N} ?(?:to|-|–) ?{_N}\)"),
    ("bound", rf"\bup to (?:more than )?{_N}"),
    ("bound", rf"\b{_LITTLE}{_N}"),
    ("percent", rf"{_N} ?(?:%|per ?cent\b)"),
    ("scaled", rf"{_N} (?:out )?(?:of|in|for) (?:every ){_SCALES}\b"),
    ("rate", rf"{_N} [a-z]+(?: [a-z]+){{0,3}} (?:for|per) (?:every )?{_SCALES}\b"),
    ("rate-count", rf"\bcount of [a-z' -]+? (?:was|is) {_FEW}{_N}"),
    ("scaled-back", rf"\b(?:of|among|picture) (?:every )?{_SCALES}\b(?=.*?(?:about|fewer than|was) {_N})"),
    ("count", rf"{_N} (?:out )?of (?:the |these |those |all )?{_N}"),
    ("count-back", rf"\b(?:of|among) (?:the |these |all )?{_N} {_PEOPLE}\b[^.;]*? {_N} {_SAW}\b"),
    ("none-of", rf"\bnone (?:out )?of (?:the |these |all )?{_N}"),
    ("all-of", rf"\ball (?:of )?(?:the )?{_N}"),
    ("rest", rf"\bthe other (?:more than |fewer than )?{_N}"),
    ("ratio", rf"\bratio (?:of|is|was) {_FEW}{_N}"),
    ("age", rf"\b(?:age|aged|older than|younger than|over|under)\b[^.\d]{{0,20}}{_N}(?: years)?"),
    ("age", rf"{_N} years old"),
    ("time", rf"{_N} {_UNITS}\b"),
    ("studies", rf"{_N} (?:\w+ )?studies\b"),
    ("people", rf"{_N} {_PEOPLE}\b"),
    ("year", r"\b((?:19|20)\d\d)\b"),
    ("bare", rf"(?<![\w.-]){_N}"),
))  # fmt: skip


def find_mentions(sentence: str) -> tuple[Mention, ...]:
    """Every number of a sentence, each once, with its role."""
    rest, found = _write_digits(sentence), []
    for role, pattern in _PATTERNS:
        while match := pattern.search(rest):
            found.append(_read(role, match))
            rest = _blank(rest, match)
    return tuple(found)


def find_scale_in(text: str) -> int | None:
    """Of how many people the figures of a text are ("of every 100"); None where it does not say."""
    found = re.search(rf"\b(?:every|among|picture) {_SCALES}\b", text, re.IGNORECASE)
    return int(found[1].replace(",", "")) if found else None


def _write_digits(sentence: str) -> str:
    """The sentence with its number words in digits; "one" only where it counts."""
    digits: Callable[[re.Match[str]], str] = lambda match: str(_WORDS[match.group(1).lower()])  # noqa: E731
    return _ONE.sub("1", _WORD_NUMBER.sub(digits, sentence))


def _read(role: str, match: re.Match[str]) -> Mention:
    groups = [group for group in match.groups() if group]
    values = tuple(float(group.replace(",", "")) for group in groups if group[0].isdigit())
    unit = next((group.rstrip("s").lower() for group in groups if not group[0].isdigit()), "")
    if role.endswith("-back"):
        role, values = {"scaled-back": "scaled", "count-back": "count"}[role], (values[1], values[0])
    return Mention(role, values, unit, match.group(0))


def _blank(text: str, match: re.Match[str]) -> str:
    """The text with the groups of a match blanked, so that no number is read twice."""
    for number in range(1, (match.re.groups or 0) + 1):
        start, end = match.span(number)
        if start >= 0:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def split_sentences(text: str) -> Iterator[str]:
    """The sentences of a text; the end of a paragraph ends one, whatever its last mark."""
    for block in _find_blocks(text):
        for sentence in re.split(r"(?<=[.!?])[\"”]?\s+(?=[\"“A-Z0-9])", block):
            if sentence.strip():
                yield sentence.strip()


def _find_blocks(text: str) -> Iterator[str]:
    """The headings, list items and paragraphs of a text, lines that were only wrapped put together again."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        is_rule = bool(stripped) and not stripped.strip("-=")
        if paragraph and (is_rule or not stripped or stripped.startswith(_ITEMS)):
            yield from _join_wrapped(paragraph)
            paragraph = []
        if stripped and not is_rule:
            paragraph.append(stripped)


def _join_wrapped(lines: list[str]) -> Iterator[str]:
    """The lines of a paragraph; one is put to the line before where it goes on with it.

    So it does when it begins with a small letter, or when its first word had no room left on the line before,
    which is as wide as the widest line of the paragraph.
    """
    width = max(max(map(len, lines)), _LEAST_WIDTH)
    block = lines[0]
    for before, line in itertools.pairwise(lines):
        has_no_room = len(before) + 1 + len(line.split()[0]) > width
        if line[0].islower() or has_no_room:
            block = f"{block} {line}"
        else:
            yield block.lstrip(_MARKS)
            block = line
    yield block.lstrip(_MARKS)


def split_parts(sentence: str) -> list[str]:
    """The parts of a sentence that may speak of different people."""
    parts = re.split(r";|,? (?:but|while|whereas|versus|compared with|against)\b|, and\b", sentence)
    return [part for part in parts if part.strip()]
