"""The time of a figure where its own words hold none: by a list, by its arm, by the sentence before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from stepdown.literature.drafting.choosing import to_time
from stepdown.literature.drafting.draft import DraftField, DraftFinding
from stepdown.literature.drafting.inheriting import goes_on
from stepdown.literature.drafting.sentence_reading import Reading
from stepdown.literature.drafting.times import PrintedTime

_AND = re.compile(r"[\s,()]*(?:\band\b)?[\s(]*", re.IGNORECASE)
#: How long the people of an arm were treated, where it is told of each arm.
_OF_AN_ARM = re.compile(r"\b(?:follow|observ|exposure|treat|monitor)", re.IGNORECASE)
_FIRST_BEHIND = 40


def order_times(reading: Reading) -> tuple[PrintedTime, ...]:
    """A time for each count of a sentence, where they go together in order; empty where they do not.

    Times that all stand before the figures are those of each list: "at 1 and 2 years 97% and 94% in one group
    and 96% and 93% in the other".
    """
    times, counts = reading.times, reading.counts
    if len(times) < 2 or len(counts) % len(times):
        return ()
    lists = len(counts) // len(times)
    if lists == 1:
        return times
    if lists == 0 or times[-1].end > counts[0].start:
        return ()
    text, length = reading.masked.text, len(times)
    joined = [bool(_AND.fullmatch(text, one.end, other.start))
              for one, other in pairwise(counts)]
    told = [place % length != 0 for place in range(1, len(counts))]
    return times * lists if joined == told else ()


def find_arm_times(readings: Sequence[Reading]) -> dict[str, tuple[Reading, PrintedTime]]:
    """How long each arm was watched, by strategy, where one sentence tells it of two or more."""
    for reading in readings:
        found = dict(_find_times_of_arms(reading))
        if len(found) == len(reading.times) > 1 and _OF_AN_ARM.search(reading.masked.text):
            return {kind: (reading, time) for kind, time in found.items() if time.kind != "window"}
    return {}


def _find_times_of_arms(reading: Reading) -> Iterator[tuple[str, PrintedTime]]:
    """Each time with the strategy right behind it, before the next."""
    ends = [*(time.number.start for time in reading.times[1:]), len(reading.masked.text)]
    for time, end in zip(reading.times, ends, strict=False):
        last = min(end, time.end + _FIRST_BEHIND)
        behind = [word for word in reading.context.strategies if time.end <= word.start < last]
        if behind:
            yield behind[0].kind, time


def fill_times(
    findings: Sequence[DraftFinding], readings: Sequence[Reading]
) -> Iterator[DraftFinding]:
    """The findings; one without a time with that of the sentence it goes on from, or its arm, in doubt."""
    places = {reading.sentence.start: place for place, reading in enumerate(readings)}
    arms = _to_fields(readings)
    before: dict[int, DraftFinding] = {}
    for finding in findings:
        place = places[finding.sentence[0]]
        last = before.get(place - 1)
        filled = finding
        if finding.time_years is None and goes_on(readings[place].context):
            filled = _take_time(finding, last)
        elif finding.time_years is None and finding.strategy is not None:
            years, kind = arms.get(str(finding.strategy.value), (None, None))
            filled = replace(finding, time_years=years, time_kind=kind)
        before[place] = filled
        yield filled


def _take_time(finding: DraftFinding, before: DraftFinding | None) -> DraftFinding:
    if before is None or before.time_years is None:
        return finding
    years = replace(before.time_years, doubt="printed in the sentence before")
    return replace(finding, time_years=years, time_kind=before.time_kind)


def _to_fields(readings: Sequence[Reading]) -> dict[str, tuple[DraftField, DraftField]]:
    """The time of each arm as the fields of a finding, in doubt."""
    found = {}
    for kind, (reading, time) in find_arm_times(readings).items():
        years, kind_of_time = to_time(reading, time)
        found[kind] = (replace(years, doubt="the time of this arm, told elsewhere"), kind_of_time)
    return found
