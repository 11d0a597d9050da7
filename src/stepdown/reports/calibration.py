"""Were left-out studies predicted well? Where each count lay in its prediction, and told beside seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdown.evidence.model.arms import OUTCOMES
from stepdown.evidence.model.verdict import Calibration
from stepdown.reports.figures import COLOURS, INK, MARKERS, MUTED, open_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WORDS = {
    "confirmed_worsening": "confirmed worsening",
    "mri_activity": "MRI activity",
    "any_activity": "any activity",
}


def draw_calibration(found: Calibration) -> Figure:
    """Two pictures side by side: the randomised PIT, and the observed share over the predicted risk."""
    figure = open_figure(11.5, 5.2)
    left, right = figure.subplots(1, 2)
    _draw_pit(left, found)
    _draw_shares(right, found)
    return figure


def _draw_pit(axes: Any, found: Calibration) -> None:
    """The histogram of the PIT; the line is where every bar would stand in the long run."""
    count = len(found.histogram)
    places = [(number + 0.5) / count for number in range(count)]
    axes.bar(places, [100 * share for share in found.histogram], width=0.9 / count, color=COLOURS[0])
    axes.axhline(100 / count, color=INK, linestyle="--", linewidth=1)
    coverage = found.groups[0].coverage80
    axes.set_title(
        f"{len(found.rows)} arms left out with their study: 80 % intervals held "
        f"{coverage.value:.0f} % ({coverage.low:.0f} to {coverage.high:.0f})",
        fontsize=10,
        color=INK,
    )
    axes.set_xlabel("where the observed count lies in its prediction (0 lowest, 1 highest)")
    axes.set_ylabel("percent of arms")
    axes.set_xlim(0, 1)


def _draw_shares(axes: Any, found: Calibration) -> None:
    """Each arm as a mark, its size by the number of people; on the line prediction and observation agree."""
    axes.plot([0, 100], [0, 100], color=MUTED, linestyle="--", linewidth=1)
    for outcome, colour, marker in zip(OUTCOMES, COLOURS, MARKERS, strict=False):
        rows = [row for row in found.rows if row.outcome == outcome]
        sizes = [12 + 4 * min(row.n, 900) ** 0.5 for row in rows]
        axes.scatter(
            [100 * row.predicted for row in rows],
            [100 * row.observed for row in rows],
            s=sizes,
            color=colour,
            marker=marker,
            alpha=0.75,
            linewidth=0,
            clip_on=False,
            label=_WORDS.get(outcome, outcome),
        )
    rank = found.rank_correlation
    axes.set_title(
        f"rank correlation {rank.value:.2f} ({rank.low:.2f} to {rank.high:.2f})", fontsize=10, color=INK
    )
    axes.set_xlabel("predicted risk, of 100 people")
    axes.set_ylabel("observed share, of 100 people")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
