"""Counts that a sentence lists: so many after this drug and so many after that, one thing in so many each.

An item alone would be too little to go by; two or more of one form, one after the other, are a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from stepdown.literature.drafting.contexts import write_drug_pattern
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.shares import Count
from stepdown.literature.drafting.words import NO_THING, PEOPLE, find_words, read_words

_K = r"(?<![\w./-])(?P<k>(?<![#§])#++)"
_ARMS = "|".join(word for kind in ("stop", "extend", "continue") for word in read_words()["strategies"][kind])
_GIVEN = (
    rf"(?:the )?(?:{write_drug_pattern()}|placebo\b|drug\b|(?<![\w-])(?:{_ARMS}))"
    rf"(?: (?:{PEOPLE}|group|arm|dosing))?"
)
#: Items of a list, and how many make one; the first form follows an outcome and a colon or bracket.
_WITH_DRUGS = re.compile(rf"{_K}{NO_THING} (?:{PEOPLE} )?(?:after|with|on|under|among|in) {_GIVEN}", re.I)
_ONE_IN_EACH = re.compile(rf"(?<!each )\bin {_K}(?=,|;|\.$|\)| and\b|$| \()", re.IGNORECASE)
#: "none" is a number too, and surely one of people.
_NOBODY = re.compile(
    rf"(?:[,;:(]|\band|\bbut) {_K} (?:in|among|on) (?:the |those )?(?:[\w/-]+ ){{1,3}}?"
    rf"(?:{PEOPLE}|groups?|arms?|cohort|period)\b", re.IGNORECASE)
_OPENED = re.compile(r"[:(] ?$")
_JOINED = re.compile(r",? (?:and |versus |vs\.? |but |v )?|; ", re.IGNORECASE)
_FEW_WORDS = re.compile(r"(?: \([^()§]{0,30}\))?,? (?:and )?(?:[a-z-]+ ){0,4}", re.IGNORECASE)
#: Years of the calendar are no counts.
_MOST = 1900
#: "(35.5%, 37.3% and 16.0%)" behind as many counts.
_BRACKET = re.compile(rf"(?: {PEOPLE})?(?: [a-z-]+){{0,4}} \(", re.IGNORECASE)
_IN_BRACKET = re.compile(r",? (?:and |vs\.? |versus )?")


def find_listed(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    """The counts of lists in a sentence; their places become taken."""
    for form, joined in ((_WITH_DRUGS, _JOINED), (_ONE_IN_EACH, _FEW_WORDS)):
        for matches in _find_lists(list(form.finditer(masked.text)), joined, masked.text):
            before = masked.text[:matches[0].start()]
            is_told = bool(_OPENED.search(before)) and bool(find_words("outcomes", before)
                                                            or find_words("other_outcomes", before))
            if form is _ONE_IN_EACH or is_told:
                yield from _take(matches, masked, taken)
    nobody = [match for match in _NOBODY.finditer(masked.text) if masked.number(match, "k").value == 0]
    yield from _take(nobody, masked, taken)


def _find_lists(
    matches: Sequence[re.Match[str]], joined: re.Pattern[str], text: str
) -> Iterator[list[re.Match[str]]]:
    """Runs of two or more matches that only these words join."""
    run: list[re.Match[str]] = []
    for match in matches:
        if run and not joined.fullmatch(text, run[-1].end(), match.start()):
            if len(run) > 1:
                yield run
            run = []
        run.append(match)
    if len(run) > 1:
        yield run


def _take(
    matches: Sequence[re.Match[str]], masked: MaskedText, taken: list[tuple[int, int]]
) -> Iterator[Count]:
    for match in matches:
        number, place = masked.number(match, "k"), match.span("k")
        if place not in taken and number.value % 1 == 0 and number.value < _MOST:
            taken.append(place)
            yield Count(*place, number)


def join_lists(counts: Sequence[Count], text: str) -> tuple[Count, ...]:
    """The counts of a sentence; as many shares in brackets behind some of them are those of each."""
    found = list(counts)
    for length in range(len(found) // 2, 1, -1):
        for first in range(len(found) - 2 * length + 1):
            people, shares = found[first:first + length], found[first + length:first + 2 * length]
            if _are_of_each_other(people, shares, text):
                joined = [replace(count, percent=share.percent) for count, share in
                          zip(people, shares, strict=True)]
                return (*found[:first], *joined, *found[first + 2 * length:])
    return tuple(found)


def _are_of_each_other(people: Sequence[Count], shares: Sequence[Count], text: str) -> bool:
    """Whether bare counts are followed by as many bare shares in one bracket."""
    is_bare = all(count.events is not None and count.percent is None and count.of is None for count in people)
    is_share = all(share.events is None and share.percent is not None for share in shares)
    if not (is_bare and is_share and _BRACKET.fullmatch(text, people[-1].end, shares[0].start)):
        return False
    return all(_IN_BRACKET.fullmatch(text, one.end, other.start)
               for group in (people, shares) for one, other in pairwise(group))
