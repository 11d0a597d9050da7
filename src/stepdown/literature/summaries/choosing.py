"""Which results of a study does its summary tell? The main one, its comparison, its parts, and others."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.evidence.study import OUTCOMES, Finding, Study
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
    """What is told: the main result, whom it is set beside, their contrast, its parts, and other outcomes."""

    main: Result
    comparator: Result | None
    contrast: Result | None
    parts: tuple[Result, ...]
    others: tuple[Result, ...]


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
    return Chosen(
        main,
        comparator,
        _find_contrast(main, comparator, results),
        _find_parts(main, comparator, results),
        _find_others(main, results),
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
    """The study's own ratio or difference for the same outcome against those it is set beside."""
    if comparator is None:
        return None
    own = main.finding.effect
    if (
        own is not None
        and own.value is not None
        and own.low is not None
        and comparator.finding.strategy in own.versus
    ):
        return Result(main.finding, Measured("difference", own.value, own.low, own.high))
    return next((other for other in results if _is_contrast(other, main.finding, comparator.finding)), None)


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
