"""Does a sentence promise, advise, or speak of everybody? What no study of ours can carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from stepdown.literature.gate.mentions import Mention
from stepdown.literature.gate.terms import find_kinds, find_words, read_terms

#: Numbers that say all or none.
_WHOLE = frozenset({"all-of", "none-of"})
#: What a text says it cannot tell is no promise.
_CANNOT_TELL = re.compile(
    r"\b(?:can ?not|could not|can't|does not|do not|did not|doesn't) (?:tell|say|show|know|count)\b[^.;]*",
    re.IGNORECASE,
)
_PLEASE = r"(?:please|so|then|and|now|just|simply|instead|next|first|but)"
#: The one piece of advice that a text must give.
_ON_YOUR_OWN = re.compile(r"\b(?:do not|don't|never) [^.;]*\bon your own\b", re.I)


def find_promises(sentence: str, part_mentions: list[Mention]) -> Iterator[str]:
    """Why a part of a sentence promises something: no harm, or the same for everybody.

    ``part_mentions`` are the numbers of the part.
    """
    words = _CANNOT_TELL.sub(" ", sentence)
    if not part_mentions:
        denials = find_words("promises", "denials", words)
        harms = find_words("promises", "harms", words)
        if denials and harms:
            yield f'"{denials[0]} ... {harms[0]}" promises that there is no harm'
    if not any(mention.role in _WHOLE for mention in part_mentions):
        for word in find_words("promises", "everybody", words):
            yield f'"{word}" speaks of everybody or nobody, and no number of the study says so'


def find_advice(sentence: str) -> Iterator[str]:
    """Why a sentence advises something about a treatment, or against asking."""
    if _ON_YOUR_OWN.search(sentence):
        return
    for pattern in (_orders(), _permits()):
        for match in pattern.finditer(sentence):
            yield f'"{match.group(0).strip(" ,;:-")}" is advice about a treatment'
    for word in find_words("advice", "never", sentence):
        yield f'"{word}" is advice'


@cache
def _orders() -> re.Pattern[str]:
    """A verb of treatment at the start of a sentence or clause, as an order."""
    verbs = "|".join(read_terms()["advice"]["treat"])
    asks = "|".join(read_terms()["advice"]["ask"])
    start = rf"(?:^|[.!?:;,]\s+|\b{_PLEASE} )(?:{_PLEASE},? )*"
    not_to = r"(?:do not |don't |never )"
    return re.compile(rf"{start}(?:{not_to}?(?:{verbs})|{not_to}(?:{asks}))\b", re.IGNORECASE)


@cache
def _permits() -> re.Pattern[str]:
    """What a reader may, should or need not do."""
    verbs = "|".join((*read_terms()["advice"]["treat"], *read_terms()["advice"]["ask"]))
    modal = "|".join(read_terms()["advice"]["modal"])
    return re.compile(rf"\b(?:{modal})(?: \w+){{0,2}}? (?:{verbs})\b", re.I)


def says_outcome_of_people(sentence: str) -> bool:
    """Whether a sentence says what became of people; then a number of the study must stand in it."""
    is_about_people = bool(find_words("promises", "people", sentence))
    return is_about_people and bool(find_kinds("outcomes", _CANNOT_TELL.sub(" ", sentence)))
