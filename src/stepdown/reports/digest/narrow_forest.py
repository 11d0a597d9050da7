"""The forest plot for a phone, and for a page made without a drawing library: words above, line below.

Drawn from the same rows as the wide picture, on one axis for the whole page, in SVG of our own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stepdown.reports.evidence_plots.axis import Scale, find_scale
from stepdown.reports.evidence_plots.columns import write_texts
from stepdown.reports.evidence_plots.rows import POOLED, PREDICTED, PlotRow, PlotSection
from stepdown.reports.figures import COLOURS

_WIDTH, _HEIGHT, _MARGIN = 300, 18, 8


@dataclass(frozen=True)
class NarrowRow:
    """A study or a pool: its name, its numbers as words, and its line as SVG."""

    label: str
    numbers: str
    line: Markup


@dataclass(frozen=True)
class NarrowForest:
    """The rows under the title of each section, and the axis that all of them share."""

    sections: tuple[tuple[str, tuple[NarrowRow, ...]], ...]
    axis: Markup


def draw_narrow_forest(sections: Sequence[PlotSection]) -> NarrowForest:
    """Every row of the sections with its line, squares by weight, diamonds for pools."""
    scale = find_scale(sections)
    drawn = tuple(
        (section.title, tuple(_to_row(row, scale) for row in section.rows)) for section in sections
    )
    return NarrowForest(drawn, _wrap(_draw_ticks(scale), _HEIGHT + 10))


def _to_row(row: PlotRow, scale: Scale) -> NarrowRow:
    texts = write_texts(row)
    numbers = "; ".join(part for part in (texts.detail, texts.numbers) if part)
    return NarrowRow(texts.label, numbers, _wrap(_draw_row(row, scale), _HEIGHT))


def _wrap(parts: Iterator[str], height: int) -> Markup:
    """SVG that a screen reader passes over: its numbers stand beside it in words."""
    head = f'<svg class="line" aria-hidden="true" viewBox="0 0 {_WIDTH} {height}">'
    return Markup(f"{head}{''.join(parts)}</svg>")


def _place(scale: Scale, value: float) -> float:
    """Where a value lies from left to right; what lies beyond the axis stands at its end."""
    ends = (scale.low, scale.high, scale.clip(value))
    low, high, here = (math.log(end) for end in ends) if scale.is_log else ends
    return round(_MARGIN + (_WIDTH - 2 * _MARGIN) * (here - low) / (high - low), 1)


def _draw_row(row: PlotRow, scale: Scale) -> Iterator[str]:
    low, middle, high = (_place(scale, value) for value in (row.low, row.estimate, row.high))
    colour = COLOURS[1] if row.kind in (POOLED, PREDICTED) else COLOURS[0]
    yield from (f'<path d="M{_place(scale, tick)} 0V{_HEIGHT}" stroke="#d5dbe2"/>' for tick in scale.ticks)
    if row.kind == POOLED:
        yield f'<path d="M{low} 9L{middle} 3L{high} 9L{middle} 15z" fill="{colour}"/>'
        return
    yield f'<path d="M{low} 9H{high}" stroke="{colour}" stroke-width="2"/>'
    yield from _draw_arrows(row, scale, colour)
    if row.kind != PREDICTED:
        half = 3.0 + 3.0 * (row.weight or 0.0) ** 0.5
        yield f'<path d="M{middle - half} {9 - half}h{2 * half}v{2 * half}h{-2 * half}z" fill="{colour}"/>'


def _draw_arrows(row: PlotRow, scale: Scale, colour: str) -> Iterator[str]:
    """An arrow at each end of a line that goes on beyond the axis."""
    for value, way in ((row.low, -1), (row.high, 1)):
        if scale.clip(value) != value:
            yield f'<path d="M{_place(scale, value)} 5l{5 * way} 4l{-5 * way} 4z" fill="{colour}"/>'


def _draw_ticks(scale: Scale) -> Iterator[str]:
    yield f'<path d="M{_MARGIN} 1H{_WIDTH - _MARGIN}" stroke="#1d2733"/>'
    for tick in scale.ticks:
        x = _place(scale, tick)
        yield f'<path d="M{x} 1v5" stroke="#1d2733"/>'
        yield f'<text x="{x}" y="20" text-anchor="middle" font-size="12" fill="#4a5561">{tick:g}</text>'
