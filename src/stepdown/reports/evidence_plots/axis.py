"""How far does an axis reach, and where are its ticks, so that no label touches the next?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stepdown.reports.evidence_plots.rows import PREDICTED, PlotRow, PlotSection

MOST_TICKS = 7
#: How far beyond the studies a picture reaches for the sake of a wide interval.
_BEYOND = 3.0


@dataclass(frozen=True)
class Scale:
    """An axis from low to high with its ticks; ``reference`` is the value of no difference, if any."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool
    reference: float | None = None

    def clip(self, value: float) -> float:
        """The value, or the end of the axis that it lies beyond."""
        return min(max(value, self.low), self.high)


def find_scale(sections: Sequence[PlotSection]) -> Scale:
    """The axis that shows every estimate, and intervals as far as they say anything."""
    rows = [row for section in sections for row in section.rows]
    no_difference = sections[0].no_difference
    if all(section.is_log for section in sections):
        return _find_log_scale(rows, no_difference)
    return _find_linear_scale(rows, no_difference)


def _find_log_scale(rows: Sequence[PlotRow], no_difference: float | None) -> Scale:
    """From the lowest to the highest value that is finite; prediction intervals reach a little beyond."""
    solid = [row for row in rows if row.kind != PREDICTED] or rows
    values = [v for row in solid for v in (row.estimate, row.low, row.high) if 0 < v < math.inf]
    estimates = [row.estimate for row in solid if 0 < row.estimate < math.inf] or values
    low = max(min(values), min(estimates) / 50)
    high = min(max(values), max(estimates) * 50)
    reach = [v for row in rows if row.kind == PREDICTED for v in (row.low, row.high) if 0 < v < math.inf]
    low = min([low, *(max(v, low / _BEYOND) for v in reach)]) * 0.85
    high = max([high, *(min(v, high * _BEYOND) for v in reach)]) * 1.15
    return Scale(low, high, choose_log_ticks(low, high), True, no_difference)


def choose_log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round values between two ends: 1, 2 and 5 of each decade, fewer in many, even steps in a part."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = tuple(
            float(f"{step * 10.0**decade:.6g}")
            for decade in decades
            for step in steps
            if low <= step * 10.0**decade <= high
        )
        if len(ticks) <= MOST_TICKS:
            return ticks if len(ticks) > 2 else choose_linear_ticks(low, high)
    return ticks[:: math.ceil(len(ticks) / MOST_TICKS)]


def _find_linear_scale(rows: Sequence[PlotRow], no_difference: float | None) -> Scale:
    values = [v for row in rows for v in (row.estimate, row.low, row.high) if math.isfinite(v)]
    low, high = min(values), max(values)
    margin = 0.04 * (high - low or 1.0)
    low, high = low - margin, high + margin
    return Scale(low, high, choose_linear_ticks(low, high), False, no_difference)


def choose_linear_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round values at even steps between two ends, at most seven."""
    raw = (high - low) / (MOST_TICKS - 1)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    first = math.ceil(low / step)
    return tuple(float(f"{step * i:.6g}") for i in range(first, math.floor(high / step) + 1))
