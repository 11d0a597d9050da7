"""Pictures of the evidence written to a file: where they may go, and which one is drawn."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from stepdown.evidence.apart import Apart
    from stepdown.evidence.history import Step
    from stepdown.evidence.meta.csv_result import CsvPool

PICTURES = ("forest", "funnel", "cumulative")
_FORMATS = (".svg", ".png", ".pdf")


def check_picture(path: Path) -> None:
    """UserError or MissingExtra before anything is computed, not after it."""
    from stepdown.reports.figures import open_figure

    open_figure(1, 1)
    if path.suffix not in _FORMATS or not path.parent.is_dir():
        raise UserError(
            f"{path}: a picture is written to a file ending in .svg, .png or .pdf in a folder that exists."
        )


def save_figure(figure: Any, path: Path) -> None:
    """Write a figure; UserError where that cannot be done."""
    try:
        figure.savefig(path)
    except OSError as problem:
        raise UserError(f"{path}: cannot be written ({problem.strerror}).") from problem
    print(f"stepdown: wrote {path}", file=sys.stderr)


def draw_questions(found: Sequence[Apart], picture: str) -> Figure:
    """The forest or funnel plot of the pools of some questions; UserError where nothing is pooled."""
    from stepdown.interfaces.cli._pool_data import say_question
    from stepdown.reports.evidence_plots import draw_funnel, draw_pooled_forest, find_pool_sections

    if picture == "cumulative":
        raise UserError("the cumulative picture of a question is that of stepdown evidence history --plot.")
    sections = [
        section for apart in found for section in find_pool_sections(say_question(apart.cell), apart.pools)
    ]
    if not sections:
        raise UserError("nothing is pooled here, so there is nothing to draw.")
    draw = draw_pooled_forest if picture == "forest" else draw_funnel
    return draw(sections, "events per 100 person-years")


def draw_steps(histories: Sequence[tuple[str, Sequence[Step]]]) -> Figure:
    """The cumulative plot of some histories; UserError where nothing was ever pooled."""
    from stepdown.reports.evidence_plots import draw_cumulative, find_step_sections

    sections = find_step_sections(histories)
    if not sections:
        raise UserError("nothing is pooled here, so there is nothing to draw.")
    return draw_cumulative(sections, "events per 100 person-years")


def draw_file(pool: CsvPool, picture: str) -> Figure:
    """A picture of the pool of a CSV file, on the scale it was pooled on; ratios are shown as ratios."""
    from stepdown.reports.evidence_plots import draw_cumulative, draw_funnel, draw_pooled_forest
    from stepdown.reports.evidence_plots.from_csv import (
        find_csv_sections,
        find_cumulative_sections,
        name_axis,
    )

    if picture == "cumulative":
        return draw_cumulative(find_cumulative_sections(pool), name_axis(pool))
    draw = draw_pooled_forest if picture == "forest" else draw_funnel
    return draw(find_csv_sections(pool), name_axis(pool))
