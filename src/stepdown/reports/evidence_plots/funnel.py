"""Do small studies find something else than large ones? Estimates over their standard errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stepdown.evidence.meta.diagnostics import FEWEST_FOR_EGGER
from stepdown.ms.errors import UserError
from stepdown.reports.evidence_plots.axis import choose_linear_ticks, choose_log_ticks
from stepdown.reports.evidence_plots.columns import SIZE, measure
from stepdown.reports.evidence_plots.rows import PlotSection
from stepdown.reports.figures import COLOURS, INK, MUTED, open_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 6.4, 4.6
FEWEST_POINTS = 3
_Z95 = 1.959964
#: Where a label may stand beside its point, in inches: right, left, above, below.
_PLACES = ((0.08, 0.0), (-0.08, 0.0), (0.0, 0.12), (0.0, -0.12))
_LINE_INCHES = 0.14
_Box = tuple[float, float, float, float]


def draw_funnel(sections: Sequence[PlotSection], axis: str) -> Figure:
    """A funnel for each section with enough studies: points, the pooled value, and its 95 % limits by error.

    UserError where no section has enough.
    """
    sections = [section for section in sections if len(section.points) >= FEWEST_POINTS]
    if not sections:
        raise UserError(f"a funnel needs {FEWEST_POINTS} studies with an event in one pool; draw the forest.")
    figure = open_figure(WIDTH, HEIGHT * len(sections))
    for axes, section in zip(figure.subplots(len(sections), squeeze=False)[:, 0], sections, strict=True):
        _draw_section(axes, section, axis)
    return figure


def _draw_section(axes: Any, section: PlotSection, axis: str) -> None:
    """One funnel with what the reader must know above it."""
    axes.set_title(f"{section.title}\n{_write_note(section)}", fontsize=SIZE, color=INK, loc="left",
                   parse_math=False, wrap=True)
    widest = 1.1 * max(point.se for point in section.points)
    ends = _find_ends(section, widest)
    _draw_limits(axes, section.centre, widest)
    for point in section.points:
        axes.plot([point.value], [point.se], "o", markersize=5, color=COLOURS[0], alpha=0.8, zorder=4)
    _style(axes, section, ends, widest, axis)
    _place_labels(axes, section, ends, widest)


def _write_note(section: PlotSection) -> str:
    """What the reader must know before reading asymmetry into it."""
    count = len(section.points)
    parts = [f"{count} studies"]
    if section.undrawn:
        parts.append(f"{section.undrawn} without a finite estimate not drawn")
    if count < FEWEST_FOR_EGGER:
        parts.append(f"fewer than {FEWEST_FOR_EGGER}: asymmetry says little")
    return "; ".join(parts)


def _find_ends(section: PlotSection, widest: float) -> tuple[float, float]:
    values = [point.value for point in section.points]
    reach = _Z95 * widest
    low, high = min([section.centre - reach, *values]), max([section.centre + reach, *values])
    margin = 0.12 * (high - low)
    return low - margin, high + margin


def _draw_limits(axes: Any, centre: float, widest: float) -> None:
    axes.plot([centre, centre], [0, widest], color=COLOURS[1], linewidth=1.2)
    for side in (-1, 1):
        end = centre + side * _Z95 * widest
        axes.plot([centre, end], [0, widest], color=MUTED, linewidth=0.9, linestyle="--")


def _style(axes: Any, section: PlotSection, ends: tuple[float, float], widest: float, axis: str) -> None:
    axes.set_xlim(*ends)
    axes.set_ylim(widest, 0)
    if section.is_log:
        # Points stand at logarithms; ticks say what they mean, rates as events per 100 person-years.
        factor = 100.0 if "per 100" in axis else 1.0
        ticks = choose_log_ticks(factor * math.exp(ends[0]), factor * math.exp(ends[1]))
        axes.set_xticks([math.log(tick / factor) for tick in ticks], [f"{tick:g}" for tick in ticks])
    else:
        axes.set_xticks(list(choose_linear_ticks(*ends)))
    axes.set_xlabel(axis if section.is_log or "per 100" not in axis else "log odds", fontsize=SIZE + 0.5)
    axes.set_ylabel("standard error", fontsize=SIZE + 0.5)
    axes.tick_params(colors=MUTED, labelsize=SIZE)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _place_labels(axes: Any, section: PlotSection, ends: tuple[float, float], widest: float) -> None:
    """The name of each study where there is room for it; a crowded point goes without."""
    span = (WIDTH - 1.0, HEIGHT - 1.3)
    spots = [
        ((point.value - ends[0]) / (ends[1] - ends[0]) * span[0], (1 - point.se / widest) * span[1])
        for point in section.points
    ]
    taken: list[_Box] = [(x - 0.06, y - 0.06, x + 0.06, y + 0.06) for x, y in spots]
    middle = (section.centre - ends[0]) / (ends[1] - ends[0]) * span[0]
    taken.append((middle - 0.03, 0.0, middle + 0.03, span[1]))
    for point, spot in zip(section.points, spots, strict=True):
        found = _find_room(spot, measure(point.label, SIZE - 1), taken, span)
        if found is None:
            continue
        (dx, dy), box = found
        taken.append(box)
        axes.annotate(point.label, (point.value, point.se), xytext=(72 * dx, 72 * dy),
                      textcoords="offset points", fontsize=SIZE - 1, color=MUTED, va="center",
                      ha="left" if dx > 0 else "right" if dx < 0 else "center", parse_math=False,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})


def _find_room(
    spot: tuple[float, float], width: float, taken: Sequence[_Box], span: tuple[float, float]
) -> tuple[tuple[float, float], _Box] | None:
    """The first place beside a point whose box touches no other and stays inside the frame."""
    for dx, dy in _PLACES:
        left = spot[0] + dx - (width if dx < 0 else width / 2 if dx == 0 else 0)
        bottom = spot[1] + dy - _LINE_INCHES / 2
        box = (left, bottom, left + width, bottom + _LINE_INCHES)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= span[0] and box[3] <= span[1]
        if inside and not any(_touch(box, other) for other in taken):
            return (dx, dy), box
    return None


def _touch(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
