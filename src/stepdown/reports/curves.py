"""How does a risk grow over the years? One line an option, as a matplotlib Figure that can be restyled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdown.decisions.answer import Option, Risk
from stepdown.reports.comparison import find_known
from stepdown.reports.figures import COLOURS, INK, MARKERS, MUTED, open_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def has_curve(options: tuple[Option, ...], outcome: str) -> bool:
    """Whether any option has this outcome at two times or more."""
    return any(len(find_known(option, outcome)) > 1 for option in options)


def draw_curves(
    options: tuple[Option, ...], outcome: str, names: tuple[str, ...], labels: tuple[str, str]
) -> Figure:
    """A line for each option with numbers, its 95 % interval as bars; dashed and hollow where extrapolated.

    ``names`` are the options' names in the legend, ``labels`` those of the axes (x, y).
    """
    drawn = [(number, find_known(option, outcome)) for number, option in enumerate(options)]
    drawn = [(number, risks) for number, risks in drawn if risks]
    figure = open_figure(4.4, 2.9 + 0.22 * len(drawn))
    axes = figure.subplots()
    for place, (number, risks) in enumerate(drawn):
        _draw_line(axes, number, risks, names[number], 0.02 * (place - (len(drawn) - 1) / 2))
    _finish(axes, labels)
    legend = figure.legend(loc="outside lower left", frameon=False, fontsize=8.5, labelcolor=INK)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def _draw_line(axes: Any, number: int, risks: tuple[Risk, ...], name: str, shift: float) -> None:
    colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
    numbers = [(risk.time_years + shift, risk.per_100, risk.status) for risk in risks]
    points = [(time, per_100, status) for time, per_100, status in numbers if per_100 is not None]
    times = [0.0, *(time for time, _, _ in points)]
    heights = [0.0, *(per_100.estimate for _, per_100, _ in points)]
    outside = any(status == "extrapolated" for _, _, status in points)
    axes.plot(times, heights, color=colour, linewidth=1.6, linestyle="--" if outside else "-")
    for place, (time, per_100, status) in enumerate(points):
        spread = [[per_100.estimate - per_100.low], [per_100.high - per_100.estimate]]
        axes.errorbar(
            time,
            per_100.estimate,
            yerr=spread,
            fmt=marker,
            color=colour,
            capsize=3,
            markersize=6,
            elinewidth=1.1,
            markerfacecolor="white" if status == "extrapolated" else colour,
            label=name if place == 0 else None,
        )


def _finish(axes: Any, labels: tuple[str, str]) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    axes.set_xlim(left=0)
    axes.set_ylim(0, min(100, max(10.0, axes.get_ylim()[1])))
    axes.set_xlabel(labels[0], color=INK, fontsize=9.5)
    axes.set_ylabel(labels[1], color=INK, fontsize=9.5)
    axes.tick_params(colors=MUTED, labelsize=9)
    axes.grid(axis="y", color="#dde2e8", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#9aa4b0")
