"""Which cells of evidence are asked what happens after a step, most specific first, and which one answers.

One person's answer and the audit of a registry ask alike, so that an audit tests the numbers people are told.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell, Gathered, family_of, read_pool_table
from stepdown.evidence.pool import Pool
from stepdown.ms.therapies import Therapy

#: People chosen because they were stable come first; those chosen for any reason are never mixed in.
_SELECTIONS = ("elective-stable", "unknown", "any-reason")


def list_own_cells(outcome: str, strategy: str, therapy: Therapy, course: str | None) -> list[Cell]:
    """Continuing or stopping: stable people first, never mixed with those chosen for any reason."""
    selections = (None,) if strategy == "continue" else _SELECTIONS
    return [
        Cell(outcome, strategy, therapy.group, therapy=name, selection=selection, course=course)
        for name in _list_drugs(strategy, therapy)
        for selection in selections
    ]


def _list_drugs(strategy: str, therapy: Therapy) -> list[str | None]:
    """Whose studies are asked, in order: the drug's own, then its group's where those are lent to it."""
    if len(family_of(therapy.group)) > 1:
        return [None]
    lent = strategy == "continue" or therapy.name not in read_pool_table()["not_lent"]["therapies"]
    return [therapy.name, None] if lent else [therapy.name]


def list_switch_cells(
    outcome: str, group: str, to_group: str | None, *, is_down: bool, course: str | None
) -> list[Cell]:
    """Switching: to this group first; for a milder drug then to any milder drug."""
    cells = [Cell(outcome, "switch", group, to_group=to_group, course=course)] if to_group else []
    return cells + [Cell(outcome, "switch", group, direction="down", course=course)] * is_down


def list_extend_cells(outcome: str, therapy: Therapy, days: int | None, course: str | None) -> list[Cell]:
    """The same drug at a longer interval, in days."""
    return [Cell(outcome, "extend", therapy.group, therapy=therapy.name, interval_days=days, course=course)]


def choose_cell(cells: Sequence[Cell]) -> Cell | None:
    """The cell that answers at every time: the first with a pool, else the first with findings left out.

    One cell for all times, so that a risk at five years never comes from other people than that at two.
    """
    found = [(cell, fit_pool(cell)) for cell in cells]
    pooled = next((cell for cell, pool in found if isinstance(pool, Pool)), None)
    left_out = next((cell for cell, pool in found if isinstance(pool, Gathered) and pool.excluded), None)
    return pooled or left_out or (cells[0] if cells else None)
