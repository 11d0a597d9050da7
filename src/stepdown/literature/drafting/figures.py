"""The figures of a sentence as findings: counts, rates and contrasts, with the words and time beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from stepdown.literature.drafting.choosing import to_time
from stepdown.literature.drafting.contexts import PLACEBO, find_about, find_about_count, find_predicted
from stepdown.literature.drafting.draft import DraftField, DraftFinding, Span
from stepdown.literature.drafting.effects import find_interval
from stepdown.literature.drafting.sentence_reading import Reading
from stepdown.literature.drafting.shares import Count
from stepdown.literature.drafting.sharing_times import order_times
from stepdown.literature.drafting.times import PrintedTime
from stepdown.literature.numbers import TextNumber

#: How far from its start, in letters, a sentence may name the time that all its clauses share.
_BEGINS_WITHIN = 40
_PAIRED = re.compile(r"[\])]*,? (?:vs\.?|versus|compared (?:with|to)) [\[(]*", re.IGNORECASE)


def read_figures(reading: Reading) -> tuple[DraftFinding, ...]:
    """The findings of a sentence: its counts and shares, its rates, its contrasts."""
    return (*_read_counts(reading), *_read_rates(reading), *_read_effects(reading))


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
    times = _find_own_times(reading, start, end)
    if times:
        nearest = min(times, key=lambda time: min(abs(time.number.start - end), abs(start - time.end)))
        found["time_years"], found["time_kind"] = to_time(reading, nearest)
    return found


def _find_own_times(reading: Reading, start: int, end: int) -> list[PrintedTime]:
    """The times of a figure's clause, up to semicolons; else the one that the sentence begins with."""
    text = reading.masked.text
    left, right = text.rfind(";", 0, start) + 1, text.find(";", end)
    right = right if right >= 0 else len(text)
    own = [time for time in reading.times if left <= time.number.start < right]
    return own or [time for time in reading.times[:1] if time.number.start <= _BEGINS_WITHIN]
