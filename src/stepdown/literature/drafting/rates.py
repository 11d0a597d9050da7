"""Relapses or events per person and year, as a sentence prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.words import read_words
from stepdown.literature.numbers import TextNumber

_EVENTS = rf"(?: (?:{'|'.join(read_words()['rates']['events'])}))?"
_RATE = r"(?P<rate>(?<![\w.<§-])(?<!< )(?<![#§])(?<!year )(?<!years )(?<!month )(?<!months )#++)"
#: A spread behind a rate ("0.4 (SD 0.6)", "0.4 ± 0.6") is passed over.
_SPREAD = r"(?: ?\(?(?:(?-i:S\.?D\.?|SEM?)|±|\+/-)[ :=]*#++\)?)?"
_INTERVAL = (
    _SPREAD
    + r"(?:[\s,]*\(?(?:(?:§+ ?)?(?:cis?|cri|(?:confidence|credible) intervals?)(?: ?\(cis?\))?[\s:,=]*)?\(?"
    r"(?P<low>(?<![#§])#++) ?(?:-|to|,) ?(?P<high>(?<![#§])#++)\)?)?"
)
#: Person-years as they are written, with the number of them that a rate is for.
_UNIT = (
    r"(?P<scale>(?<![#§])#++)?[ -]?(?:(?:person|patient|subject|participant)s?[ /-]?"
    r"(?P<span>year|yr|month)s?\b|(?-i:P-?[Yy]s?\b|pys?\b)|(?:patients?|persons?|people|participants) ?"
    r"(?:per |/ ?)(?:year|yr)\b)"
)
_PER = rf"(?: ?/ ?|[ (-]per ){_UNIT}"
_PER_YEAR = (
    r" (?:relapses?|attacks?|exacerbations?)(?: ?/ ?| per | a )(?:(?:patient|person)(?: ?/ ?| per |-))?"
    r"(?:year|yr)\b"
)
#: A rate of relapses by the year, once its name has been told.
_RELAPSES_A_YEAR = re.compile(
    rf"\b(?:(?:relapse|attack) rates?|rates? of (?:relapses?|attacks?))\b[^#§.;]{{0,60}}?{_RATE}{_SPREAD}"
    r"(?: ?/ ?| per | a )(?:year|yr)\b",
    re.IGNORECASE)
#: A rate with its unit behind it; one that has none after its events is per person and year.
_SCALED = re.compile(rf"{_RATE}(?:{_EVENTS}{_INTERVAL}[\s,)]*{_PER}|{_PER_YEAR})", re.IGNORECASE)
#: The rates before it that have their unit in common with it: "4.3 versus 8.6 per 1,000 person-years".
_SHARING = re.compile(
    rf"{_RATE}{_EVENTS}{_INTERVAL}(?:, (?:and|or)|,| and| or| vs\.?| versus| to| compared (?:to|with)) $",
    re.IGNORECASE,
)
#: The rates behind it, of other groups: "1.9 per 100 person-years with rituximab and 0.9 with interferon".
_CARRIED_ON = re.compile(
    rf"[^#§.;]{{0,45}}?(?:\band|\bvs\.?|\bversus|\bcompared (?:with|to)|,) (?:only )?{_RATE}{_INTERVAL}"
    r"(?= (?:(?:in|for|with|among|on|under|after|during)\b(?! #)|\([a-z][a-z -]*\)))", re.IGNORECASE)
#: An interval behind the unit or the group: "3.1 per 100 person-years (2.0 to 4.7)".
_INTERVAL_BEHIND = re.compile(
    r"(?: (?:after|in|on|for|with|under|among) [a-z -]{1,30}?(?= \((?:§+ ?)?cis?\b))?"
    r"[\s,]*\((?:(?:§+ ?)?(?:cis?|cri|(?:confidence|credible) intervals?)[\s:,=]*)?"
    r"(?P<low>(?<![#§])#++) ?(?:-|to|,) ?(?P<high>(?<![#§])#++)\)", re.IGNORECASE)
#: What announces rates, the unit before them or none: those that follow it in a list are read.
_ANNOUNCED = re.compile(
    r"\b(?:(?:rates?|incidences?|densit(?:y|ies)|(?-i:IRs?))\b[^#§.;]{0,40}?"
    rf"|(?:relapses?|infections|events)(?=[^.;]{{0,40}}?(?::|=| were | was ))){_PER}(?! or more)",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"\bannuali[sz]ed (?:(?!brain|volume|atrophy)[a-z]+ ){0,4}?rates?(?: of \w+)?(?: \((?-i:ARRs?)\))?"
    r"|\b(?:annual|yearly) (?:relapse|attack) rates?(?: \((?-i:ARRs?)\))?|(?-i:\bARRs?\b)"
    r"|\b(?:relapse rates?|relapses) per (?:(?:patient|person) (?:per|and) )?year\b", re.IGNORECASE)
#: A relapse rate that does not say per how long; where the sentence prints shares too, it may be one.
_UNSAID = re.compile(
    r"\b(?:relapse|attack) rates? (?:was|were|fell|dropped|decreased|declined|rose|increased|remained)\b",
    re.IGNORECASE)
_MAY_BE_SHARE = re.compile(r"§|\bpooled\b|\bproportion|\bprobabilit|\bratio\b|-free\b", re.IGNORECASE)
#: The same letters for something else.
_NOT_YEARLY = re.compile(r"(?:ratios?|reductions?) \((?-i:ARRs?)\)", re.IGNORECASE)
#: A rate under a short name whose unit the sentence has told before.
_SHORT = re.compile(r"\b(?-i:IRs?)\b[\s=:]*(?:of |was )?(?=#)", re.IGNORECASE)
_TIME = r" ?-? ?(?:days?|weeks?|months?|years?)\b"
#: A semicolon ends a list, save behind a bracket, or where a few words lead to the next rate.
_ON = r"(?:(?<=\));|;(?= (?:[a-z-]+ ){0,3}?[a-z-]+[,:]? (?:was |of )?#| (?:[a-z-]+ ){1,8}?(?:was|were|of) #))"
_YEARS_LISTED = r"(?<=years )#+(?:, #+)*,? and #+"
_WORDS = (
    r"(?:\((?:§+ ?)?cis?\b[^()]*\)|[^#§;]|§++ ?(?=(?:ci\b|confidence))|"
    r"(?:(?<=month )|(?<=months )|(?<=weeks ))#+-#+|"
    rf"{_YEARS_LISTED}|(?<=year )#+(?! (?:to|was|were) #)|< ?#++|#++(?={_TIME})|{_ON})"
)
_NO_PEOPLE = r"(?! (?:\w+ )?(?:patients|people|participants))"
_LISTED = rf"{_RATE}(?!{_TIME})(?! ?[-/]#)(?! (?:[\w-]+ ){{0,3}}?per #){_NO_PEOPLE}{_INTERVAL}(?![\w§])"
_FIRST = re.compile(rf"{_WORDS}{{0,110}}?{_LISTED}", re.IGNORECASE)
_NEXT = re.compile(rf"{_WORDS}{{1,45}}?{_LISTED}", re.IGNORECASE)
_STOP = re.compile(
    r"\bp ?[<=>]|difference|ratio\b|n ?=|\. [A-Z]|(?-i:HRs?\b|ORs?\b)|hazard", re.IGNORECASE)
#: Right before a number that ends an interval.
_BOUND = re.compile(r"(?:\bcis?\b\)?|intervals?|limits)[\s:,=(]*(?:#+ ?(?:-|to|,) ?)?$", re.IGNORECASE)
#: A rate in per cent: of a hundred people in one year.
_PERCENT = rf"(?P<rate>(?<!by )(?<![#§])§++){_INTERVAL}"
_PERCENT_A_YEAR = re.compile(
    rf"\b(?:rates?|incidence|risk)\b[^#§.;]{{0,60}}?{_PERCENT} ?(?:per |/ ?|a )(?:(?:person|patient)[- ])?"
    r"(?:year|yr|annum)\b", re.IGNORECASE)
_YEARLY_PERCENT = re.compile(r"\bannuali[sz]ed (?:event |incidence )?(?:rates?|incidence) of\b", re.I)
_PERCENT_FIRST = re.compile(rf"[^#§.;]{{0,110}}?{_PERCENT}")
_PERCENT_NEXT = re.compile(rf"[^#§.;]{{1,45}}?{_PERCENT}")
#: More relapses than this in one year are no rate.
_MOST_A_YEAR = 10.0


@dataclass(frozen=True, slots=True)
class PrintedRate:
    """A rate with its interval as printed, how much one of it is per 100 person-years, and what names it."""

    rate: TextNumber
    factor: float
    name: tuple[int, int]
    low: TextNumber | None = None
    high: TextNumber | None = None
    doubt: str = ""


def find_rates(masked: MaskedText, taken: list[tuple[int, int]]) -> tuple[PrintedRate, ...]:
    """Every rate of a sentence; their places become taken."""
    found: list[PrintedRate] = []
    for rate in (*_find_scaled(masked), *_find_announced(masked), *_find_yearly(masked),
                 *_find_percent(masked), *_find_unsaid(masked)):
        numbers = [number for number in (rate.rate, rate.low, rate.high) if number is not None]
        spans = [(number.start, number.end) for number in numbers]
        if not any(start < other[1] and other[0] < end for start, end in spans for other in taken):
            taken += spans
            found.append(rate)
    return tuple(sorted(found, key=lambda rate: rate.rate.start))


def _find_scaled(masked: MaskedText) -> Iterator[PrintedRate]:
    """Rates that say per how many person-years they are, and those that share the unit of the next."""
    for match in _RELAPSES_A_YEAR.finditer(masked.text):
        yield from _carry_on(masked, match, 100)
    for match in _SCALED.finditer(masked.text):
        if _BOUND.search(masked.text, 0, match.start("rate")):
            continue
        factor = _read_factor(masked, match)
        yield from _carry_on(masked, match, factor)
        before = _SHARING.search(masked.text, 0, match.start("rate"))
        while before is not None and not _is_year(masked.number(before, "rate")):
            yield _to_rate(masked, before, factor, before.span("rate"))
            before = _SHARING.search(masked.text, 0, before.start("rate"))


def _carry_on(masked: MaskedText, match: re.Match[str], factor: float) -> Iterator[PrintedRate]:
    """A rate, and those of other groups behind it that have its unit in common."""
    name = match.span("rate")
    found: re.Match[str] | None = match
    while found is not None and not _is_year(masked.number(found, "rate")):
        yield _to_rate(masked, found, factor, name)
        found = _CARRIED_ON.match(masked.text, found.end())


def _is_year(number: TextNumber) -> bool:
    """Whether a number is a year of the calendar: "fell from 4.2 to 2.8 between 1997 and 2018"."""
    return number.value % 1 == 0 and 1900 <= number.value <= 2100


def _read_factor(masked: MaskedText, match: re.Match[str]) -> float:
    """How much one of the unit that a match holds is per 100 person-years."""
    held = match.groupdict()
    scale = masked.number(match, "scale").value if held.get("scale") else 1.0
    return (1200 if (held.get("span") or "").lower() == "month" else 100) / scale


def _find_announced(masked: MaskedText) -> Iterator[PrintedRate]:
    """Rates behind their unit: "rates per 100,000 person-years fell from 4.2 to 2.8"."""
    factor = None
    for name in _ANNOUNCED.finditer(masked.text):
        factor = _read_factor(masked, name)
        yield from _find_listed(masked, name, factor, float("inf"))
    if factor is not None:
        for name in _SHORT.finditer(masked.text):
            match = re.compile(_LISTED, re.IGNORECASE).match(masked.text, name.end())
            if match is not None:
                yield _to_rate(masked, match, factor, name.span())


def _find_yearly(masked: MaskedText) -> Iterator[PrintedRate]:
    """Annualised rates: the first number behind the name, and those that follow it in a list."""
    names = () if _NOT_YEARLY.search(masked.text) else _YEARLY.finditer(masked.text)
    for name in names:
        yield from _find_listed(masked, name, 100, _MOST_A_YEAR)


def _find_unsaid(masked: MaskedText) -> Iterator[PrintedRate]:
    """Relapse rates with a fraction of which it is not said per how long: of a year, in doubt."""
    if _MAY_BE_SHARE.search(masked.text):
        return
    for name in _UNSAID.finditer(masked.text):
        found = list(_find_listed(masked, name, 100, _MOST_A_YEAR))
        if all(rate.rate.value % 1 for rate in found):
            yield from (replace(rate, doubt="it is not said that it is of a year") for rate in found)


def _find_percent(masked: MaskedText) -> Iterator[PrintedRate]:
    """Rates in per cent a year: 1.2 % a year are 1.2 per 100 person-years."""
    for yearly in _PERCENT_A_YEAR.finditer(masked.text):
        if not _STOP.search(yearly[0]):
            yield _to_rate(masked, yearly, 1, yearly.span("rate"))
    for name in _YEARLY_PERCENT.finditer(masked.text):
        match = _PERCENT_FIRST.match(masked.text, name.end())
        while match is not None and not _STOP.search(match[0]):
            yield _to_rate(masked, match, 1, name.span())
            match = _PERCENT_NEXT.match(masked.text, match.end())


def _find_listed(
    masked: MaskedText, name: re.Match[str], factor: float, most: float
) -> Iterator[PrintedRate]:
    match = _FIRST.match(masked.text, name.end())
    while match is not None and not _STOP.search(masked.text[match.start():match.start("rate")]):
        number = masked.number(match, "rate")
        if number.value <= most and not _is_year(number):
            yield _to_rate(masked, match, factor, name.span())
        match = _NEXT.match(masked.text, match.end())


def _to_rate(masked: MaskedText, match: re.Match[str], factor: float, name: tuple[int, int]) -> PrintedRate:
    held = match.groupdict()
    numbers = {name: masked.number(match, name) for name in ("rate", "low", "high") if held.get(name)}
    behind = _INTERVAL_BEHIND.match(masked.text, match.end())
    if "low" not in numbers and behind is not None:
        numbers |= {name: masked.number(behind, name) for name in ("low", "high")}
    return PrintedRate(numbers["rate"], factor, name, numbers.get("low"), numbers.get("high"))
