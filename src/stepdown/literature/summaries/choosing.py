"""Which results of a study does its summary tell? The main one, its comparison, its parts, and others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepdown.evidence.study import OUTCOMES, Finding, Study
from stepdown.evidence.vocabulary import DIFFERENCES
from stepdown.literature.summaries.measuring import Measured, measure

_REPORT_ORDER = {"share": 0, "rate": 1, "ratio": 2, "difference": 3}
_OUTCOME_ORDER = (
    "any_activity",
    "reactivation",
    "relapse",
    "mri_activity",
    "confirmed_worsening",
    "serious_infection",
    "severe_adverse_event",
    "death",
    "restart",
)
#: What a study of each topic is asked about first.
_STRATEGY_ORDER = {
    "stopping": ("stop", "switch", "extend", "untreated", "continue"),
    "stepping-down": ("extend", "switch", "stop", "continue", "untreated"),
    "checkpoint-inhibitors": ("start-checkpoint-inhibitor",),
}
#: Whom people who made a choice are set beside, the nearest first.
_COMPARED_WITH = ("continue", "untreated", "switch", "extend", "stop", "start-checkpoint-inhibitor")


@dataclass(frozen=True)
class Result:
    """A finding with its figure."""

    finding: Finding
    measured: Measured


@dataclass(frozen=True)
class Chosen:
    """What is told: the main result, whom it is set beside, their contrast, its parts, and other outcomes.

    ``contradicts`` says that the printed contrast points the other way than the counts; it is not told then.
    """

    main: Result
    comparator: Result | None
    contrast: Result | None
    parts: tuple[Result, ...]
    others: tuple[Result, ...]
    contradicts: bool = False


def find_results(study: Study) -> tuple[Result, ...]:
    """Every finding of a study that reports a number, in the order of its file."""
    found = ((finding, measure(finding)) for finding in study.findings)
    return tuple(Result(finding, measured) for finding, measured in found if measured is not None)


def choose_results(study: Study) -> Chosen | None:
    """What a summary tells of a study; None where no finding reports a number."""
    results = find_results(study)
    if not results:
        return None
    main = min(results, key=lambda result: _rank(study, result))
    comparator = _find_comparator(main, results)
    contrast = _find_contrast(main, comparator, results)
    contradicts = _contradicts_counts(contrast, main, comparator)
    return Chosen(
        main,
        comparator,
        None if contradicts else contrast,
        _find_parts(main, comparator, results),
        _find_others(main, results),
        contradicts,
    )


def _rank(study: Study, result: Result) -> tuple[bool, bool, bool, int, int, bool, int, int]:
    """What comes first: people as a whole, the topic's own strategy, the widest outcome, the most people.

    A figure that is misprinted, a group that only serves to compare, and an outcome without a settled
    name come last.
    """
    finding = result.finding
    return (
        finding.covariate is not None or _only_serves_to_compare(finding),
        bool(finding.misprinted),
        finding.outcome not in OUTCOMES,
        _REPORT_ORDER[result.measured.kind],
        _place(finding.strategy, _STRATEGY_ORDER.get(study.topic, ())),
        finding.subgroup is not None and finding.subgroup.split()[0] != "people",
        _place(finding.outcome, _OUTCOME_ORDER),
        -(finding.n or 0),
    )


def _only_serves_to_compare(finding: Finding) -> bool:
    """Whether the people of a finding are those without the illness, the marker or the drug in question."""
    words = (finding.subgroup or "").replace(",", "").split()
    if finding.strategy == "untreated" and words and words[0] != "never":
        return True
    return bool({"without", "below", "earlier"} & set(words[:3]))


def _place(word: str, order: tuple[str, ...]) -> int:
    return order.index(word) if word in order else len(order)


def _find_comparator(main: Result, results: tuple[Result, ...]) -> Result | None:
    """The same outcome, counted alike, in people who chose otherwise, or in another arm."""
    fitting = [
        other
        for other in results
        if _is_same_count(main, other) and _is_other_people(main.finding, other.finding)
    ]
    order = (*(strategy for strategy in _COMPARED_WITH if strategy != main.finding.strategy),)

    def nearness(other: Result) -> tuple[int, bool]:
        return _place(other.finding.strategy, order), _detail(other.finding) != _detail(main.finding)

    return min(fitting, key=nearness, default=None)


def _detail(finding: Finding) -> str:
    """What a part of the people is besides its first words: the drug of "people with MS, anti-PD-1"."""
    return (finding.subgroup or "").partition(",")[2]


def _is_same_count(main: Result, other: Result) -> bool:
    """Whether two results count the same event in the same way over the same time."""
    one, two = main.finding, other.finding
    return (
        one.outcome == two.outcome
        and one.definition == two.definition
        and main.measured.kind == other.measured.kind
        and main.measured.kind in ("share", "rate")
        and one.time_kind == two.time_kind
        and (one.time_years == two.time_years or one.time_kind != "fixed")
        and two.covariate is None
    )


def _is_other_people(main: Finding, other: Finding) -> bool:
    """Whether a result is about another choice, or about an arm that words can tell from the first."""
    if main.strategy != other.strategy:
        return main.subgroup == other.subgroup or other.subgroup is None or other.strategy == "untreated"
    told_apart = (main.subgroup, main.therapies, main.to_therapies, main.to_groups) != (
        other.subgroup,
        other.therapies,
        other.to_therapies,
        other.to_groups,
    )
    return told_apart and main.arm is not None and other.arm is not None and main.arm != other.arm


def _find_contrast(main: Result, comparator: Result | None, results: tuple[Result, ...]) -> Result | None:
    """The study's own ratio or difference for the same outcome against those it is set beside.

    One that is printed with the other group, against this one, is turned round.
    """
    if comparator is None:
        return None
    return (
        _read_contrast(main, comparator.finding.strategy)
        or _turn_round(_read_contrast(comparator, main.finding.strategy))
        or next((other for other in results if _is_contrast(other, main.finding, comparator.finding)), None)
    )


def _read_contrast(result: Result, versus: str) -> Result | None:
    """The contrast that a share or rate is printed with, against people who chose otherwise."""
    effect = result.finding.effect
    if effect is None or effect.value is None or effect.low is None or effect.high is None:
        return None
    if not re.search(rf"\b{re.escape(versus)}", effect.versus) or result.finding.misprinted:
        return None
    kind = "difference" if effect.measure in DIFFERENCES else "ratio"
    return Result(result.finding, Measured(kind, effect.value, effect.low, effect.high))


def _turn_round(result: Result | None) -> Result | None:
    """The same contrast seen from the other group; None where a bound of a ratio is 0."""
    if result is None or result.measured.low is None or result.measured.high is None:
        return None
    kind, value = result.measured.kind, result.measured.estimate
    low, high = result.measured.high, result.measured.low
    if kind == "difference":
        return Result(result.finding, Measured(kind, -value, -low, -high))
    if min(value, low, high) <= 0:
        return None
    return Result(result.finding, Measured(kind, 1 / value, 1 / low, 1 / high))


def find_direction(measured: Measured) -> str:
    """Whether a ratio or a difference with its range says more, less, or leaves it unclear."""
    none = 0.0 if measured.kind == "difference" else 1.0
    if measured.low is not None and measured.low > none:
        return "more"
    return "less" if measured.high is not None and measured.high < none else "unclear"


def _contradicts_counts(contrast: Result | None, main: Result, comparator: Result | None) -> bool:
    """Whether a contrast says more where the shares or rates of both groups say less, or the reverse."""
    if contrast is None or comparator is None:
        return False
    gap = main.measured.estimate - comparator.measured.estimate
    direction = find_direction(contrast.measured)
    return (direction == "more" and gap < 0) or (direction == "less" and gap > 0)


def _is_contrast(other: Result, main: Finding, comparator: Finding) -> bool:
    """Whether a result is the ratio of the first group against the second, with its range."""
    finding, effect = other.finding, other.finding.effect
    if other.measured.kind != "ratio" or other.measured.low is None or effect is None or finding.covariate:
        return False
    same = (finding.outcome, finding.strategy, finding.arm, finding.subgroup) == (
        main.outcome,
        main.strategy,
        main.arm,
        main.subgroup,
    )
    names = (comparator.strategy,) if comparator.strategy != main.strategy else comparator.to_therapies
    return same and not finding.misprinted and any(name.replace("-", " ") in effect.versus for name in names)


def _find_parts(main: Result, comparator: Result | None, results: tuple[Result, ...]) -> tuple[Result, ...]:
    """The same count in parts of the same people."""
    taken = {main.finding.id, comparator.finding.id if comparator else ""}
    return tuple(
        other
        for other in results
        if _is_same_count(main, other)
        and other.finding.subgroup is not None
        and other.finding.id not in taken
        and (other.finding.strategy, other.finding.arm) == (main.finding.strategy, main.finding.arm)
    )


def _find_others(main: Result, results: tuple[Result, ...]) -> tuple[Result, ...]:
    """Other outcomes of the same people, counted as shares or rates: each outcome once."""
    found: dict[str, Result] = {}
    for other in results:
        finding = other.finding
        if (
            finding.outcome != main.finding.outcome
            and other.measured.kind in ("share", "rate")
            and (finding.strategy, finding.arm, finding.subgroup)
            == (main.finding.strategy, main.finding.arm, main.finding.subgroup)
        ):
            found.setdefault(finding.outcome, other)
    return tuple(sorted(found.values(), key=lambda other: _place(other.finding.outcome, OUTCOMES)))
