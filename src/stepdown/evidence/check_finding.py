"""What is wrong in one finding: words outside the vocabulary, missing times, numbers that disagree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields

from stepdown.evidence.study import (
    OUTCOMES,
    REPORTS,
    SELECTIONS,
    STRATEGIES,
    TIME_KINDS,
    Effect,
    Finding,
)
from stepdown.evidence.vocabulary import (
    COURSES,
    COVARIATES,
    DIFFERENCES,
    GROUPS,
    OTHER_OUTCOME,
    OTHER_STRATEGIES,
    RATIOS,
)

#: A percentage is printed to a whole number at worst, so it lies this near to its events / n.
PROPORTION_ROUNDING = 0.006
#: A rate per 100 person-years is printed to one figure after the point at worst.
RATE_ROUNDING = 0.06
_KEBAB = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_P_VALUE = re.compile(r"[<>]?[01]?\.\d+|1")
_NEEDS = {
    "counts": ("events", "n"), "proportion": ("proportion",), "survival": ("proportion",), "rate": ("rate",),
    "ratio": ("effect",), "difference": ("effect",),
}
_LISTS: dict[str, tuple[str, ...]] = {"groups": GROUPS, "to_groups": GROUPS, "courses": COURSES}

Faults = Iterator[tuple[str, str]]


def find_finding_faults(finding: Finding, arms: frozenset[str]) -> Faults:
    """Each fault of a finding as its field and a sentence; ``arms`` are those that the study defines."""
    if finding.arm is not None and finding.arm not in arms:
        yield "arm", f"the study has no arm {finding.arm!r}"
    for find_faults in _CHECKS:
        yield from find_faults(finding)


def find_number_faults(finding: Finding) -> Faults:
    """The faults for which no answer may rest on a finding: its numbers are impossible or contradictory."""
    yield from _find_count_faults(finding)
    yield from _find_proportion_faults(finding)
    yield from _find_rate_faults(finding)
    if finding.effect is not None:
        effect = finding.effect
        yield from _find_interval_faults(finding, "effect", effect.value, (effect.low, effect.high))


def _find_word_faults(finding: Finding) -> Faults:
    if not _KEBAB.fullmatch(finding.id):
        yield "id", "write lower-case letters, digits and hyphens"
    if finding.outcome not in OUTCOMES and not re.fullmatch(OTHER_OUTCOME, finding.outcome):
        yield "outcome", f"{finding.outcome!r} is none of {', '.join(OUTCOMES)}, nor other:NAME"
    allowed = {"strategy": STRATEGIES + OTHER_STRATEGIES, "report": REPORTS, "selection": SELECTIONS,
               "time_kind": TIME_KINDS}
    for field, words in allowed.items():
        if getattr(finding, field) not in words:
            yield field, f"{getattr(finding, field)!r} is none of {', '.join(words)}"
    for field in ("definition", "locator"):
        if not getattr(finding, field).strip():
            yield field, "is empty; say so when it was not read"


def _find_list_faults(finding: Finding) -> Faults:
    for field, allowed in _LISTS.items():
        for word in getattr(finding, field):
            if word not in allowed:
                yield field, f"{word!r} is none of {', '.join(allowed)}"
    for field in ("therapies", "to_therapies"):
        for name in getattr(finding, field):
            if not _KEBAB.fullmatch(name):
                yield field, f"{name!r} is no name of a drug in lower case with hyphens"


def _find_covariate_faults(finding: Finding) -> Faults:
    if finding.covariate is None:
        if finding.covariate_contrast or finding.covariate_step is not None:
            yield "covariate", "is missing although a contrast is described"
        return
    if finding.covariate not in COVARIATES:
        yield "covariate", f"{finding.covariate!r} is none of {', '.join(COVARIATES)}"
    if not finding.covariate_contrast:
        yield "covariate_contrast", "say which people are set against which"


def _find_computed_faults(finding: Finding) -> Faults:
    known = {item.name for item in fields(Finding)} | {f"effect.{item.name}" for item in fields(Effect)}
    for name in finding.computed:
        if name not in known:
            yield "computed", f"{name!r} is no field of a finding"
        elif _read_field(finding, name) is None:
            yield "computed", f"{name!r} has no value"


def _read_field(finding: Finding, name: str) -> object:
    """The value of a field, or of a part of the effect written as ``effect.low``."""
    whole, _, part = name.partition(".")
    value: object = getattr(finding, whole)
    return getattr(value, part) if part and value is not None else value


def _find_time_faults(finding: Finding) -> Faults:
    if finding.time_years is None and finding.time_kind != "unknown":
        yield "time_years", f"is missing although the time is called {finding.time_kind}"
    for field in ("time_years", "interval_days", "person_years"):
        value = getattr(finding, field)
        if value is not None and value <= 0:
            yield field, "must be above 0"


def _find_missing_numbers(finding: Finding) -> Faults:
    for field in _NEEDS.get(finding.report, ()):
        if getattr(finding, field) is None:
            yield field, f"is missing although the finding reports {finding.report}"
    if finding.report in ("ratio", "difference") and finding.effect and finding.effect.value is None:
        yield "effect", f"has no value although the finding reports a {finding.report}"


def _find_count_faults(finding: Finding) -> Faults:
    if finding.n is not None and finding.n < 1:
        yield "n", "must be 1 or more"
    if finding.events is None:
        return
    if finding.events < 0:
        yield "events", "must be 0 or more"
    if finding.n is not None and finding.events > finding.n:
        yield "events", f"{finding.events} events are more than {finding.n} people"


def _find_proportion_faults(finding: Finding) -> Faults:
    bounds = finding.proportion_low, finding.proportion_high
    yield from _find_interval_faults(finding, "proportion", finding.proportion, bounds)
    for field in ("proportion", "proportion_low", "proportion_high"):
        value = getattr(finding, field)
        if value is not None and not 0 <= value <= 1:
            yield field, f"{value} lies outside 0 to 1"
    if finding.misprinted or finding.proportion is None or finding.events is None or not finding.n:
        return
    counted = finding.events / finding.n
    if abs(counted - finding.proportion) > PROPORTION_ROUNDING:
        yield "proportion", f"{finding.proportion} is not {finding.events} of {finding.n} ({counted:.3f})"


def _find_rate_faults(finding: Finding) -> Faults:
    yield from _find_interval_faults(finding, "rate", finding.rate, (finding.rate_low, finding.rate_high))
    for field in ("rate", "rate_low", "rate_high"):
        value = getattr(finding, field)
        if value is not None and value < 0:
            yield field, "must be 0 or more"
    if finding.misprinted or finding.rate is None or finding.events is None or not finding.person_years:
        return
    counted = 100 * finding.events / finding.person_years
    if abs(counted - finding.rate) > max(RATE_ROUNDING, 0.02 * counted):
        yield "rate", f"{finding.rate} is not {finding.events} in {finding.person_years} person-years"


def _find_effect_faults(finding: Finding) -> Faults:
    effect = finding.effect
    if effect is None:
        return
    yield from _find_interval_faults(finding, "effect", effect.value, (effect.low, effect.high))
    if effect.measure not in RATIOS + DIFFERENCES:
        yield "effect", f"{effect.measure!r} is none of {', '.join(RATIOS + DIFFERENCES)}"
    printed = [value for value in (effect.value, effect.low, effect.high) if value is not None]
    if effect.measure in RATIOS and any(value < 0 for value in printed):
        yield "effect", "a ratio cannot be below 0"
    if not effect.versus.strip():
        yield "effect", "say against whom"
    yield from _find_precision_faults(effect)


def _find_precision_faults(effect: Effect) -> Faults:
    if effect.level is not None and not 0.5 <= effect.level < 1:
        yield "effect", f"{effect.level} is no level of an interval; write 0.95"
    if effect.low is not None and effect.level is None:
        yield "effect", "has an interval without its level"
    if effect.p is not None and not _P_VALUE.fullmatch(effect.p):
        yield "effect", f"{effect.p!r} is no p-value as text, such as 0.04 or <0.001"


def _find_interval_faults(
    finding: Finding, field: str, value: float | None, bounds: tuple[float | None, float | None]
) -> Faults:
    low, high = bounds
    if (low is None) != (high is None) and value is not None:
        yield field, "has one bound of an interval without the other"
    if low is None or high is None or finding.misprinted:
        return
    if low > high:
        yield field, f"its interval runs backwards ({low} to {high})"
    elif value is not None and not low <= value <= high:
        yield field, f"{value} lies outside its interval ({low} to {high})"


def _find_bound_faults(finding: Finding) -> Faults:
    if finding.age_min is not None and finding.age_max is not None and finding.age_min > finding.age_max:
        yield "age_min", f"{finding.age_min} is above age_max {finding.age_max}"
    for field in ("age_mean", "age_min", "age_max"):
        value = getattr(finding, field)
        if value is not None and not 0 <= value <= 120:
            yield field, f"{value} is no age"
    for field in ("years_quiet_min", "years_quiet_mean"):
        value = getattr(finding, field)
        if value is not None and not 0 <= value <= 80:
            yield field, f"{value} is no number of quiet years"


_CHECKS: tuple[Callable[[Finding], Faults], ...] = (
    _find_word_faults, _find_list_faults, _find_covariate_faults, _find_computed_faults, _find_time_faults,
    _find_missing_numbers, _find_count_faults, _find_proportion_faults, _find_rate_faults,
    _find_effect_faults, _find_bound_faults,
)
