"""How wide is a text when drawn, and where does each column of a table of rows begin?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stepdown.reports.evidence_plots.rows import PREDICTED, PlotRow, PlotSection

SIZE = 8.5
_GAP = 0.18
_LABEL_LETTERS = 44


@lru_cache(maxsize=4096)
def measure(text: str, size: float = SIZE) -> float:
    """The width of a text in inches in the font of the pictures."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    if not text.strip():
        return 0.0
    # The width that the font itself gives: the extents of the drawn path say the same, thirty times slower.
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size), ismath=False)
    return float(width) / 72


@dataclass(frozen=True)
class RowTexts:
    """The texts of one row: whose it is, how many, the numbers, the weight."""

    label: str
    detail: str
    numbers: str
    weight: str


@dataclass(frozen=True)
class Columns:
    """Where columns begin, in inches from the left, and the whole width; ``plot`` is (left, width)."""

    detail: float
    plot: tuple[float, float]
    numbers: float
    weight: float
    width: float


def write_texts(row: PlotRow) -> RowTexts:
    """The texts of a row as they are drawn."""
    interval = f"({show(row.low)} to {show(row.high)})"
    numbers = interval if row.kind == PREDICTED else f"{show(row.estimate)} {interval}"
    return RowTexts(_shorten(row.label), row.detail, numbers, _show_weight(row.weight))


def _shorten(label: str) -> str:
    return label if len(label) <= _LABEL_LETTERS else f"{label[: _LABEL_LETTERS - 4].rstrip()} ..."


def _show_weight(weight: float | None) -> str:
    if weight is None:
        return ""
    return "<1 %" if 0 < weight < 0.005 else f"{100 * weight:.0f} %"


def show(value: float) -> str:
    """A value in three digits, without exponents; without a bound it is called so."""
    if value == float("inf"):
        return "unbounded"
    if value != 0 and abs(value) < 0.001:
        return "<0.001" if value > 0 else ">-0.001"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def lay_out(sections: Sequence[PlotSection], plot_width: float, heads: RowTexts) -> Columns:
    """Columns as wide as their longest text; the titles of sections may run over all of them."""
    texts = [heads, *(write_texts(row) for section in sections for row in section.rows)]
    label, detail, numbers, weight = (
        max(measure(getattr(text, name)) for text in texts)
        for name in ("label", "detail", "numbers", "weight")
    )
    left = _GAP + label + _GAP + detail + (_GAP if detail else 0)
    right = left + plot_width + _GAP
    widest_title = max(measure(section.title, SIZE + 0.5) * 1.12 for section in sections)
    width = right + numbers + (_GAP + weight if weight else 0) + _GAP
    return Columns(2 * _GAP + label, (left, plot_width), right, right + numbers + _GAP,
                   max(width, widest_title + 2 * _GAP))
