"""Whose figure is it? The arm of each figure where a sentence sets figures of several arms beside each other.

A figure of those who went on, given to those who stopped, turns a study round: the word nearest to a figure
is taken only where no order of figures and arms fits better. What rests on the order alone is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from stepdown.literature.drafting.contexts import Context
from stepdown.literature.drafting.draft import DraftField, DraftFinding, Span
from stepdown.literature.drafting.inheriting import is_bare
from stepdown.literature.drafting.topics import CHANGES, COMPARATOR, find_main
from stepdown.literature.drafting.words import Word

#: Between figures of one list: "97%, 94% and 92%", "11 (10%) and 13 (12%)".
_IN_A_LIST = re.compile(
    r"[\s,()]*(?:\b(?:and|vs\.?|versus|or|v|against|compared (?:with|to))\b)?[\s,()]*", re.IGNORECASE)
#: What sets two figures of one list against each other: they are not of one arm.
_SET_AGAINST = re.compile(r"\b(?:vs\.?|versus|v|against|compared (?:with|to))\b", re.IGNORECASE)
_LAST_OF_LIST = re.compile(r"\b(?:and|vs\.?|versus|v)\b", re.IGNORECASE)
#: What a list of figures may be of, beside arms: times, or people of two kinds.
_OTHER_ORDER = re.compile(
    r"\b(?:before|baseline|pre-\w+|prior|(?:wo)?men|(?:fe)?males?|younger|older|aged|years (?:#+,? )+|"
    r"at (?:#+,? )+and #+|first and|early and|low and|high and|with and without|before and after)\b",
    re.IGNORECASE)
#: Right before the arm that another is set against.
_AGAINST = re.compile(
    r"\b(?:(?:as )?compared (?:with|to)|in comparison (?:with|to)|versus|vs\.?|relative to|against|than)"
    r"(?: (?:the|those|that|these|patients|people|persons|participants|women|individuals|who|in|on|of|with|"
    r"for|among|after|their|were|had))*(?: [\w-]+)? $", re.IGNORECASE)
#: How far behind a figure its arm may stand, in letters.
_FARTHEST = 70
_BY_ORDER = "by the order of figures and arms"


@dataclass(frozen=True, slots=True)
class ArmOrder:
    """The arms of a study in the order in which one sentence names them, each with its place in the text."""

    kinds: tuple[str, ...]
    places: tuple[Span, ...]


def read_order(context: Context, groups: Sequence[DraftField | None]) -> ArmOrder | None:
    """The order in which a sentence names arms: by the sizes of its groups, or one change and going on."""
    told = [field for field in groups if field is not None]
    if len(groups) > 1 and len(told) == len(groups) and len({field.spans for field in told}) == len(told):
        return ArmOrder(tuple(str(field.value) for field in told), tuple(field.spans[0] for field in told))
    first: dict[str, Word] = {}
    for word in find_main(context):
        first.setdefault(word.kind, word)
    is_pair = len(first) == 2 and "continue" in first and CHANGES & set(first)
    if context.is_weak or not is_pair or _AGAINST.match(context.masked.text):
        return None
    places = tuple(context.masked.place(word.start, word.end) for word in first.values())
    return ArmOrder(tuple(first), places)


def choose_order(orders: Sequence[ArmOrder], figures: int) -> ArmOrder | None:
    """The last order that was told of as many arms; none where a third of the sentences tell another."""
    fitting = [order for order in orders if len(order.kinds) == figures]
    if not fitting or any(len(order.kinds) > figures for order in orders):
        return None
    kinds = [order.kinds for order in fitting]
    most = max(kinds, key=kinds.count)
    if 3 * kinds.count(most) <= 2 * len(kinds):
        return None
    return next(order for order in reversed(fitting) if order.kinds == most)


def name_arms(
    findings: Sequence[DraftFinding], context: Context, orders: Sequence[ArmOrder], times: int
) -> tuple[DraftFinding, ...]:
    """The findings of a sentence, each figure with its arm where an order of both fits."""
    named = list(findings)
    for clause in _split_clauses(named, context):
        fields = (_pair_within(clause, context) or _pair_in_a_list(clause, context, orders, times)
                  or _take_order(clause, context, orders, times))
        for (place, _, _), field in zip(clause, fields, strict=False):
            named[place] = replace(named[place], strategy=field)
    is_ordered = any(one.strategy and _BY_ORDER in one.strategy.doubt for one in named)
    return tuple(_name_contrast(finding, context, orders, is_ordered) for finding in named)


Figure = tuple[int, int, int]


def _split_clauses(findings: Sequence[DraftFinding], context: Context) -> Iterator[list[Figure]]:
    """The place of each figure among the findings, where it starts and ends; apart at each semicolon."""
    clause: list[Figure] = []
    for place, finding in enumerate(findings):
        span = _find_figure(finding, context)
        if span is None:
            continue
        if clause and ";" in context.masked.text[clause[-1][2]:span[0]]:
            yield clause
            clause = []
        clause.append((place, *span))
    if clause:
        yield clause


def _find_figure(finding: DraftFinding, context: Context) -> Span | None:
    """Where the figure of a count or rate stands in its sentence; none of a contrast."""
    if finding.measure is not None:
        return None
    fields = (finding.events, finding.percent, finding.rate, finding.low, finding.high)
    spans = [field.spans[0] for field in fields if field is not None]
    if not spans:
        return None
    offset = context.masked.offset
    return min(span[0] for span in spans) - offset, max(span[1] for span in spans) - offset


def _find_runs(clause: Sequence[Figure], text: str) -> list[list[Figure]]:
    """The figures of a clause in lists that no word stands in: "97%, 94% and 92%"."""
    runs: list[list[Figure]] = []
    for figure in clause:
        before = runs[-1][-1] if runs else figure
        up_to = text[before[1]:figure[1]]
        if runs and _IN_A_LIST.fullmatch(text, before[2], figure[1]) and up_to.count("(") == up_to.count(")"):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    return runs


def _pair_within(clause: Sequence[Figure], context: Context) -> list[DraftField]:
    """The arms that a sentence names behind each of its figures, or before each; none where both may be."""
    text = context.masked.text
    runs = _find_runs(clause, text)
    again = runs.pop() if 2 < len(runs) == len(runs[-1]) + 1 else []
    end = again[0][1] if again else len(text)
    bounds = [0, *(place for run in runs for place in (run[0][1], run[-1][2])), end]
    gaps = [_find_between(context, *span) for span in zip(bounds[::2], bounds[1::2], strict=True)]
    behind = [words[0] if words and words[0].start - run[-1][2] <= _FARTHEST else None
              for run, words in zip(runs, gaps[1:], strict=True)]
    before = [words[-1] if words else None for words in gaps[:-1]]
    fitting = [words for words in (behind, before)
               if len(runs) > 1 and None not in words and len({word.kind for word in words if word}) > 1]
    if not fitting or len({tuple(word.kind for word in words if word) for words in fitting}) > 1:
        return []
    fields = [_to_field(context, word)
              for run, word in zip(runs, fitting[0], strict=True) if word for _ in run]
    is_told = again and _find_between(context, again[-1][2], len(text))
    return fields if is_told else fields + [replace(field, doubt=_BY_ORDER) for field in fields[:len(again)]]


def _pair_in_a_list(
    clause: Sequence[Figure], context: Context, orders: Sequence[ArmOrder], times: int
) -> list[DraftField]:
    """The arms of one list of figures, by the order in which its clause names as many: "(4% vs 12%)".

    Where it names one arm alone, a figure set against that arm's is of another one, and never of the same.
    """
    text = context.masked.text
    left, right = text.rfind(";", 0, clause[0][1]) + 1, text.find(";", clause[-1][2])
    words = _find_between(context, left, right if right >= 0 else len(text))
    first = list({word.kind: word for word in reversed(words)}.values())[::-1]
    if len(clause) < 2 or len(_find_runs(clause, text)) > 1 or times > 1 or _OTHER_ORDER.search(text, left):
        return []
    if len(first) == len(clause):
        ordered = sorted(first, key=lambda word: word.start)
        is_turned = len(first) == 2 and _AGAINST.search(text, 0, ordered[0].start)
        told = [_to_field(context, word) for word in (reversed(ordered) if is_turned else ordered)]
    elif len(words) == 1 and len(clause) == 2 and _SET_AGAINST.search(text, clause[0][2], clause[1][1]):
        own = _to_field(context, first[0])
        other = _find_other(own, choose_order(orders, 2))
        told = [other, own] if _AGAINST.search(text, 0, first[0].start) else [own, other]
    else:
        return []
    return [field if field.value == COMPARATOR else replace(field, doubt=_BY_ORDER) for field in told]


def _find_other(own: DraftField, order: ArmOrder | None) -> DraftField:
    """The arm that another is set against, where two were named before; else one of whom nothing is said."""
    told = dict(zip(order.kinds, order.places, strict=True)) if order else {}
    others = [(kind, place) for kind, place in told.items() if kind != own.value]
    if own.value not in told or len(others) != 1:
        return DraftField(COMPARATOR, own.spans)
    return DraftField(others[0][0], (others[0][1],))


def _find_between(context: Context, start: int, end: int) -> list[Word]:
    """The strategies that a stretch names, up to its semicolon."""
    stop = context.masked.text.find(";", start, end)
    end = stop if stop >= 0 else end
    return [word for word in context.strategies if start <= word.start < end]


def _to_field(context: Context, word: Word) -> DraftField:
    return DraftField(word.kind, (context.masked.place(word.start, word.end),))


def _take_order(
    clause: Sequence[Figure], context: Context, orders: Sequence[ArmOrder], times: int
) -> list[DraftField]:
    """The arms of a list of figures whose clause names none, by the order in which they were named before.

    Where that was not always the same order, or of as many arms, nobody's: the title's one arm has not both.
    """
    text = context.masked.text
    first, last = clause[0][1], clause[-1][2]
    left = text.rfind(";", 0, first) + 1
    if len(clause) < 2 or any(left <= word.start for word in (*context.strategies, *context.drugs)):
        return []
    is_list = len(_find_runs(clause, text)) == 1 and _LAST_OF_LIST.search(text, clause[-2][2], clause[-1][1])
    outcomes = {word.kind for word in context.outcomes if left <= word.start < last}
    if not is_list or not orders or len(outcomes) > 1 or times > 1 or _OTHER_ORDER.search(text, left):
        return []
    order = choose_order(orders, len(clause))
    if order is None:
        return [DraftField(COMPARATOR, orders[-1].places[:1])] * len(clause)
    return [DraftField(kind, (place,), f"{_BY_ORDER} before")
            for kind, place in zip(order.kinds, order.places, strict=True)]


def _name_contrast(
    finding: DraftFinding, context: Context, orders: Sequence[ArmOrder], is_ordered: bool
) -> DraftFinding:
    """A contrast as one of the arm that is set against another; any other finding as it is."""
    if finding.measure is None:
        return finding
    if not context.strategies:
        order = choose_order(orders, 2) if is_ordered or is_bare(context) else None
        return finding if order is None else replace(finding, strategy=_find_change(order))
    kinds = {word.kind for word in context.strategies}
    text = context.masked.text
    set_against = [word for word in context.strategies if not _AGAINST.search(text, 0, word.start)]
    left = {word.kind for word in set_against}
    if len(kinds) != 2 or "continue" not in kinds or len(left) == 0:
        return finding
    word = set_against[0]
    if len(left) == 2 and word.kind == "continue":
        return finding
    doubt = "" if len(left) == 1 else "the contrast is taken as one of the arm named first"
    return replace(finding, strategy=replace(_to_field(context, word), doubt=doubt))


def _find_change(order: ArmOrder) -> DraftField | None:
    """The arm of an order that changed something, in doubt."""
    told = [(kind, place) for kind, place in zip(order.kinds, order.places, strict=True) if kind in CHANGES]
    return DraftField(told[0][0], (told[0][1],), "taken as the arm that changed") if len(told) == 1 else None
