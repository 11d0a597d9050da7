"""A citation read into a draft study: sentence by sentence, each number by the surest form that fits it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from stepdown.literature.citation import Citation
from stepdown.literature.drafting.arms import ArmOrder, name_arms, read_order
from stepdown.literature.drafting.choosing import (
    OWN,
    choose_follow_up,
    choose_population,
    choose_total,
    to_time,
)
from stepdown.literature.drafting.comparators import leave_comparators, name_comparators
from stepdown.literature.drafting.contexts import PLACEBO, find_about, find_about_count, find_predicted
from stepdown.literature.drafting.doubts import complete_finding, doubt_finding, doubt_groups
from stepdown.literature.drafting.draft import DraftField, DraftFinding, DraftGroup, DraftStudy, Span
from stepdown.literature.drafting.effects import find_interval
from stepdown.literature.drafting.inheriting import (
    Topic,
    fill_group,
    fill_outcomes,
    fill_topic,
    find_only_change,
    group_findings,
)
from stepdown.literature.drafting.sentence_reading import Reading, read_sentence
from stepdown.literature.drafting.sentence_roles import find_roles, write_text
from stepdown.literature.drafting.shares import Count
from stepdown.literature.drafting.sharing_times import fill_times, order_times
from stepdown.literature.drafting.sizes import IN_EACH
from stepdown.literature.drafting.subjects import find_courses, find_design, find_diseases
from stepdown.literature.numbers import TextNumber

#: Sentences that mostly repeat the figures of others.
_REPEATS = frozenset({"TITLE", "CONCLUSIONS"})
_CONTROLS = re.compile(r"[^,;.#]{0,40}\b(?:healthy|controls?|siblings|carers)\b", re.IGNORECASE)
#: A size that several groups have in common says nothing of what was done with one.
_IN_COMMON = re.compile(r"\b(?:each,? (?:n ?= ?)?|(?:groups|arms|cohorts) of )$", re.IGNORECASE)
_BY_LETTER = re.compile(r"\bn ?= ?$", re.IGNORECASE)
_PAIRED = re.compile(r"[\])]*,? (?:vs\.?|versus|compared (?:with|to)) [\[(]*", re.IGNORECASE)
_FIGURES = frozenset({"events", "n", "percent", "rate", "value"})


def read_draft(citation: Citation) -> DraftStudy:
    """The draft of a citation; empty but for its text where nothing that is looked for is printed."""
    roles = find_roles(citation)
    readings = _name_comparators([read_sentence(item) for item in roles if item.role in OWN])
    n, follow_up = choose_total(readings), choose_follow_up(readings)
    groups = tuple(_find_groups(readings, n))
    told = _inherit(_find_findings(readings), readings)
    findings = leave_comparators(fill_times(tuple(told), readings))
    sizes = [field for field in (n, *(group.n for group in groups)) if field is not None]
    return DraftStudy(
        pmid=citation.pmid,
        text=write_text(citation),
        design=find_design(citation, roles),
        diseases=find_diseases(roles),
        courses=find_courses(roles),
        n=n,
        **choose_population(readings),
        groups=groups,
        follow_up_years=follow_up[0] if follow_up else None,
        follow_up_kind=follow_up[1] if follow_up else None,
        findings=tuple(doubt_finding(complete_finding(finding, sizes)) for finding in findings),
    )


def _name_comparators(readings: Sequence[Reading]) -> list[Reading]:
    contexts = name_comparators([reading.context for reading in readings])
    return [replace(reading, context=context) for reading, context in zip(readings, contexts, strict=True)]


def _find_groups(readings: Sequence[Reading], n: DraftField | None) -> Iterator[DraftGroup]:
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
                about = _find_about_group(reading, number)
                size = DraftField(number.value, (span,))
                yield fill_group(DraftGroup(size, about.get("strategy"), about.get("therapy")), title)


def _find_about_group(reading: Reading, number: TextNumber) -> dict[str, DraftField]:
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


def _find_findings(readings: Sequence[Reading]) -> Iterator[DraftFinding]:
    """The results of all sentences, in order; figures that title or conclusions only repeat are left out."""
    seen: list[dict[str, object]] = []
    orders = [_read_order(reading) for reading in readings]
    places = {reading.sentence.start: place for place, reading in enumerate(readings)}
    for reading in sorted(readings, key=lambda reading: reading.role in _REPEATS):
        found = (*_read_counts(reading), *_read_rates(reading), *_read_effects(reading))
        told = [order for order in orders[:places[reading.sentence.start]] if order is not None]
        named = name_arms(found, reading.context, told, len(reading.times))
        for finding in doubt_groups(named, reading.context):
            figures: dict[str, object] = {
                name: field.value for name, field in finding.find_fields() if name in _FIGURES
            }
            if reading.role not in _REPEATS or not any(figures.items() <= other.items() for other in seen):
                seen.append(figures)
                yield finding


def _read_order(reading: Reading) -> ArmOrder | None:
    """The arms that a sentence names in order."""
    sizes = [_find_about_group(reading, number).get("strategy") for number in reading.groups]
    return read_order(reading.context, sizes)


def _inherit(findings: Iterable[DraftFinding], readings: Sequence[Reading]) -> Iterator[DraftFinding]:
    """The findings with what title, aim and the sentence before say of those whose own sentence does not."""
    contexts = {reading.sentence.start: (place, reading.context) for place, reading in enumerate(readings)}
    aims = [Topic("aim", reading.context) for reading in readings if reading.role == "OBJECTIVE"]
    title = Topic("title", readings[0].context)
    changes = find_only_change([reading.context for reading in readings])
    topics = [title, *aims, *changes]
    told = tuple(group_findings(findings, contexts))
    for finding in fill_outcomes(told, [reading.context for reading in readings], title):
        yield fill_topic(finding, contexts[finding.sentence[0]][1], topics)


def _read_counts(reading: Reading) -> Iterator[DraftFinding]:
    """The counts and shares of a sentence; as many times as figures go with them in order."""
    in_order = order_times(reading)
    about: dict[str, DraftField] = {}
    for place, count in enumerate(reading.counts):
        told = replace(count, end=_find_end(reading, count))
        found = _add_time(reading, count.start, told.end, find_about_count(reading.context, told))
        if place and _is_paired(reading, place):
            found |= {name: about[name] for name in ("outcome", "is_free") if name in about}
        about = found
        if in_order:
            found["time_years"], found["time_kind"] = to_time(reading, in_order[place])
        found |= _find_respective(reading, place, len(reading.counts))
        if count.zero is not None:
            found["events"] = DraftField(0.0, (reading.masked.place(*count.zero),))
        for name, number in (("events", count.events), ("n", count.of)):
            if number is not None:
                found[name] = DraftField(number.value, reading.span(number))
        if count.percent is not None:
            value = count.percent.value * count.scale
            found["percent"] = DraftField(float(f"{value:.6g}"), reading.span(count.percent))
            found |= _read_interval(reading, count.percent, count.scale)
        yield DraftFinding(_place(reading), **found)


def _is_paired(reading: Reading, place: int) -> bool:
    """Whether a count is set against the one before: "11% vs 10%" tell of one outcome."""
    before = _find_end(reading, reading.counts[place - 1])
    return bool(_PAIRED.fullmatch(reading.masked.text, before, reading.counts[place].start))


def _find_end(reading: Reading, count: Count) -> int:
    """Where a count ends with the interval behind its share: what it is about is looked for behind that."""
    bounds = find_interval(reading.masked, count.percent.end) if count.percent else {}
    return max([count.end, *(number.end for number in bounds.values())])


def _find_respective(reading: Reading, place: int, figures: int) -> dict[str, DraftField]:
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


def _read_interval(reading: Reading, percent: TextNumber, scale: float) -> dict[str, DraftField]:
    """The interval behind a share, per cent; one printed as fractions behind per cent is turned into it."""
    bounds = find_interval(reading.masked, percent.end)
    shares = [number.value for name, number in bounds.items() if name != "level"]
    scale = 100.0 if scale == 1 and shares and max(shares) <= 1 < percent.value else scale
    scaled = {name: number.value * (0.01 if name == "level" else scale) for name, number in bounds.items()}
    return {name: DraftField(float(f"{value:.6g}"), reading.span(bounds[name]))
            for name, value in scaled.items()}


def _read_rates(reading: Reading) -> Iterator[DraftFinding]:
    for place, rate in enumerate(reading.rates):
        found = _describe(reading, rate.rate.start, (rate.high or rate.rate).end)
        named = find_about(reading.context, *rate.name).get("outcome")
        found |= {"outcome": named} if named else {}
        found |= _find_respective(reading, place, len(reading.rates))
        for name, number in (("rate", rate.rate), ("low", rate.low), ("high", rate.high)):
            if number is not None:
                value = float(f"{number.value * rate.factor:.6g}")
                found[name] = DraftField(value, reading.span(number), rate.doubt)
        yield DraftFinding(_place(reading), **{name: found[name] for name in found if name != "is_free"})


def _read_effects(reading: Reading) -> Iterator[DraftFinding]:
    for effect in reading.effects:
        found = _describe(reading, *effect.name)
        predicted = find_predicted(reading.context, effect.name[0])
        found |= {"outcome": predicted} if predicted else {}
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


def _place(reading: Reading) -> Span:
    return reading.sentence.start, reading.sentence.end


def _describe(reading: Reading, start: int, end: int) -> dict[str, DraftField]:
    """What a figure is about: the words nearest to it, and the nearest time of its sentence."""
    return _add_time(reading, start, end, find_about(reading.context, start, end))


def _add_time(
    reading: Reading, start: int, end: int, found: dict[str, DraftField]
) -> dict[str, DraftField]:
    """What a figure is about, with the nearest time of its sentence."""
    if reading.times:
        nearest = min(
            reading.times, key=lambda time: min(abs(time.number.start - end), abs(start - time.end))
        )
        found["time_years"], found["time_kind"] = to_time(reading, nearest)
    return found
