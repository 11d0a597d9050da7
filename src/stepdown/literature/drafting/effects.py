"""Hazard ratios and their like, with interval and p-value, as a sentence prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.numbers import TextNumber

_MEASURES = {
    "HR": r"(?i:hazards? ratios?)|\b(?:a|c|s|m)?HRs?\b|\bAHRs?\b",
    "IRR": r"(?i:(?:incidence |event-|relapse )?rate[- ]ratios?)|\ba?IRRs?\b",
    "OR": r"(?i:odds[- ]ratios?)|\b(?:a|c|R|A)?ORs?\b",
    "RR": r"(?i:risk[- ]ratios?|relative risks?)|\ba?RRs?\b",
    "RD": r"(?i:(?:absolute )?risk differences?|absolute differences?|(?:ARR|rate) differences?)|\bRDs?\b",
    "MD": r"(?i:(?:weighted |standardi[sz]ed )?mean differences?)|\bS?MDs?\b",
}
_NAME = re.compile("|".join(f"(?P<{measure}>{names})" for measure, names in _MEASURES.items()))
_LEVEL = r"(?:(?P<level>§++|(?<!#)##(?!#))[ -]?)?"
_CI = r"(?:CrIs?|CIs?|C\.I\.|(?i:confidence intervals?|credible intervals?|confidence limits))(?: ?\(CIs?\))?"
_BOUNDS = r"(?P<low>-?#+|-?§++)(?:[a-z]{1,2}\b)? ?(?:-|to|,|;|and|\.\.) ?(?P<high>-?#+|-?§++)"
#: For how much more of something a contrast is, and the unit of a difference.
_UNITS = (
    r"(?: per (?:#+[ -])?(?:years?|decades?|units?|points?)(?:[ -](?:of|older|increase|higher|in|age)\b)*"
    r"| percentage points?| points?)?"
)
_NAMED = rf"(?:[\s,;:(]*| with (?:an? |the )?){_LEVEL}{_CI}[\s:=,(]*(?:of |from |was )?\(?{_BOUNDS}"
_LEVEL_BEHIND = rf"[\s,;:(]*{_CI} ?-?(?P<level>§+)[\s:=,(]*{_BOUNDS}"
_BRACKETED = rf"[\s,]*\((?:{_LEVEL}(?:{_CI}[\s:=,]*| ?(?:\.\.\.|…) ?))?{_BOUNDS}"
_BARE = rf"[,;] {_BOUNDS.replace('|,|;|and|', '|')}(?=[),;]|$)"
_VALUE = re.compile(r"(?P<value>-?[#§]++)")
_IS_LEVEL = re.compile(rf"[ -]?{_CI}")
_LEVELS = (90.0, 95.0, 99.0)
_LOGARITHM = re.compile(r"\b(?:log|ln)[ -]?$", re.IGNORECASE)
_P = re.compile(
    r"[\s,;:)(]{0,4}(?:log-?rank )?[pP](?:-?[vV]alues?)?[\s_]?(?:for \w+)?(?P<sign>[<>=₌]|is|was) ?(?P<p>#++)"
)
_NUMBER = re.compile(r"(?<![\w.])-?[#§]++")
_FARTHEST = 110
_DIRECT = re.compile(
    r"[\s:=,()~]*(?:\((?:a|c|A)?(?:HR|OR|RR|IRR|RD|MD)\) ?)?[\s:=,(]*(?:of|was|were|is|[=:])?[\s(]*"
)
_NEXT = re.compile(r"(?:[^#§.;]|\.(?! )){1,70}?(?=(?<![\w.])-?#)")


@dataclass(frozen=True, slots=True)
class PrintedEffect:
    """A contrast as printed; a number below zero has its sign in ``signs``, by name."""

    measure: str
    name: tuple[int, int]
    value: TextNumber
    low: TextNumber | None = None
    high: TextNumber | None = None
    level: TextNumber | None = None
    p: TextNumber | None = None
    p_sign: str = ""
    signs: tuple[str, ...] = ()
    end: int = 0


def _compile_interval() -> re.Pattern[str]:
    """The forms of an interval, their groups numbered so that each name stands once."""
    forms = (_NAMED, _LEVEL_BEHIND, _BRACKETED, _BARE)
    parts = [re.sub(r"\?P<(\w+)>", rf"?P<\g<1>{place}>", form) for place, form in enumerate(forms)]
    return re.compile(rf"(?:[a-z%]{{1,2}}\b)?{_UNITS}(?:{'|'.join(parts)})")


_INTERVAL = _compile_interval()


def find_interval(masked: MaskedText, at: int) -> dict[str, TextNumber]:
    """The interval printed right behind a number: low, high, and its level if that is printed."""
    interval = _INTERVAL.match(masked.text, at)
    return _read_interval(masked, interval) if interval else {}


def find_effects(masked: MaskedText, taken: list[tuple[int, int]]) -> tuple[PrintedEffect, ...]:
    """Every contrast, named or carried on from the one before; their places become taken."""
    found: list[PrintedEffect] = []
    place = 0
    while (name := _NAME.search(masked.text, place)) is not None:
        effect = None if _LOGARITHM.search(masked.text, 0, name.start()) else _read_named(masked, name)
        while effect is not None:
            found.append(effect)
            place = effect.end
            effect = _read_next(masked, effect)
        place = max(place, name.end())
    for effect in found:
        taken += [(number.start, number.end) for number in _numbers(effect)]
    return tuple(found)


def _numbers(effect: PrintedEffect) -> list[TextNumber]:
    numbers = (effect.value, effect.low, effect.high, effect.level, effect.p)
    return [number for number in numbers if number is not None]


def _read_named(masked: MaskedText, name: re.Match[str]) -> PrintedEffect | None:
    """The contrast that a name announces: the number behind it, or the first that an interval proves."""
    text = masked.text
    following = _NAME.search(text, name.end() + 6)
    end = min(name.end() + _FARTHEST, following.start() if following else len(text))
    for number in _NUMBER.finditer(text, name.end(), end):
        gap = text[name.end():number.start()]
        if ";" in gap or re.search(r"\. [A-Z]", gap):
            return None
        effect = (
            None
            if _IS_LEVEL.match(text, number.end()) and masked.number(number, 0).value in _LEVELS
            else _read_value(masked, *_named(name), number.start())
        )
        if effect is not None and (effect.low is not None or _DIRECT.fullmatch(gap)):
            return effect
    return None


def _named(name: re.Match[str]) -> tuple[str, tuple[int, int]]:
    return str(name.lastgroup), name.span()


def _read_next(masked: MaskedText, before: PrintedEffect) -> PrintedEffect | None:
    """The next of a list of contrasts of one measure: only with an interval, before another name."""
    gap = _NEXT.match(masked.text, before.end)
    if gap is None or _NAME.search(gap[0]) or before.low is None:
        return None
    effect = _read_value(masked, before.measure, before.name, gap.end())
    return effect if effect is not None and effect.low is not None else None


def _read_value(masked: MaskedText, measure: str, name: tuple[int, int], at: int) -> PrintedEffect | None:
    value = _VALUE.match(masked.text, at)
    if value is None:
        return None
    interval = _INTERVAL.match(masked.text, value.end())
    found: dict[str, Any] = dict(_read_interval(masked, interval)) if interval else {}
    end = interval.end() if interval else value.end()
    p = _P.match(masked.text, end)
    if p is not None:
        found |= {"p": masked.number(p, "p"), "p_sign": p["sign"]}
    signs = _find_signs(value, interval)
    return PrintedEffect(measure, name, masked.number(value, "value"), signs=signs,
                         end=p.end() if p else end, **found)


def _read_interval(masked: MaskedText, interval: re.Match[str]) -> dict[str, TextNumber]:
    return {name[:-1]: masked.number(interval, name) for name, text in interval.groupdict().items() if text}


def _find_signs(
    value: re.Match[str], interval: re.Match[str] | None) -> tuple[str, ...]:
    """Which of value, low and high are printed with a minus sign."""
    texts = {"value": value["value"]}
    if interval is not None:
        texts |= {name[:-1]: text for name, text in interval.groupdict().items() if text}
    return tuple(name for name, text in texts.items() if text.startswith("-"))
