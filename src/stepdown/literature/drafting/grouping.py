"""The groups of a study as parts of its draft: their sizes, and what was done with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stepdown.literature.drafting.contexts import Context, find_about
from stepdown.literature.drafting.draft import DraftField, DraftGroup, Span
from stepdown.literature.drafting.sentence_reading import Reading
from stepdown.literature.drafting.topics import Topic, fill_group
from stepdown.literature.drafting.totals import IN_EACH
from stepdown.literature.drafting.words import PEOPLE
from stepdown.literature.numbers import TextNumber

_CONTROLS = re.compile(r"[^,;.#]{0,40}\b(?:healthy|controls?|siblings|carers)\b", re.IGNORECASE)
#: A size that several groups have in common says nothing of what was done with one.
_IN_COMMON = re.compile(r"\b(?:each,? (?:n ?= ?)?|(?:groups|arms|cohorts) of )$", re.IGNORECASE)
#: What people did stands behind their number.
_TOLD_BEHIND = re.compile(
    rf"(?: (?:\w+ )?{PEOPLE})? (?:who|that|had|were (?:\w+ )?(?:randomi[sz]ed|assigned|allocated) to|to)\b",
    re.IGNORECASE)
_DENIED = re.compile(r"\b(?:did not|do not|not|without|never|non-?\w+)\b", re.IGNORECASE)
_BY_LETTER = re.compile(r"\bn ?= ?$", re.IGNORECASE)


def find_study_groups(readings: Sequence[Reading], n: DraftField | None) -> Iterator[DraftGroup]:
    """The groups that are set apart, each size at its first place, the whole study left out."""
    seen: set[Span] = set(n.spans) if n else set()
    title = Topic("title", readings[0].context)
    for reading in readings:
        for number in reading.groups:
            span = reading.masked.span(number)
            is_whole = n is not None and number.value == n.value and len(reading.groups) == 1 and (
                _BY_LETTER.search(reading.masked.text, 0, number.start))
            if span not in seen and not is_whole:
                seen.add(span)
                about = find_about_group(reading, number)
                size = DraftField(number.value, (span,))
                yield fill_group(DraftGroup(size, about.get("strategy"), about.get("therapy")), title)


def find_about_group(reading: Reading, number: TextNumber) -> dict[str, DraftField]:
    """Strategy and drug of a group; none that stands behind the size of a later one, whose it is."""
    if _is_unnamed(reading.masked.text, number):
        return {}
    later = [reading.masked.span(other)[0] for other in reading.groups if other.start > number.start]
    about = find_about(_find_own_words(reading, number), number.start, number.end)
    return {name: field for name, field in about.items()
            if not any(start < field.spans[0][0] for start in later)}


def _find_own_words(reading: Reading, number: TextNumber) -> Context:
    """The words of a sentence; those of its own alone where a size has some: "91 who stayed on"."""
    text, context = reading.masked.text, reading.context
    before = max((other.end for other in reading.groups if other.end <= number.start), default=0)
    behind = min((other.start for other in reading.groups if other.start >= number.end), default=len(text))
    is_told_behind = _TOLD_BEHIND.match(text, number.end)
    first = number.end if is_told_behind or _is_kind(context, number) else before
    own = tuple(word for word in context.strategies if first <= word.start < behind)
    if not own and before and _DENIED.search(text, before, number.start):
        return replace(context, strategies=())
    return replace(context, strategies=own) if own else context


def _is_kind(context: Context, number: TextNumber) -> bool:
    """Whether right behind a size stands what its people did: "300 continuers"."""
    return any(word.start == number.end + 1 for word in context.strategies)


def _is_unnamed(text: str, number: TextNumber) -> bool:
    """Whether a size is one of controls, or of each of several groups."""
    common = _IN_COMMON.search(text, 0, number.start) or IN_EACH.match(text, number.end)
    return bool(common or _CONTROLS.match(text, number.end))
