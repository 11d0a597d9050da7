"""One sentence with everything that is read from it, each number once."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.literature.drafting.contexts import Context, read_context
from stepdown.literature.drafting.counting import find_counts
from stepdown.literature.drafting.draft import Span
from stepdown.literature.drafting.effects import PrintedEffect, find_effects, find_interval
from stepdown.literature.drafting.group_sizes import find_groups
from stepdown.literature.drafting.masked_text import MaskedText, mask_numbers
from stepdown.literature.drafting.rates import PrintedRate, find_rates
from stepdown.literature.drafting.sentence_roles import SentenceInRole
from stepdown.literature.drafting.sentences import Sentence
from stepdown.literature.drafting.shares import Count
from stepdown.literature.drafting.side_by_side import find_arms
from stepdown.literature.drafting.times import PrintedTime, find_times
from stepdown.literature.drafting.totals import Size, find_totals
from stepdown.literature.numbers import TextNumber

#: A total of, a cohort of, included or reviewed so many.
_SURELY_ENTERED = 2
#: The longest sentence of 5,124 in real abstracts has 896 letters. A table without a full stop has more; what
#: stands behind this many is not read, for time grows with their square.
_LONGEST = 3_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence with everything that is read from it, each number once."""

    sentence: Sentence
    role: str
    masked: MaskedText
    context: Context
    effects: tuple[PrintedEffect, ...]
    rates: tuple[PrintedRate, ...]
    times: tuple[PrintedTime, ...]
    totals: tuple[Size, ...]
    counts: tuple[Count, ...]
    groups: tuple[TextNumber, ...]

    def span(self, *numbers: TextNumber) -> tuple[Span, ...]:
        """Where numbers of the sentence stand in title and abstract."""
        return tuple(self.masked.span(number) for number in numbers)


def read_sentence(item: SentenceInRole) -> Reading:
    """The surest forms first: what an effect has read is no count, what a time has read is no share."""
    text = item.sentence.text[:_LONGEST]
    masked = mask_numbers(text, item.sentence.start)
    taken: list[tuple[int, int]] = []
    has_numbers = bool(masked.numbers)
    effects, rates = (find_effects(masked, taken), find_rates(masked, taken)) if has_numbers else ((), ())
    times, totals = find_times(masked, taken), tuple(find_totals(masked)) if has_numbers else ()
    taken += _find_intervals(masked)
    arms = tuple(find_arms(masked, taken)) if has_numbers else ()
    counts = _leave_totals(find_counts(masked, taken), totals)
    groups = [*arms, *find_groups(masked, taken)] if has_numbers else []
    return Reading(item.sentence, item.role, masked, read_context(masked, text),
                    effects, rates, times, totals, counts,
                    tuple(sorted(groups, key=lambda number: number.start)))


def _leave_totals(counts: tuple[Count, ...], totals: tuple[Size, ...]) -> tuple[Count, ...]:
    """The counts without those who entered the study: "we reviewed 168 patients who stopped"."""
    whole = [size.number for size in totals if size.rank <= _SURELY_ENTERED]
    return tuple(count for count in counts
                 if count.of is not None or count.percent is not None or count.events not in whole)


def _find_intervals(masked: MaskedText) -> list[tuple[int, int]]:
    """The bounds of intervals behind shares, which are no shares themselves."""
    percents = [number for number in masked.numbers.values() if number.is_percent]
    bounds = [number for percent in percents for number in find_interval(masked, percent.end).values()]
    return [(number.start, number.end) for number in bounds]
