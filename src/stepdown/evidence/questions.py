"""Which questions does a study answer, and which does the whole library? Each as a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stepdown.evidence.cells import Cell, answers, is_about_group
from stepdown.evidence.study import OUTCOMES, Finding, Study
from stepdown.evidence.vocabulary import GROUPS

#: The strategies that a person can choose, and an option can have.
OPEN_STRATEGIES = ("stop", "switch", "extend", "continue")


def find_questions(studies: Iterable[Study]) -> tuple[Cell, ...]:
    """Every cell that some finding of some study answers, usable or not, each once."""
    return tuple(dict.fromkeys(cell for study in studies for cell in find_cells(study)))


def find_cells(study: Study) -> tuple[Cell, ...]:
    """The cells that some finding of a study answers, in the order of its findings."""
    found = (
        cell
        for finding in study.findings
        if finding.outcome in OUTCOMES and finding.strategy in OPEN_STRATEGIES
        for cell in _ways(study, finding)
        if answers(study, finding, cell)
    )
    return tuple(dict.fromkeys(found))


def _ways(study: Study, finding: Finding) -> Iterator[Cell]:
    """The cells of a finding: a group each; a switch by its targets, an extended interval by its drugs."""
    for group in GROUPS:
        if is_about_group(study, finding, group):
            cell = Cell(finding.outcome, finding.strategy, group, selection=finding.selection)
            yield from _split(cell, study)


def _split(cell: Cell, study: Study) -> list[Cell]:
    """A cell once for each target of a switch, and once for each drug whose interval is extended."""
    if cell.strategy == "switch":
        return [replace(cell, direction="down"), *(replace(cell, to_group=group) for group in GROUPS)]
    if cell.strategy == "extend":
        drugs = sorted({drug for finding in study.findings for drug in finding.therapies})
        return [replace(cell, therapy=drug) for drug in drugs]
    return [cell]


def say_cell(cell: Cell) -> str:
    """A cell in words, without its group."""
    to_group = "any milder drug" if cell.direction == "down" else cell.to_group
    where = f" to {to_group}" if to_group else f" {cell.therapy}" if cell.therapy else ""
    return f"{cell.outcome}, {cell.strategy}{where}, chosen {cell.selection}"
