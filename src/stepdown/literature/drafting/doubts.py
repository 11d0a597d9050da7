"""Where numbers contradict each other, or may belong to another group: said in words, and nothing chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from stepdown.literature.drafting.contexts import Context
from stepdown.literature.drafting.draft import DraftField, DraftFinding

#: How far a printed share may lie from its count before that is a doubt: a whole number, one with decimals.
_WHOLE_PERCENT, _DECIMAL_PERCENT = 0.6, 0.11
_DECIMALS = re.compile(r"[.,·⋅∙‧](\d+)")


def complete_finding(finding: DraftFinding, sizes: Sequence[DraftField], text: str) -> DraftFinding:
    """The finding with the number its events are part of, in doubt, where its share leaves only that one.

    A whole per cent fits many numbers, and decimals of many people fit several: then nothing is proposed, and
    the reviewer is asked. ``sizes`` are those of the study and its groups; ``text`` is title and abstract.
    """
    fitting = {size.whole: size for size in _find_fitting(finding, sizes, text)}
    events, percent = finding.events, finding.percent
    if len(fitting) != 1 or events is None or percent is None or not _count_decimals(percent, text):
        return finding
    size = next(iter(fitting.values()))
    room = _find_room(percent, text)
    if any(_gives(events, size.whole + step, percent, room) for step in (-1, 1)):
        return finding
    doubt = f"printed elsewhere: {events.whole} are {float(percent.value):g} % of no other number"
    return replace(finding, n=replace(size, doubt=doubt))


def list_fitting(finding: DraftFinding, sizes: Sequence[DraftField], text: str) -> tuple[int, ...]:
    """The sizes of which the events of a finding without its whole may be part, as its share is rounded."""
    return tuple(sorted({size.whole for size in _find_fitting(finding, sizes, text)}))


def _find_fitting(finding: DraftFinding, sizes: Sequence[DraftField], text: str) -> list[DraftField]:
    events, percent = finding.events, finding.percent
    if finding.n is not None or events is None or percent is None or not float(percent.value):
        return []
    room = _find_room(percent, text)
    return [size for size in sizes if _gives(events, size.whole, percent, room)]


def _gives(events: DraftField, n: int, percent: DraftField, room: float) -> bool:
    """Whether so many of n are the share that is printed, to its rounding."""
    return events.whole <= n > 0 and abs(100 * events.whole / n - float(percent.value)) <= room


def _count_decimals(percent: DraftField, text: str) -> int:
    """How many decimals a share beside a count is printed to: 1 of "24·4 %", 0 of "24%"."""
    printed = _DECIMALS.search(text, *percent.spans[0])
    return len(printed[1]) if printed else 0


def _find_room(percent: DraftField, text: str) -> float:
    """Half a unit of the last place that a share is printed to, and a hair for the binary fractions."""
    return float(0.5 * 10 ** -_count_decimals(percent, text)) + 1e-9


def doubt_finding(finding: DraftFinding) -> DraftFinding:
    """The finding with its doubts: a share that is not its count, a value outside its interval."""
    return _doubt_interval(_doubt_share(finding))


def _doubt_share(finding: DraftFinding) -> DraftFinding:
    events, n, percent = finding.events, finding.n, finding.percent
    if events is None or n is None or percent is None or not float(n.value):
        return finding
    counted = 100 * float(events.value) / float(n.value)
    if abs(counted - float(percent.value)) <= _allow(percent):
        return finding
    doubt = f"{float(percent.value):g} % is not {events.whole} of {n.whole} ({counted:.1f} %)"
    return _doubt(finding, doubt, events=events, n=n, percent=percent)


def _allow(percent: DraftField) -> float:
    """How far a printed share may lie from its count: more where it is printed to a whole number."""
    return _WHOLE_PERCENT if float(percent.value) % 1 == 0 else _DECIMAL_PERCENT


def _doubt_interval(finding: DraftFinding) -> DraftFinding:
    """The finding; its contrast, rate or share with its bounds in doubt where it lies outside them."""
    low, high = finding.low, finding.high
    for name in ("value", "rate", "percent"):
        main: DraftField | None = getattr(finding, name)
        if main is None or low is None or high is None:
            continue
        if not float(low.value) <= float(main.value) <= float(high.value):
            bounds = f"{float(low.value):g} to {float(high.value):g}"
            doubt = f"{float(main.value):g} lies outside its interval, {bounds}"
            return _doubt(finding, doubt, **{name: main, "low": low, "high": high})
    return finding


def _doubt(finding: DraftFinding, doubt: str, **fields: DraftField) -> DraftFinding:
    """The finding with these fields in doubt."""
    doubted: dict[str, Any] = {name: replace(field, doubt=doubt) for name, field in fields.items()}
    return replace(finding, **doubted)


def doubt_groups(findings: Sequence[DraftFinding], context: Context) -> tuple[DraftFinding, ...]:
    """The findings of a sentence; in doubt where several lean on one word for their group of many."""
    found = tuple(findings)
    for name, words in (("strategy", context.strategies), ("therapy", context.drugs)):
        kinds = list(dict.fromkeys(word.kind for word in words))
        found = tuple(_doubt_group(finding, name, kinds, found) for finding in found)
    return found


def _doubt_group(
    finding: DraftFinding, name: str, kinds: Sequence[str], findings: Sequence[DraftFinding]
) -> DraftFinding:
    field: DraftField | None = getattr(finding, name)
    if field is None or len(kinds) < 2:
        return finding
    sharing = [other for other in findings if (own := getattr(other, name)) and own.spans == field.spans]
    if len(sharing) < 2:
        return finding
    others = ", ".join(kind for kind in kinds if kind != field.value)
    return _doubt(finding, f"the sentence names {others} too", **{name: field})
