"""A citation read into a draft study: sentence by sentence, each number by the surest form that fits it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stepdown.literature.citation import Citation
from stepdown.literature.drafting.contexts import PLACEBO, Context, find_about, find_about_count, read_context
from stepdown.literature.drafting.counting import Count, find_counts
from stepdown.literature.drafting.doubts import complete_finding, doubt_finding, doubt_groups
from stepdown.literature.drafting.draft import DraftField, DraftFinding, DraftGroup, DraftStudy, Span
from stepdown.literature.drafting.effects import PrintedEffect, find_effects, find_interval
from stepdown.literature.drafting.inheriting import Topic, fill_outcomes, fill_topic, group_findings
from stepdown.literature.drafting.masked_text import MaskedText, mask_numbers
from stepdown.literature.drafting.population import find_ages, find_female_shares
from stepdown.literature.drafting.rates import PrintedRate, find_rates
from stepdown.literature.drafting.sentence_roles import SentenceInRole, find_roles, write_text
from stepdown.literature.drafting.sentences import Sentence
from stepdown.literature.drafting.sizes import IN_EACH, SUREST, Size, find_arms, find_groups, find_totals
from stepdown.literature.drafting.subjects import find_courses, find_design, find_diseases
from stepdown.literature.drafting.times import PrintedTime, find_times
from stepdown.literature.numbers import TextNumber

#: Sentences whose numbers are the study's own; those of background are other people's.
_OWN = frozenset({"TITLE", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS"})
#: Sentences that mostly repeat the figures of others.
_REPEATS = frozenset({"TITLE", "CONCLUSIONS"})
_CONTROLS = re.compile(r"[^,;.#]{0,40}\b(?:healthy|controls?|siblings|carers)\b", re.IGNORECASE)
#: A size that several groups have in common says nothing of what was done with one.
_IN_COMMON = re.compile(r"\b(?:each,? (?:n ?= ?)?|(?:groups|arms|cohorts) of )$", re.IGNORECASE)
_COUNTS_PEOPLE = _OWN - {"CONCLUSIONS"}
_TIME_ORDER = ("median-follow-up", "mean-follow-up", "fixed", "window")
_FIGURES = frozenset({"events", "n", "percent", "rate", "value"})


@dataclass(frozen=True, slots=True)
class _Reading:
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


def _read_sentence(item: SentenceInRole) -> _Reading:
    """The surest forms first: what an effect has read is no count, what a time has read is no share."""
    masked = mask_numbers(item.sentence.text, item.sentence.start)
    taken: list[tuple[int, int]] = []
    effects, rates = find_effects(masked, taken), find_rates(masked, taken)
    times, totals = find_times(masked, taken), tuple(find_totals(masked))
    taken += _find_intervals(masked)
    arms = tuple(find_arms(masked, taken))
    counts, groups = find_counts(masked, taken), (*arms, *find_groups(masked, taken))
    return _Reading(item.sentence, item.role, masked, read_context(masked, item.sentence.text),
                    effects, rates, times, totals, counts, groups)


def _find_intervals(masked: MaskedText) -> list[tuple[int, int]]:
    """The bounds of intervals behind shares, which are no shares themselves."""
    percents = [number for number in masked.numbers.values() if number.is_percent]
    bounds = [number for percent in percents for number in find_interval(masked, percent.end).values()]
    return [(number.start, number.end) for number in bounds]


def read_draft(citation: Citation) -> DraftStudy:
    """The draft of a citation; empty but for its text where nothing that is looked for is printed."""
    roles = find_roles(citation)
    readings = [_read_sentence(item) for item in roles if item.role in _OWN]
    n, follow_up = _choose_total(readings), _choose_follow_up(readings)
    groups = tuple(_find_groups(readings, n))
    findings = tuple(_inherit(_find_findings(readings), readings))
    sizes = [field for field in (n, *(group.n for group in groups)) if field is not None]
    return DraftStudy(
        pmid=citation.pmid,
        text=write_text(citation),
        design=find_design(citation, roles),
        diseases=find_diseases(roles),
        courses=find_courses(roles),
        n=n,
        **_choose_population(readings),
        groups=groups,
        follow_up_years=follow_up[0] if follow_up else None,
        follow_up_kind=follow_up[1] if follow_up else None,
        findings=tuple(doubt_finding(complete_finding(finding, sizes)) for finding in findings),
    )


def _choose_total(readings: Sequence[_Reading]) -> DraftField | None:
    """The people of the whole study: by the surest form, then the first; others as sure are a doubt."""
    found = [(size.rank, place, reading.span(size.number)[0], size.number.value)
             for place, reading in enumerate(readings) if reading.role in _COUNTS_PEOPLE
             for size in reading.totals if size.number not in _find_events(reading)
             and (size.rank <= SUREST or size.number not in _find_parts(reading))]
    if not found:
        return None
    rank, _, span, value = min(found)
    others = sorted({other for other_rank, _, _, other in found if other_rank == rank and other != value})
    doubt = f"also printed: {', '.join(f'{other:,.0f}' for other in others)}" if others else ""
    return DraftField(value, (span,), doubt)


def _choose_population(readings: Sequence[_Reading]) -> dict[str, DraftField]:
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


def _find_events(reading: _Reading) -> list[TextNumber]:
    """The numbers of a sentence that count what happened to people, and so are no size of a study."""
    return [count.events for count in reading.counts if count.events is not None]


def _find_parts(reading: _Reading) -> tuple[TextNumber, ...]:
    """The sizes of groups where a sentence sets several apart: none of them is the whole study."""
    return reading.groups if len(reading.groups) > 1 else ()


def _choose_follow_up(readings: Sequence[_Reading]) -> tuple[DraftField, DraftField] | None:
    """How long people were watched, and what kind of time that is: a median or mean before any other."""
    found = [(_TIME_ORDER.index(time.kind), place, reading, time) for place, reading in enumerate(readings)
             for time in reading.times if time.is_follow_up]
    if not found:
        return None
    _, _, reading, time = min(found, key=lambda row: row[:2])
    return _to_time(reading, time)


def _to_time(reading: _Reading, time: PrintedTime) -> tuple[DraftField, DraftField]:
    spans = (reading.masked.place(time.number.start, time.end),)
    return DraftField(float(f"{time.years:.3g}"), spans), DraftField(time.kind, spans)


def _find_groups(readings: Sequence[_Reading], n: DraftField | None) -> Iterator[DraftGroup]:
    """The groups that are set apart, each size at its first place, the whole study left out."""
    seen: set[Span] = set(n.spans) if n else set()
    for reading in readings:
        for number in reading.groups:
            span = reading.masked.span(number)
            if span not in seen:
                seen.add(span)
                about = {} if _is_unnamed(reading.masked.text, number) else find_about(
                    reading.context, number.start, number.end)
                yield DraftGroup(
                    DraftField(number.value, (span,)), about.get("strategy"), about.get("therapy")
                )


def _is_unnamed(text: str, number: TextNumber) -> bool:
    """Whether a size is one of controls, or of each of several groups."""
    common = _IN_COMMON.search(text, 0, number.start) or IN_EACH.match(text, number.end)
    return bool(common or _CONTROLS.match(text, number.end))


def _find_findings(readings: Sequence[_Reading]) -> Iterator[DraftFinding]:
    """The results of all sentences, in order; figures that title or conclusions only repeat are left out."""
    seen: list[dict[str, object]] = []
    for reading in sorted(readings, key=lambda reading: reading.role in _REPEATS):
        found = (*_read_counts(reading), *_read_rates(reading), *_read_effects(reading))
        for finding in doubt_groups(found, reading.context):
            figures: dict[str, object] = {
                name: field.value for name, field in finding.find_fields() if name in _FIGURES
            }
            if reading.role not in _REPEATS or not any(figures.items() <= other.items() for other in seen):
                seen.append(figures)
                yield finding


def _inherit(findings: Iterable[DraftFinding], readings: Sequence[_Reading]) -> Iterator[DraftFinding]:
    """The findings with what title, aim and the sentence before say of those whose own sentence does not."""
    contexts = {reading.sentence.start: (place, reading.context) for place, reading in enumerate(readings)}
    aims = [Topic("aim", reading.context) for reading in readings if reading.role == "OBJECTIVE"]
    title = Topic("title", readings[0].context)
    told = tuple(group_findings(findings, contexts))
    for finding in fill_outcomes(told, [reading.context for reading in readings], title):
        yield fill_topic(finding, contexts[finding.sentence[0]][1], [title, *aims])


def _read_counts(reading: _Reading) -> Iterator[DraftFinding]:
    """The counts and shares of a sentence; as many times as figures go with them in order."""
    in_order = len(reading.times) == len(reading.counts) > 1
    for place, count in enumerate(reading.counts):
        found = _add_time(reading, count.start, count.end, find_about_count(reading.context, count))
        if in_order:
            found["time_years"], found["time_kind"] = _to_time(reading, reading.times[place])
        found |= _find_respective(reading, place, len(reading.counts))
        if count.zero is not None:
            found["events"] = DraftField(0.0, (reading.masked.place(*count.zero),))
        for name, number in (("events", count.events), ("n", count.of)):
            if number is not None:
                found[name] = DraftField(number.value, reading.span(number))
        if count.percent is not None:
            value = count.percent.value * (100 if count.is_fraction else 1)
            found["percent"] = DraftField(float(f"{value:.6g}"), reading.span(count.percent))
            found |= _read_interval(reading, count.percent, count.is_fraction)
        yield DraftFinding(_place(reading), **found)


def _find_respective(reading: _Reading, place: int, figures: int) -> dict[str, DraftField]:
    """Group and outcome of a figure by its order, where a sentence has as many of them, "respectively"."""
    found, context = {}, reading.context
    if figures < 2 or "respectively" not in reading.masked.text:
        return {}
    named = (("strategy", context.strategies), ("therapy", context.drugs), ("outcome", context.outcomes))
    for name, words in named:
        if len(words) == len({word.kind for word in words}) == figures and words[place].kind != PLACEBO:
            word = words[place]
            found[name] = DraftField(word.kind, (reading.masked.place(word.start, word.end),))
    return found


def _read_interval(reading: _Reading, percent: TextNumber, is_fraction: bool) -> dict[str, DraftField]:
    """The interval behind a share, per cent; printed as fractions it is turned into per cent."""
    found = {}
    for name, number in find_interval(reading.masked, percent.end).items():
        scale = 0.01 if name == "level" else 100 if is_fraction or number.value < 1 < percent.value else 1
        found[name] = DraftField(float(f"{number.value * scale:.6g}"), reading.span(number))
    return found


def _read_rates(reading: _Reading) -> Iterator[DraftFinding]:
    for place, rate in enumerate(reading.rates):
        found = _describe(reading, rate.rate.start, (rate.high or rate.rate).end)
        named = find_about(reading.context, *rate.name).get("outcome")
        found |= {"outcome": named} if named else {}
        found |= _find_respective(reading, place, len(reading.rates))
        for name, number in (("rate", rate.rate), ("low", rate.low), ("high", rate.high)):
            if number is not None:
                found[name] = DraftField(float(f"{number.value * rate.factor:.6g}"), reading.span(number))
        yield DraftFinding(_place(reading), **{name: found[name] for name in found if name != "is_free"})


def _read_effects(reading: _Reading) -> Iterator[DraftFinding]:
    for effect in reading.effects:
        found = _describe(reading, *effect.name)
        found["measure"] = DraftField(effect.measure, (reading.masked.place(*effect.name),))
        for name in ("value", "low", "high"):
            number = getattr(effect, name)
            if number is not None:
                sign = -1 if name in effect.signs else 1
                found[name] = DraftField(sign * number.value, reading.span(number))
        if effect.level is not None:
            found["level"] = DraftField(effect.level.value / 100, reading.span(effect.level))
        if effect.p is not None:
            found["p"] = DraftField(_write_p(effect.p_sign, effect.p.value), reading.span(effect.p))
        yield DraftFinding(_place(reading), **{name: found[name] for name in found if name != "is_free"})


def _write_p(sign: str, value: float) -> str:
    """A p-value as text, its sign before it when it is a bound."""
    return (sign if sign in ("<", ">") else "") + f"{value:.10f}".rstrip("0").rstrip(".")


def _place(reading: _Reading) -> Span:
    return reading.sentence.start, reading.sentence.end


def _describe(reading: _Reading, start: int, end: int) -> dict[str, DraftField]:
    """What a figure is about: the words nearest to it, and the nearest time of its sentence."""
    return _add_time(reading, start, end, find_about(reading.context, start, end))


def _add_time(
    reading: _Reading, start: int, end: int, found: dict[str, DraftField]
) -> dict[str, DraftField]:
    """What a figure is about, with the nearest time of its sentence."""
    if reading.times:
        nearest = min(
            reading.times, key=lambda time: min(abs(time.number.start - end), abs(start - time.end))
        )
        found["time_years"], found["time_kind"] = _to_time(reading, nearest)
    return found
