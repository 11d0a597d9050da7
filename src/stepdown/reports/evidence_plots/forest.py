"""Which studies make a pool, and how does it move as they come? A line a study, its numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stepdown.reports.evidence_plots.axis import Scale, find_scale
from stepdown.reports.evidence_plots.columns import SIZE, Columns, RowTexts, lay_out, write_texts
from stepdown.reports.evidence_plots.rows import POOLED, PREDICTED, STEP, PlotRow, PlotSection
from stepdown.reports.figures import COLOURS, INK, MUTED, open_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW_INCHES = 0.25
PLOT_INCHES = 3.6
_HEAD_INCHES, _FOOT_INCHES = 0.42, 0.62
#: A title stands a little apart from the section above it.
_TITLE_ROWS = 1.5


def draw_pooled_forest(sections: Sequence[PlotSection], axis: str) -> Figure:
    """A forest plot: squares by weight, a diamond for each pool, a thin line for another study like these."""
    return _draw(sections, axis, RowTexts("study", "events", "95 % interval", "weight"))


def draw_cumulative(sections: Sequence[PlotSection], axis: str) -> Figure:
    """The pool after each study that came or went, from top to bottom."""
    return _draw(sections, axis, RowTexts("after", "of", "95 % interval", ""))


def _draw(sections: Sequence[PlotSection], axis: str, heads: RowTexts) -> Figure:
    heads = _without_empty(sections, heads)
    columns = lay_out(sections, PLOT_INCHES, heads)
    lines = sum(len(section.rows) + _TITLE_ROWS for section in sections)
    height = _HEAD_INCHES + ROW_INCHES * lines + _FOOT_INCHES
    figure = open_figure(columns.width, height)
    figure.set_layout_engine("none")
    body = (_FOOT_INCHES / height, ROW_INCHES * lines / height)
    left, width = columns.plot
    plot = figure.add_axes((left / columns.width, body[0], width / columns.width, body[1]), ylim=(lines, 0))
    table = figure.add_axes((0, body[0], 1, body[1]), xlim=(0, columns.width), ylim=(lines, 0))
    table.set_axis_off()
    scale = find_scale(sections)
    _style(plot, scale, axis)
    _write_row(table, columns, heads, -0.6, MUTED, "normal")
    _draw_sections(table, plot, columns, sections, scale)
    return figure


def _without_empty(sections: Sequence[PlotSection], heads: RowTexts) -> RowTexts:
    """The heads of those columns alone in which anything stands."""
    texts = [write_texts(row) for section in sections for row in section.rows]
    has_detail, has_weight = any(t.detail for t in texts), any(t.weight for t in texts)
    return RowTexts(heads.label, heads.detail * has_detail, heads.numbers, heads.weight * has_weight)


def _draw_sections(
    table: Any, plot: Any, columns: Columns, sections: Sequence[PlotSection], scale: Scale
) -> None:
    place = 0.0
    for section in sections:
        table.text(0.18, place + _TITLE_ROWS - 0.45, section.title, fontsize=SIZE + 0.5, weight="bold",
                   color=INK, va="center", parse_math=False,
                   bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0})
        place += _TITLE_ROWS
        for row in section.rows:
            strong = "bold" if row.kind == POOLED else "normal"
            _write_row(table, columns, write_texts(row), place + 0.5, INK, strong)
            _draw_row(plot, row, place + 0.5, scale)
            place += 1


def _write_row(table: Any, columns: Columns, texts: RowTexts, place: float, colour: str, weight: str) -> None:
    """The texts of one row, numbers and weights flush right in their columns."""
    style = {"fontsize": SIZE, "color": colour, "va": "center", "parse_math": False, "clip_on": False}
    table.text(0.18, place, texts.label, weight=weight, **style)
    table.text(columns.plot[0] - 0.18, place, texts.detail, ha="right", **style)
    table.text(columns.numbers, place, texts.numbers, weight=weight, **style)
    table.text(columns.width - 0.18, place, texts.weight, ha="right", **style)


def _draw_row(plot: Any, row: PlotRow, place: float, scale: Scale) -> None:
    """The interval of a row, cut with an arrow where it leaves the picture, and its mark."""
    colour = COLOURS[1] if row.kind in (POOLED, PREDICTED) else COLOURS[0]
    low, high = scale.clip(row.low), scale.clip(row.high)
    if row.kind == POOLED:
        middle = scale.clip(row.estimate)
        plot.fill([low, middle, high, middle], [place, place - 0.3, place, place + 0.3], color=colour, lw=0)
    else:
        width = 1.0 if row.kind == PREDICTED else 1.4
        plot.plot([low, high], [place, place], color=colour, linewidth=width, solid_capstyle="butt")
        _draw_mark(plot, row, place, scale, colour)
    for end, bound, mark in ((low, row.low, "<"), (high, row.high, ">")):
        if end != bound:
            plot.plot([end], [place], marker=mark, markersize=5, color=colour, clip_on=False)


def _draw_mark(plot: Any, row: PlotRow, place: float, scale: Scale, colour: str) -> None:
    """A square by weight, a dot for a step, ends for what another study would find; none off the picture."""
    if row.kind == PREDICTED:
        ends = [value for value in (row.low, row.high) if scale.clip(value) == value]
        plot.plot(ends, [place] * len(ends), marker="|", markersize=7, color=colour, linestyle="none")
    elif scale.clip(row.estimate) == row.estimate:
        size = 5.0 if row.weight is None else 3.0 + 6.0 * row.weight**0.5
        plot.plot([row.estimate], [place], marker="o" if row.kind == STEP else "s", markersize=size,
                  color=colour)


def _style(plot: Any, scale: Scale, axis: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    plot.set_xscale("log" if scale.is_log else "linear")
    plot.set_xlim(scale.low, scale.high)
    plot.xaxis.set_major_locator(FixedLocator(list(scale.ticks)))
    plot.xaxis.set_minor_locator(NullLocator())
    plot.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    plot.set_yticks([])
    plot.set_xlabel(axis, fontsize=SIZE + 0.5, color=INK)
    plot.tick_params(colors=MUTED, labelsize=SIZE)
    plot.grid(axis="x", color="#e4e8ed", linewidth=0.8)
    plot.set_axisbelow(True)
    plot.patch.set_visible(False)
    for side in ("top", "right", "left"):
        plot.spines[side].set_visible(False)
    if scale.reference is not None:
        plot.axvline(scale.reference, color=MUTED, linewidth=0.9, linestyle="--")
