"""What is printed of the study as a whole, at several places: its people, their age, their follow-up."""

from __future__ import annotations

from collections.abc import Sequence

from stepdown.literature.drafting.draft import DraftField, Span
from stepdown.literature.drafting.population import find_ages, find_female_shares
from stepdown.literature.drafting.sentence_reading import Reading
from stepdown.literature.drafting.times import PrintedTime
from stepdown.literature.drafting.totals import SUREST, Size
from stepdown.literature.numbers import TextNumber

#: Sentences whose numbers are the study's own; those of background are other people's.
OWN = frozenset({"TITLE", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS"})
#: The whole of a count is less sure than any other form.
_OF_A_COUNT = 20
_COUNTS_PEOPLE = OWN - {"CONCLUSIONS"}
_TIME_ORDER = ("median-follow-up", "mean-follow-up", "fixed", "window")


def choose_total(readings: Sequence[Reading]) -> DraftField | None:
    """The people of the whole study: by the surest form, then the first; others as sure are a doubt."""
    found = [(_rank(size, reading), place, reading.span(size.number)[0], size.number.value)
             for place, reading in enumerate(readings) if reading.role in _COUNTS_PEOPLE
             for size in reading.totals if size.number not in _find_events(reading)
             and (size.rank <= SUREST or size.number not in _find_parts(reading))]
    if not found:
        return None
    rank, _, span, value = min(found)
    if rank >= _OF_A_COUNT and any(reading.groups for reading in readings):
        return None
    others = sorted({other for other_rank, _, _, other in found if other_rank == rank and other != value})
    doubt = f"also printed: {', '.join(f'{other:,.0f}' for other in others)}" if others else ""
    return DraftField(value, (span,), doubt)


def choose_population(readings: Sequence[Reading]) -> dict[str, DraftField]:
    """Age and share of women at their first place; other ones that are printed are a doubt."""
    found: dict[str, list[tuple[float, Span]]] = {}
    for reading in readings:
        if reading.role in _COUNTS_PEOPLE:
            for name, number in (*find_ages(reading.masked), *find_female_shares(reading.masked)):
                found.setdefault(name, []).append((number.value, reading.masked.span(number)))
    return {name: _choose_first(values) for name, values in found.items()}


def _choose_first(values: Sequence[tuple[float, Span]]) -> DraftField:
    value, span = values[0]
    others = sorted({other for other, _ in values} - {value})
    doubt = f"also printed: {', '.join(f'{other:g}' for other in others)}" if others else ""
    return DraftField(value, (span,), doubt)


def _find_events(reading: Reading) -> list[TextNumber]:
    """The numbers of a sentence that count what happened to people, and so are no size of a study."""
    return [count.events for count in reading.counts if count.events is not None]


def _rank(size: Size, reading: Reading) -> int:
    """How sure a size is; one behind a count, as in "33 of 78 patients", is often of those still there."""
    wholes = [count.of for count in reading.counts
              if count.of is not None and count.events is not None and count.events.start < count.of.start]
    return size.rank + (_OF_A_COUNT if size.number in wholes else 0)


def _find_parts(reading: Reading) -> tuple[TextNumber, ...]:
    """The sizes of groups where a sentence sets several apart: none of them is the whole study."""
    return reading.groups if len(reading.groups) > 1 else ()


def choose_follow_up(readings: Sequence[Reading]) -> tuple[DraftField, DraftField] | None:
    """How long people were watched, and what kind of time that is: one called a follow-up, a median first."""
    found = [((not time.is_named, _TIME_ORDER.index(time.kind), place), reading, time)
             for place, reading in enumerate(readings) for time in reading.times if time.is_follow_up]
    if not found:
        return None
    _, reading, time = min(found, key=lambda row: row[0])
    return to_time(reading, time)


def to_time(reading: Reading, time: PrintedTime) -> tuple[DraftField, DraftField]:
    """A time as the fields of a draft: in years to three figures, and its kind."""
    spans = (reading.masked.place(time.number.start, time.end),)
    return DraftField(float(f"{time.years:.3g}"), spans), DraftField(time.kind, spans)
