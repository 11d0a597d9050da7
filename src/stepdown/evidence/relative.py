"""How much more or less often an outcome comes after one strategy than after another: pooled ratios."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from stepdown.evidence.cells import (
    DESIGN_ORDER,
    Candidate,
    Cell,
    is_about_group,
    leads_there,
    rank,
    read_pool_table,
    without_mixed_selection,
    without_overlaps,
)
from stepdown.evidence.meta.pool_ratio import pool_ratio
from stepdown.evidence.meta.pooled import Excluded, PooledRatio
from stepdown.evidence.meta.refusals import ReportError
from stepdown.evidence.meta.reports import RATIO_MEASURES, Ratio
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Finding, Study


@dataclass(frozen=True)
class RatioMember(Candidate):
    """One ratio that answers the question, with its study and its report."""

    report: Ratio


@dataclass(frozen=True)
class RelativeRisk:
    """A ratio with its 95 % interval, or unknown with the reason.

    ``predicted`` is the interval for another study like these; None for one study, which says nothing of
    how much studies differ. ``people`` is None where a study does not print them.
    """

    status: str
    reason: str
    measure: str = ""
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    predicted: tuple[float, float] | None = None
    studies: int = 0
    people: int | None = None
    method: str = ""
    definition: str = ""
    selection: str = "unknown"
    sources: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()


def find_relative_risk(
    outcome: str,
    strategy: str,
    versus: str = "continue",
    group: str | None = None,
    direction: str | None = None,
    *,
    to_group: str | None = None,
    selection: str | None = None,
    studies: Iterable[Study] | None = None,
) -> RelativeRisk:
    """The pooled ratio of an outcome after one strategy against another, all of one measure.

    ``group`` is the drug group left or taken; None asks the studies that did not tell drugs apart.
    ``direction`` "down" asks for switches to milder drugs only.
    """
    cell = Cell(outcome, strategy, group or "", to_group, direction, selection=selection)
    excluded: list[Excluded] = []
    found: list[RatioMember] = []
    for study in studies if studies is not None else read_library().values():
        fitting = [finding for finding in study.findings if _is_asked(study, finding, cell, versus)]
        found += _best_of_study(study, fitting, excluded)
    chosen = without_mixed_selection(_of_one_measure(sorted(found, key=rank), excluded), excluded)
    return _to_relative_risk(without_overlaps(chosen, excluded), tuple(excluded), versus)


@lru_cache(maxsize=1024)
def find_library_ratio(
    outcome: str, strategy: str, group: str | None = None, direction: str | None = None
) -> RelativeRisk:
    """The pooled ratio against continuing from the library in place, worked out once for each question."""
    return find_relative_risk(outcome, strategy, group=group, direction=direction)


def forget_ratios() -> None:
    """Drop every pooled ratio, after a study was retracted or added."""
    find_library_ratio.cache_clear()


def _is_asked(study: Study, finding: Finding, cell: Cell, versus: str) -> bool:
    """Whether a finding is a ratio that answers the question, usable or not."""
    return (
        not study.retracted
        and study.disease == "MS"
        and study.design in DESIGN_ORDER
        and (finding.outcome, finding.strategy, finding.report) == (cell.outcome, cell.strategy, "ratio")
        and finding.covariate is None
        and _is_against(finding, versus)
        and (is_about_group(study, finding, cell.group) if cell.group else len(finding.groups) != 1)
        and leads_there(study, finding, cell)
        and (cell.selection is None or finding.selection == cell.selection)
    )


def _is_against(finding: Finding, versus: str) -> bool:
    """Whether a contrast is with people who took the strategy asked for, in the words of its study."""
    words: list[str] = read_pool_table()["versus"].get(versus, [versus])
    return finding.effect is not None and finding.effect.versus in words


def _best_of_study(study: Study, fitting: list[Finding], excluded: list[Excluded]) -> list[RatioMember]:
    """The one ratio of a study that may enter, of its whole group before a part; the others are left out."""
    found: list[RatioMember] = []
    for finding in sorted(fitting, key=lambda item: (item.subgroup is not None, -(item.n or 0))):
        report = _to_ratio(study, finding)
        if isinstance(report, str):
            excluded.append(Excluded(study.id, finding.id, report))
        elif found:
            reason = f"the same people are counted in {found[0].finding.id}"
            excluded.append(Excluded(study.id, finding.id, reason))
        else:
            found.append(RatioMember(study, finding, report))
    return found


def _to_ratio(study: Study, finding: Finding) -> Ratio | str:
    """The ratio of a finding, or why it has none that can be pooled."""
    effect = finding.effect
    if finding.not_pooled:
        return finding.not_pooled
    if effect is None or effect.value is None or effect.low is None or effect.high is None:
        return "the ratio or its interval is not reported"
    if effect.measure not in RATIO_MEASURES:
        return "it is a difference, not a ratio"
    level = effect.level or 0.95
    try:
        return Ratio(study.id, finding.id, effect.measure, effect.value, effect.low, effect.high, level)
    except ReportError as error:
        return str(error)


def _of_one_measure(members: list[RatioMember], excluded: list[Excluded]) -> list[RatioMember]:
    """The members of the measure that most studies print; hazard ratios come first on a tie."""
    counts = Counter(member.report.measure for member in members)
    if len(counts) < 2:
        return members
    kept = min(counts, key=lambda measure: (-counts[measure], RATIO_MEASURES.index(measure)))
    for member in members:
        if member.report.measure != kept:
            reason = f"{member.report.measure} and {kept} are different measures"
            excluded.append(Excluded(member.study.id, member.finding.id, reason))
    return [member for member in members if member.report.measure == kept]


def _to_relative_risk(
    members: tuple[RatioMember, ...], excluded: tuple[Excluded, ...], versus: str
) -> RelativeRisk:
    """The pooled ratio of the members; unknown where there are none."""
    if not members:
        return _no_ratio(excluded, versus)
    pooled = pool_ratio([member.report for member in members], excluded=excluded)
    people = [member.finding.n for member in members]
    selections = {member.finding.selection for member in members}
    return RelativeRisk(
        "estimated",
        "one study: how much studies differ is unknown" if pooled.k == 1 else "",
        pooled.measure,
        *_interval(pooled, members[0].report),
        _predict(pooled),
        pooled.k,
        None if None in people else sum(n or 0 for n in people),
        pooled.method,
        "; ".join(dict.fromkeys(member.finding.definition for member in members)),
        selections.pop() if len(selections) == 1 else "unknown",
        tuple(member.report.source for member in members),
        excluded,
    )


def _interval(pooled: PooledRatio, first: Ratio) -> tuple[float, float, float]:
    """The pooled ratio with its interval; of one study the interval as printed, however it was rounded."""
    is_printed = pooled.k == 1 and first.level == pooled.level
    return (first.value, first.low, first.high) if is_printed else pooled.ratio


def _predict(pooled: PooledRatio) -> tuple[float, float] | None:
    """The interval for the ratio in another study like these; None for one study."""
    if pooled.k == 1:
        return None
    _, low, high = pooled.predict()
    return math.exp(low), math.exp(high)


def _no_ratio(excluded: tuple[Excluded, ...], versus: str) -> RelativeRisk:
    """Unknown, with the ratios that were found and cannot be used."""
    if not excluded:
        return RelativeRisk("unknown", f"no study in the library compares this with {versus}")
    sources = tuple(f"{row.study}#{row.finding}" for row in excluded)
    reason = f"reported, not usable: {excluded[0].reason}"
    return RelativeRisk("unknown", reason, sources=sources, excluded=excluded)
