"""May these findings be put together? If not, every reason; and what a question passes over in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from stepdown.evidence.cells import (
    DESIGN_ORDER,
    Candidate,
    Cell,
    Gathered,
    Member,
    family_of,
    is_about_group,
    leads_there,
    read_pool_table,
    without_mixed_selection,
    without_overlaps,
)
from stepdown.evidence.meta.pooled import Excluded
from stepdown.evidence.meta.refusals import NotPoolable
from stepdown.evidence.reported import to_report
from stepdown.evidence.study import Finding, Study
from stepdown.ms.dates import say_when
from stepdown.ms.errors import UserError


def gather_named(keys: Sequence[str], studies: Mapping[str, Study]) -> tuple[Cell, Gathered]:
    """Findings named as STUDY#FINDING as one pool; NotPoolable with every reason where they are none."""
    found = [_find(key, studies) for key in keys]
    reasons = list(find_reasons_against(found))
    if reasons:
        raise NotPoolable("; ".join(reasons))
    members = tuple(
        Member(item.study, item.finding, report)
        for item in found
        if not isinstance(report := to_report(item.study, item.finding), str)
    )
    return _to_cell([member.finding for member in members]), Gathered(members, ())


def _find(key: str, studies: Mapping[str, Study]) -> Candidate:
    """The finding of a key; UserError when there is none."""
    study_id, _, finding_id = key.partition("#")
    study = studies.get(study_id)
    finding = next((row for row in study.findings if row.id == finding_id), None) if study else None
    if study is None or finding is None:
        raise UserError(f"no finding is called {key!r}; stepdown evidence show STUDY prints them.")
    return Candidate(study, finding)


def find_reasons_against(found: Sequence[Candidate]) -> Iterator[str]:
    """Every reason why findings must not be pooled, each naming them."""
    for item in found:
        yield from _find_own_reasons(item)
    yield from _find_different_questions([item.finding for item in found])
    yield from _find_shared_people(found)
    yield from _find_different_definitions(found)
    yield from _say_excluded(_sift(found))


def _find_own_reasons(item: Candidate) -> Iterator[str]:
    """Why a finding enters no pool at all, whatever stands beside it."""
    reason = find_standing_alone(item.study, item.finding)
    if reason:
        yield f"{_name(item)}: {reason}"
        return
    report = to_report(item.study, item.finding)
    if isinstance(report, str):
        yield f"{_name(item)}: {report}"


def find_standing_alone(study: Study, finding: Finding) -> str:
    """Why a finding is never pooled with others about MS, empty where it may be."""
    if study.retracted:
        return f"retracted {say_when(study.retracted)}"
    if study.design not in DESIGN_ORDER:
        return f"a {study.design}, not people of its own"
    if study.disease != "MS":
        return f"another disease ({study.disease}); it never speaks for MS"
    return "a contrast inside one group of people" if finding.covariate else ""


def _find_different_questions(findings: Sequence[Finding]) -> Iterator[str]:
    """Outcomes, strategies and groups that differ."""
    for field, words in (("outcome", "outcomes"), ("strategy", "strategies")):
        values = sorted({getattr(finding, field) for finding in findings})
        if len(values) > 1:
            yield f"different {words}: {', '.join(values)}"
    groups = sorted({group for finding in findings for group in finding.groups})
    if groups and not frozenset(groups) <= family_of(groups[0]):
        yield f"different drug groups: {', '.join(groups)}"


def _find_shared_people(found: Sequence[Candidate]) -> Iterator[str]:
    """A whole group with a part of it, or two results of the same people."""
    for one, other in combinations(found, 2):
        arms = {one.finding.arm, other.finding.arm}
        parts = (one.finding.subgroup, other.finding.subgroup)
        if one.study.id != other.study.id or (len(arms) == 2 and None not in arms and parts == (None, None)):
            continue
        kind = "the same people" if parts == (None, None) else "a whole group and people inside it"
        yield f"{_name(one)} and {_name(other)} are {kind}; keep one"


def _find_different_definitions(found: Sequence[Candidate]) -> Iterator[str]:
    """Findings whose event is defined unlike that of the others."""
    table: Mapping[str, str] = read_pool_table()["apart"]
    keys = {item: table.get(f"{item.study.id}:{item.finding.outcome}") for item in found}
    if len(set(keys.values())) > 1:
        yield from (f"{_name(item)}: defined otherwise: {reason}" for item, reason in keys.items() if reason)


def _sift(found: Sequence[Candidate]) -> list[Excluded]:
    """What the rules of a pool would leave out: the other way of choosing people, overlapping studies."""
    excluded: list[Excluded] = []
    own_people = [item for item in reversed(found) if item.study.design in DESIGN_ORDER]
    first_of_each = list({item.study.id: item for item in own_people}.values())
    without_overlaps(without_mixed_selection(first_of_each, excluded), excluded)
    return excluded


def _say_excluded(excluded: Iterable[Excluded]) -> Iterator[str]:
    return (f"{row.study}#{row.finding}: {row.reason}" for row in excluded)


def _name(item: Candidate) -> str:
    return f"{item.study.id}#{item.finding.id}"


def _to_cell(findings: Sequence[Finding]) -> Cell:
    """The question that named findings answer together."""
    first = findings[0]
    groups = [group for finding in findings for group in finding.groups]
    return Cell(first.outcome, first.strategy, groups[0] if groups else "", selection=first.selection)


def find_set_aside(cell: Cell, studies: Iterable[Study]) -> tuple[Excluded, ...]:
    """Findings on the question of a cell from another disease, or counted over other studies' people."""
    return tuple(
        Excluded(study.id, finding.id, find_standing_alone(study, finding))
        for study in studies
        if not study.retracted and (study.disease != "MS" or study.design not in DESIGN_ORDER)
        for finding in study.findings
        if _is_asked(study, finding, cell)
    )


def _is_asked(study: Study, finding: Finding, cell: Cell) -> bool:
    return (
        (finding.outcome, finding.strategy) == (cell.outcome, cell.strategy)
        and is_about_group(study, finding, cell.group)
        and leads_there(study, finding, cell)
        and cell.selection in (None, finding.selection)
    )
