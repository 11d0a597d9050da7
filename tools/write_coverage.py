"""What the library reports and what is answered from it, cell by cell: docs/reference/coverage.md.

Usage: python tools/write_coverage.py

The study files are read apart from the program (reported_cells.py); the statuses are the program's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reported_cells import (
    GROUPS,
    MILDER,
    OUTCOMES,
    STRATEGIES,
    Question,
    Reported,
    find_gap,
    is_about_ms,
    is_ratio_against_continuing,
    read_coverage,
    read_tables,
)
from stepdown.evidence.cells import Cell
from stepdown.evidence.person import Person
from stepdown.evidence.pool_risk import find_pool_risk

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "coverage.md"
TIMES = (1.0, 2.0, 5.0)

OPENING = """# What the library can answer

Made by `make docs` from the study files; a test fails when the page and the files differ, when an answer is
unknown although one trial or two studies report it, and when there is a number that no study reports.

*Chosen* says who was studied: `elective-stable` people because they were quiet, `any-reason` people whatever
their reason to leave the drug; the two never stand in one pool. Behind each finding stands for how many years
its people were watched. The last three columns say what is known of people like them at 1, 2 and 5 years:
estimated within the time watched, extrapolated up to twice it, unknown beyond. After leaving natalizumab, an
S1P modulator, an anti-CD20 antibody, alemtuzumab or cladribine nothing is carried beyond the time watched.
Injectables, teriflunomide and fumarates answer for each other. A cell that is not here is unknown.
"""
RATIOS = """## Set against people who continued

Hazard ratios as the studies print them.

| outcome | strategy | groups | finding |
|---|---|---|---|
"""
LEFT_OUT = """## Reported, and in no pool

| finding | outcome | strategy | groups | why it enters no pool |
|---|---|---|---|---|
"""


def to_cell(question: Question) -> Cell:
    """The same question to the program."""
    where = (question.outcome, question.strategy, question.group)
    if question.strategy == "extend":
        return Cell(*where, therapy=question.how, selection=question.selection)
    if question.how == MILDER:
        return Cell(*where, direction="down", selection=question.selection)
    return Cell(*where, to_group=question.how or None, selection=question.selection)


def write_current_page() -> str:
    """The page as the library and the program of today would have it."""
    rows = merge_groups(read_coverage())
    parts = [OPENING]
    for outcome in OUTCOMES:
        own = [row for row in rows if row.outcome == outcome]
        parts.append(f"## {outcome}\n\n" + (_write_rows(own) if own else "Nothing usable is reported.\n"))
    left_out = LEFT_OUT + "".join(_write_left_out(rows))
    return "\n".join([*parts, RATIOS + "".join(_write_ratios()), left_out])


@dataclass(frozen=True)
class Row:
    """A line of the page: one answer, and every group it is the answer for."""

    outcome: str
    strategy: str
    groups: str
    how: str
    selection: str
    findings: str
    statuses: tuple[str, ...]


def merge_groups(coverage: dict[Question, list[Reported]]) -> list[Row]:
    """The rows of the page in its order; groups with the same findings share a row."""
    merged: dict[tuple[Any, ...], list[str]] = {}
    order = sorted(coverage, key=lambda q: (STRATEGIES.index(q.strategy), GROUPS.index(q.group), q))
    for question in order:
        findings = "<br>".join(f"{r.study}#{r.finding} ({r.years:.2g})" for r in coverage[question])
        statuses = tuple(find_pool_risk(to_cell(question), years, Person()).status for years in TIMES)
        key = (question.outcome, question.strategy, question.how, question.selection, findings, statuses)
        merged.setdefault(key, []).append(question.group)
    return [Row(key[0], key[1], ", ".join(groups), *key[2:]) for key, groups in merged.items()]


def _write_rows(rows: list[Row]) -> str:
    head = (
        "| strategy | group | to, or drug extended | chosen | findings (years watched) | 1 y | 2 y | 5 y |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    lines = (
        f"| {row.strategy} | {row.groups} | {row.how} | {row.selection} | {row.findings} | "
        f"{' | '.join(row.statuses)} |\n"
        for row in rows
    )
    return head + "".join(lines)


def _write_ratios() -> Iterator[str]:
    """A line for each usable ratio against people who continued."""
    for study, finding in read_tables():
        if is_ratio_against_continuing(study, finding):
            groups = ", ".join(finding.get("groups", ["drugs not told apart"]))
            name = f"{study['id']}#{finding['id']}"
            yield f"| {finding['outcome']} | {finding['strategy']} | {groups} | {name} |\n"


def _write_left_out(rows: list[Row]) -> Iterator[str]:
    """A line for each finding about one of the nine outcomes that enters no pool."""
    used = {name.split(" ")[0] for row in rows for name in row.findings.split("<br>")}
    for study, finding in read_tables():
        name = f"{study['id']}#{finding['id']}"
        if is_about_ms(study, finding) and name not in used:
            groups = ", ".join(finding.get("groups", ["not read"]))
            gap = find_gap(finding) or "its drugs are mixed, and it stands for none of them alone"
            yield f"| {name} | {finding['outcome']} | {finding['strategy']} | {groups} | {gap} |\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(write_current_page(), encoding="utf-8")
