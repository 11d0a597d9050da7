"""The numbers that a source holds, and whether a sentence says only such numbers.

A sentence makes seven kinds of claims: a share ("4.3 of 100"), an estimate with its interval ("HR 2.05, 1.45
to 2.91"), a range ("3 to 6 months"), a count ("8 of 45"), a ratio alone ("HR 0.96"), a time ("72 weeks"), and
any other number. The parts of an interval, a range or a count must stand together in one finding or one text,
so that a number of another arm is no support.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Finding, Study
from stepdown.ms.therapies import read_therapies

WORDS = {word: float(value) for value, word in enumerate((
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 2)}
WORDS["quarter"] = 25.0
DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
#: Digits that belong to a name or a unit, and the frames that shares and rates are told in.
NAMES = re.compile(r"x?10\^9/L|mg/m2|\b[A-Za-z]+-?\d+[A-Za-z]*\b|\b(?:of|per) (?:100|1,000|10,000)\b")
NUMBER = r"\d+(?:,\d{3})+|\d+\.\d+|\d+"
SHARE = re.compile(rf"({NUMBER})(?: ?%| of (?:each )?100\b)")
COUNT = re.compile(rf"\b({NUMBER}) of (?:the )?({NUMBER})\b")
INTERVAL = re.compile(
    rf"({NUMBER})[^\d]{{0,80}}?[,(] ?({NUMBER}) to ({NUMBER})\b(?! (?:of|weeks|months|days))"
)
RANGE = re.compile(rf"({NUMBER}) to ({NUMBER})\b")
RATIO = re.compile(rf"\b(?:HR|IRR|[Oo]dds ratio)\b[^\d.;,]*({NUMBER})")
TIME = re.compile(rf"\b({NUMBER}|{'|'.join(WORDS)})[- ](?:quiet )?(day|week|month|year)", re.IGNORECASE)
PLAIN = re.compile(rf"{NUMBER}|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)


@dataclass
class Cited:
    """What the sources of one sentence hold: ``times`` as a text tells them, ``days`` of any unit."""

    loose: set[float] = field(default_factory=set)
    days: set[float] = field(default_factory=set)
    times: set[tuple[float, str]] = field(default_factory=set)
    shares: set[float] = field(default_factory=set)
    ratios: set[float] = field(default_factory=set)
    counts: set[tuple[float, ...]] = field(default_factory=set)
    intervals: set[tuple[float, ...]] = field(default_factory=set)
    ranges: set[tuple[float, ...]] = field(default_factory=set)

    def add_text(self, text: str) -> None:
        """Every number of a text that a source holds."""
        self.counts |= {read_match(match) for match in COUNT.finditer(text)}
        self.intervals |= {read_match(match) for match in INTERVAL.finditer(text)}
        self.ranges |= {read_match(match) for match in RANGE.finditer(text)}
        self.ratios |= {read_number(match[1]) for match in RATIO.finditer(text)}
        self.times |= {(read_number(match[1]), match[2].lower()) for match in TIME.finditer(text)}
        self.shares |= {read_number(match[1]) for match in SHARE.finditer(text)}
        self.loose |= {read_number(match[0]) for match in PLAIN.finditer(NAMES.sub(" ", text))}

    def add_finding(self, finding: Finding, study: Study) -> None:
        """A finding with the description of its study."""
        _add_results(self, finding)
        for name in ("time_years", "years_quiet_min", "years_quiet_mean"):
            if (years := getattr(finding, name)) is not None:
                self.days.add(years * DAYS["year"])
        if finding.interval_days:
            self.days.add(finding.interval_days)
        for text in (*_texts(finding), study.setting or "", study.limits):
            self.add_text(text)
        for value in asdict(study.population).values():
            self.loose |= {float(value)} if isinstance(value, int | float) else set()

    def add_catalogue(self, value: Any) -> None:
        """A field of the drug catalogue: its texts, and the days and months it counts in."""
        if is_dataclass(value) and not isinstance(value, type):
            for name, part in asdict(value).items():
                self._add_part(name, part)
        elif isinstance(value, tuple):
            for part in value:
                self.add_catalogue(part)
        elif isinstance(value, str):
            self.add_text(value)

    def _add_part(self, name: str, part: Any) -> None:
        if isinstance(part, str):
            self.add_text(part)
        elif isinstance(part, int | float) and part is not True:
            unit = next((DAYS[word] for word in DAYS if word in name), None)
            self.days |= {part * unit} if unit else set()
            self.loose |= set() if unit else {float(part)}


def _texts(finding: Finding) -> Iterator[str]:
    names = ("definition", "subgroup", "covariate_contrast", "note", "misprinted", "not_pooled")
    yield from (getattr(finding, name) or "" for name in names)
    if finding.effect:
        yield from (finding.effect.versus, finding.effect.p or "")


def _add_results(cited: Cited, finding: Finding) -> None:
    """Counts, shares, rates (told per 100, per 1 or per 10,000 people a year), ages and effects."""
    if finding.events is not None and finding.n is not None:
        cited.counts.add((finding.events, finding.n))
        if finding.events == 0:  # the exact upper bound: (1 - p) ** n = 0.025
            cited.shares.add(round(100 * (1 - 0.025 ** (1 / finding.n))))
    plain = (finding.events, finding.n, finding.age_mean, finding.age_min, finding.age_max)
    cited.loose |= {float(value) for value in plain if value is not None}
    shares = (finding.proportion, finding.proportion_low, finding.proportion_high)
    cited.shares |= {100 * value for value in shares if value is not None}
    cited.loose |= {scale * value for scale in (100, 1000) for value in shares if value is not None}
    cited.loose |= {scale * finding.rate for scale in (0.01, 1, 100) if finding.rate is not None}
    if finding.effect and finding.effect.value is not None:
        cited.ratios.add(finding.effect.value)
        cited.loose.add(finding.effect.value)
        if finding.effect.low is not None and finding.effect.high is not None:
            cited.intervals.add((finding.effect.value, finding.effect.low, finding.effect.high))


def read_number(text: str) -> float:
    word = WORDS.get(text.lower())
    return float(text.replace(",", "")) if word is None else word


def read_match(match: re.Match[str]) -> tuple[float, ...]:
    return tuple(read_number(group) for group in match.groups())


def read_cited(sources: Iterable[str], drugs: Iterable[str] = ()) -> Cited:
    """What these sources hold; a bare study holds its description only."""
    cited, library = Cited(), read_library()
    for source in sources:
        name, _, part = source.partition("#")
        if source.startswith("therapies:"):
            drug, _, part = source.removeprefix("therapies:").partition("#")[0].partition(".")
            for each in drugs if drug in ("self", "target") else (drug,):
                cited.add_catalogue(getattr(read_therapies()[each], part))
        elif part:
            cited.add_finding(library[name].finding(part), library[name])
        elif name in library:
            cited.add_text(library[name].limits)
    return cited


def _is_like(said: str, held: float) -> bool:
    """Whether a number is said as it is held, or rounded to two digits or more."""
    value, decimals = read_number(said), len(said.partition(".")[2])
    if math.isclose(value, held, rel_tol=1e-9):
        return True
    digits = len(said.replace(".", "").replace(",", "").lstrip("0"))
    return digits >= 2 and math.isclose(value, round(held, decimals), rel_tol=1e-9)


def _is_time(said: str, unit: str, cited: Cited) -> bool:
    """Whether a time is held, in words or rounded to its last digit: 1.38 years are 72 weeks, not 73."""
    value, half = read_number(said), 0.5 * 10.0 ** -len(said.partition(".")[2])
    told = [held / DAYS[unit.lower()] for held in cited.days]
    near = any(abs(value - held) <= min(half, 0.02 * held) + 1e-9 for held in told)
    return near or (value, unit.lower()) in cited.times


def find_unsupported(text: str, cited: Cited, own: Iterable[float] = ()) -> list[str]:
    """The claims of a sentence that no source of it holds; ``own`` are the limits of the rule itself."""
    faults: list[str] = []

    def judge(match: re.Match[str], holds: bool) -> str:
        faults.extend([] if holds else [match[0].strip()])
        return " " * len(match[0])

    def is_among(said: str, held: Iterable[float]) -> bool:
        return any(_is_like(said, number) for number in held)

    text = SHARE.sub(lambda m: judge(m, is_among(m[1], cited.shares)), text)
    text = NAMES.sub(" ", text)
    text = INTERVAL.sub(lambda m: judge(m, read_match(m) in cited.intervals), text)
    text = RANGE.sub(lambda m: judge(m, read_match(m) in cited.ranges), text)
    text = COUNT.sub(lambda m: judge(m, read_match(m) in cited.counts), text)
    text = RATIO.sub(lambda m: judge(m, is_among(m[1], cited.ratios)), text)
    text = TIME.sub(lambda m: judge(m, _is_time(m[1], m[2], cited) or read_number(m[1]) in own), text)
    PLAIN.sub(lambda m: judge(m, is_among(m[0], cited.loose) or read_number(m[0]) in own), text)
    return faults


def read_own_numbers(row: Mapping[str, Any]) -> set[float]:
    """The limits in a rule's own conditions, years also as months, days as weeks and months."""
    conditions = [one for key in ("all", "any", "none_of") for one in row.get(key, ())]
    limits = {float(value) for one in conditions for value in one.values() if type(value) in (int, float)}
    named = {float(part) for one in conditions for part in one["fact"].split("_") if part.isdigit()}
    years = {12 * limit for limit in limits}
    days = {float(round(limit / unit)) for limit in limits for unit in (DAYS["week"], DAYS["month"])}
    return limits | named | years | days
