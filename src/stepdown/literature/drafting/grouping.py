"""The groups of a study as parts of its draft: their sizes, and what was done with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stepdown.literature.drafting.contexts import find_about
from stepdown.literature.drafting.draft import DraftField, DraftGroup, Span
from stepdown.literature.drafting.sentence_reading import Reading
from stepdown.literature.drafting.topics import Topic, fill_group
from stepdown.literature.drafting.totals import IN_EACH
from stepdown.literature.numbers import TextNumber

_CONTROLS = re.compile(r"[^,;.#]{0,40}\b(?:healthy|controls?|siblings|carers)\b", re.IGNORECASE)
#: A size that several groups have in common says nothing of what was done with one.
_IN_COMMON = re.compile(r"\b(?:each,? (?:n ?= ?)?|(?:groups|arms|cohorts) of )$", re.IGNORECASE)
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
    about = find_about(reading.context, number.start, number.end)
    return {name: field for name, field in about.items()
            if not any(start < field.spans[0][0] for start in later)}


def _is_unnamed(text: str, number: TextNumber) -> bool:
    """Whether a size is one of controls, or of each of several groups."""
    common = _IN_COMMON.search(text, 0, number.start) or IN_EACH.match(text, number.end)
    return bool(common or _CONTROLS.match(text, number.end))
