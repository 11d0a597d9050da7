"""What do all pools of a library say? Each set of reports fitted once, however many questions share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stepdown.evidence.cells import Cell, Gathered, gather
from stepdown.evidence.meta.hazard_scale import HazardReport
from stepdown.evidence.pool import OBSERVATIONAL, RANDOMISED, Pool, of_kind, to_pool
from stepdown.evidence.questions import find_questions
from stepdown.evidence.study import Study


@dataclass(frozen=True)
class Value:
    """A pooled value with its 95 % interval, in the measure of its pool, and from how many studies."""

    estimate: float
    low: float
    high: float
    studies: int


def refit_pools(
    studies: Mapping[str, Study], cells: Iterable[Cell] | None = None
) -> dict[tuple[Cell, str], Pool | Gathered]:
    """The pool of each cell and kind of evidence, or what was gathered where nothing can be pooled.

    Without cells, of all questions that the studies answer.
    """
    fitted: dict[tuple[HazardReport, ...], Pool | Gathered] = {}
    found: dict[tuple[Cell, str], Pool | Gathered] = {}
    for cell in find_questions(studies.values()) if cells is None else cells:
        whole = gather(cell, studies.values())
        for kind in (RANDOMISED, OBSERVATIONAL):
            gathered = of_kind(whole, kind)
            reports = tuple(member.report for member in gathered.members)
            if reports not in fitted:
                fitted[reports] = to_pool(cell, gathered)
            found[cell, kind] = _restate(fitted[reports], cell, gathered)
    return found


def _restate(pool: Pool | Gathered, cell: Cell, gathered: Gathered) -> Pool | Gathered:
    """A fitted pool as the answer to another question whose members are the same."""
    if not isinstance(pool, Pool):
        return gathered
    pooled = replace(pool.pooled, excluded=gathered.excluded)
    return replace(pool, cell=cell, gathered=gathered, pooled=pooled)


def to_value(pool: Pool | Gathered) -> Value | None:
    """The rate per 100 person-years of a pool; None where nothing is pooled."""
    if not isinstance(pool, Pool):
        return None
    estimate, low, high = (100 * rate for rate in pool.pooled.rate)
    return Value(estimate, low, high, pool.pooled.k)
