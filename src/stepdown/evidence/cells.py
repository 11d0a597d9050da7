"""Which findings answer one question: an outcome, a strategy, the drug group left, and who was chosen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from stepdown.evidence.meta.hazard_scale import HazardReport
from stepdown.evidence.meta.pooled import Excluded
from stepdown.evidence.reading import read_library
from stepdown.evidence.reported import to_report
from stepdown.evidence.study import Finding, Study

#: Designs that report their own people, best first; pooled estimates and opinions are never pooled again.
DESIGN_ORDER = (
    "rct",
    "rct-extension",
    "matched-cohort",
    "registry-cohort",
    "cohort",
    "score",
    "case-series",
)
#: A study answers for about two years; of several times one study reports, the nearest to it is taken.
_PREFERRED_YEARS = 2.0


@dataclass(frozen=True)
class Cell:
    """One question to the library.

    ``group`` is the drug group taken (continue, extend) or left (switch, stop). A switch leads to
    ``to_group``, or with ``direction`` "down" to any milder drug; ``interval_days`` is how long an extended
    interval is. ``selection`` keeps elective stops of stable people apart from coming off for any
    reason. ``course`` prefers a study's own subgroup.
    """

    outcome: str
    strategy: str
    group: str
    to_group: str | None = None
    direction: str | None = None
    therapy: str | None = None
    interval_days: int | None = None
    selection: str | None = None
    course: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A finding that answers a question, with its study."""

    study: Study
    finding: Finding


@dataclass(frozen=True)
class Member(Candidate):
    """One finding that answers a cell, with its study and its report."""

    report: HazardReport


C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True)
class Gathered:
    """The findings that answer a cell, and those left out with their reason."""

    members: tuple[Member, ...]
    excluded: tuple[Excluded, ...]


@lru_cache(maxsize=1)
def read_pool_table() -> dict[str, Any]:
    """The families of groups, the mixed studies that stand for one, and the limits of carrying a risk on."""
    return tomllib.loads((files("stepdown.evidence") / "pools.toml").read_text("utf-8"))


def family_of(group: str) -> frozenset[str]:
    """The groups whose studies answer for this one, itself included."""
    families: Mapping[str, list[str]] = read_pool_table()["family"]
    return next((frozenset(groups) for groups in families.values() if group in groups), frozenset({group}))


def _stands_for(study: Study, group: str) -> bool:
    """Whether a study of mixed groups is named as answering for this group."""
    row = read_pool_table().get("stands_for", {}).get(study.id)
    return bool(row) and group in row["groups"]


def is_about_group(study: Study, finding: Finding, group: str) -> bool:
    """Whether a finding is about a group: its groups in one family, or named as standing for it.

    An infection is a harm of the drug itself: there no group answers for another.
    """
    lent = frozenset({group}) if finding.outcome == "serious_infection" else family_of(group)
    if finding.groups and frozenset(finding.groups) <= lent:
        return True
    return _stands_for(study, group) and (not finding.groups or group in finding.groups)


def leads_there(study: Study, finding: Finding, cell: Cell) -> bool:
    """Whether a switch leads where the cell asks: to this group alone, or to milder drugs only."""
    if cell.to_group is not None:
        return finding.to_groups == (cell.to_group,)
    if cell.direction != "down":
        return True
    table = read_pool_table()["step_down"]
    if not finding.to_groups:
        return study.id in table["studies"]
    return frozenset(finding.to_groups) <= frozenset(table["milder"])


def _fits_interval(finding: Finding, cell: Cell) -> bool:
    """Whether an extended interval of the study is near the one asked for: within a quarter."""
    if cell.strategy != "extend" or cell.interval_days is None or finding.interval_days is None:
        return True
    return abs(finding.interval_days - cell.interval_days) <= cell.interval_days / 4


def answers(study: Study, finding: Finding, cell: Cell) -> bool:
    """Whether a finding is about the question of a cell, usable or not."""
    return (
        study.disease == "MS"
        and study.design in DESIGN_ORDER
        and finding.outcome == cell.outcome
        and finding.strategy == cell.strategy
        and finding.covariate is None
        and is_about_group(study, finding, cell.group)
        and leads_there(study, finding, cell)
        and (cell.therapy is None or not finding.therapies or cell.therapy in finding.therapies)
        and (cell.selection is None or finding.selection == cell.selection)
        and _fits_interval(finding, cell)
    )


def _preference(finding: Finding, cell: Cell) -> tuple[bool, bool, bool, float, int]:
    """Which finding of one study comes first: of the person's course alone, whole, near two years, large.

    One that is about other courses comes last, so that it stands only where the study has nothing else.
    """
    other_course = bool(cell.course and finding.courses and cell.course not in finding.courses)
    own_course = cell.course is not None and finding.courses == (cell.course,)
    away = abs((finding.time_years or 99.0) - _PREFERRED_YEARS)
    return other_course, not own_course, finding.subgroup is not None, away, -(finding.n or 0)


def _are_others(one: Finding, other: Finding) -> bool:
    """Whether two findings of one study are about different people: the whole of two different arms."""
    has_arms = one.arm is not None and other.arm is not None and one.arm != other.arm
    return has_arms and one.subgroup is None and other.subgroup is None


def _best_of_study(study: Study, cell: Cell, excluded: list[Excluded]) -> list[Member]:
    """The findings of a study that enter the pool, no person twice; the others are named as left out."""
    found: list[Member] = []
    fitting = [finding for finding in study.findings if answers(study, finding, cell)]
    for finding in sorted(fitting, key=lambda item: _preference(item, cell)):
        report = to_report(study, finding)
        same = next((member.finding for member in found if not _are_others(member.finding, finding)), None)
        if isinstance(report, str):
            excluded.append(Excluded(study.id, finding.id, report))
        elif same is not None:
            excluded.append(Excluded(study.id, finding.id, f"the same people are counted in {same.id}"))
        else:
            found.append(Member(study, finding, report))
    return found


def rank(member: Candidate) -> tuple[int, int, str]:
    """Which of two overlapping studies is kept: the stronger design, then the larger."""
    return DESIGN_ORDER.index(member.study.design), -(member.finding.n or 0), member.study.id


def _share_people(one: Study, other: Study) -> bool:
    """Whether two studies may have the same people in them."""
    return other.id in one.overlaps or one.id in other.overlaps


def without_overlaps(members: Iterable[C], excluded: list[Excluded]) -> tuple[C, ...]:
    """The members of which no two may share people, the better one kept; the others are named as left out."""
    kept: list[C] = []
    for member in sorted(members, key=rank):
        twin = next((other for other in kept if _share_people(member.study, other.study)), None)
        if twin is None:
            kept.append(member)
        else:
            reason = f"may hold the same people as {twin.study.id}, which is kept"
            excluded.append(Excluded(member.study.id, member.finding.id, reason))
    return tuple(kept)


def _without_odd_definitions(members: list[Member], excluded: list[Excluded]) -> list[Member]:
    """The members whose event is defined alike; an odd one stays only where it is alone."""
    table: Mapping[str, str] = read_pool_table()["apart"]
    odd = {m.study.id: table[key] for m in members if (key := f"{m.study.id}:{m.finding.outcome}") in table}
    if not odd or len(members) == len(odd) == 1:
        return members
    alike = [member for member in members if member.study.id not in odd] or members[:1]
    left_out = [member for member in members if member not in alike]
    excluded += [
        Excluded(m.study.id, m.finding.id, f"defined otherwise: {odd[m.study.id]}") for m in left_out
    ]
    return alike


def without_mixed_selection(members: list[C], excluded: list[Excluded]) -> list[C]:
    """The members chosen alike: people who were stable, or people with any reason, never both in one pool.

    Whichever more studies report stays, the stable people on a tie; the others are named as left out.
    """
    chosen = [member.finding.selection for member in members]
    stable, any_reason = chosen.count("elective-stable"), chosen.count("any-reason")
    if not stable or not any_reason:
        return members
    other = "any-reason" if stable >= any_reason else "elective-stable"
    reason = "people chosen because they were stable are not pooled with people who had any reason"
    left_out = [member for member in members if member.finding.selection == other]
    excluded += [Excluded(m.study.id, m.finding.id, reason) for m in left_out]
    return [member for member in members if member not in left_out]


def gather(cell: Cell, studies: Iterable[Study] | None = None) -> Gathered:
    """Every finding that answers a cell, one a study, none of overlapping people, with what is left out."""
    excluded: list[Excluded] = []
    members: list[Member] = []
    for study in studies if studies is not None else read_library().values():
        if study.retracted:
            continue
        members += _best_of_study(study, cell, excluded)
    members = _without_odd_definitions(sorted(members, key=rank), excluded)
    members = without_mixed_selection(members, excluded)
    return Gathered(without_overlaps(members, excluded), tuple(excluded))
