"""The clinician's page: options side by side on the first screen, then everything that stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from stepdown.decisions.answer import Answer
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Study
from stepdown.ms.errors import MissingExtra
from stepdown.reports.comparison import choose_columns, find_outcomes, find_scale
from stepdown.reports.figures import embed_figure
from stepdown.reports.forest import ForestGroup, draw_forest, find_forest
from stepdown.reports.html.page import find_citations, name_anchor, render_page
from stepdown.reports.wording import capitalise, name_word, say


@dataclass(frozen=True)
class Picture:
    """A drawn figure for the page: its outcome and address, what a screen reader says, and its caption."""

    outcome: str
    address: str
    alt: str
    caption: str


def write_clinician_page(answer: Answer, studies: Mapping[str, Study] | None = None) -> str:
    """The whole page; ``studies`` are those of the library unless others are given."""
    columns = choose_columns(answer.options)
    pictures, note = draw_forests(answer, read_library() if studies is None else studies)
    return render_page(
        "clinician.html",
        answer=answer,
        columns=columns,
        scales=[find_scale(answer.options, column) for column in columns],
        pictures=pictures,
        note=note,
        cite=partial(find_citations, answer),
        anchor=partial(name_anchor, answer),
    )


def draw_forests(answer: Answer, studies: Mapping[str, Study]) -> tuple[list[Picture], str]:
    """A forest plot for each outcome with findings in the library; or why none is drawn."""
    found = {
        outcome: find_forest(answer.options, outcome, studies) for outcome in find_outcomes(answer.options)
    }
    try:
        return [_draw(outcome, groups) for outcome, groups in found.items() if groups], ""
    except MissingExtra:
        return [], say("page.no_plots")


def _draw(outcome: str, groups: tuple[ForestGroup, ...]) -> Picture:
    name = name_word("outcome", outcome)
    rows = " ".join(
        say("forest.row", title=group.title, label=row.label) for group in groups for row in group.rows
    )
    address = embed_figure(draw_forest(groups, say("forest.axis")))
    caption = say("forest.caption", outcome=capitalise(name))
    return Picture(outcome, address, say("forest.alt", outcome=name, rows=rows), caption)
