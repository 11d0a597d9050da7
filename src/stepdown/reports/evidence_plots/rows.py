"""What is drawn of a pool: a row for each study, one for the pool, one for another study like these."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stepdown.evidence.cells import Member
from stepdown.evidence.history import Step
from stepdown.evidence.meta.pooled import StudyLine
from stepdown.evidence.pool import Pool

STUDY, POOLED, PREDICTED, STEP = "study", "pooled", "predicted", "step"
PREDICTED_LABEL = "in another study like these"
_PER_100 = 100.0
_Z95 = 1.959964


@dataclass(frozen=True)
class PlotRow:
    """One line of a picture, on the scale that is shown; ``high`` may be infinite, ``weight`` unknown."""

    kind: str
    label: str
    detail: str
    estimate: float
    low: float
    high: float
    weight: float | None = None


@dataclass(frozen=True)
class FunnelPoint:
    """A study on the scale of the pool (log or as it is), with its standard error there."""

    label: str
    value: float
    se: float


@dataclass(frozen=True)
class PlotSection:
    """One pool: its title, its rows, and its studies as points around the pooled value of the same scale.

    ``undrawn`` counts the studies that have no point, such as those without an event; ``no_difference`` is
    where a contrast says that two groups are alike, None for what is no contrast.
    """

    title: str
    rows: tuple[PlotRow, ...]
    points: tuple[FunnelPoint, ...] = ()
    centre: float = 0.0
    is_log: bool = True
    undrawn: int = 0
    no_difference: float | None = None


def find_pool_sections(question: str, pools: Sequence[tuple[str, Pool]]) -> list[PlotSection]:
    """A section for each pool of a question, in events per 100 person-years."""
    return [_to_section(f"{question}; {kind}", pool) for kind, pool in pools]


def _to_section(title: str, pool: Pool) -> PlotSection:
    lines = {line.study: line for line in pool.pooled.studies}
    drawn = [(member, lines[member.study.id]) for member in pool.gathered.members]
    points = tuple(point for member, line in drawn for point in _to_points(member, line))
    rows = (*(_to_row(member, line) for member, line in drawn), *_pool_rows(pool))
    return PlotSection(title, rows, points, pool.pooled.estimate, True, len(drawn) - len(points))


def _to_row(member: Member, line: StudyLine) -> PlotRow:
    finding = member.finding
    detail = f"{finding.events} of {finding.n}" if finding.events is not None and finding.n else ""
    label = f"{member.study.id} ({member.study.design}{', simulated' if member.study.simulated else ''})"
    return PlotRow(STUDY, label, detail, *_to_rates(line.value, line.low, line.high), line.weight)


def _pool_rows(pool: Pool) -> Iterator[PlotRow]:
    """The pool, and what another study would find; one study alone tells nothing of the latter."""
    pooled = pool.pooled
    if pooled.k < 2:
        return
    detail = "" if pooled.events is None else f"{pooled.events:.0f} of {pooled.n}"
    yield PlotRow(POOLED, f"pooled ({pooled.method})", detail, *_to_rates(pooled.estimate, *pooled.interval))
    yield PlotRow(PREDICTED, PREDICTED_LABEL, "", *_to_rates(*pooled.predict()))


def _to_points(member: Member, line: StudyLine) -> Iterator[FunnelPoint]:
    """The point of a study; none where it has no event, or nothing but events."""
    if math.isfinite(line.value) and math.isfinite(line.low) and math.isfinite(line.high):
        yield FunnelPoint(member.study.id, line.value, (line.high - line.low) / (2 * _Z95))


def _to_rates(*logs: float) -> tuple[float, float, float]:
    estimate, low, high = (_PER_100 * math.exp(min(value, 700.0)) for value in logs)
    return estimate, low, high


def find_step_sections(histories: Sequence[tuple[str, Sequence[Step]]]) -> list[PlotSection]:
    """A section for each history in which anything was ever pooled, a row for each study that moved it."""
    sections = ((title, tuple(_to_step_rows(steps))) for title, steps in histories)
    return [PlotSection(title, rows) for title, rows in sections if rows]


def _to_step_rows(steps: Sequence[Step]) -> Iterator[PlotRow]:
    for step in steps:
        if step.value is None or (step.what == "added" and not step.entered):
            continue
        sign = "\N{MINUS SIGN}" if step.what == "retracted" else "+"
        studies = "1 study" if step.value.studies == 1 else f"{step.value.studies} studies"
        value = step.value
        yield PlotRow(STEP, f"{step.on} {sign} {step.study}", studies, value.estimate, value.low, value.high)
