"""Pictures of 3 and of 40 studies: every text is there, and no two texts touch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from stepdown.ms.errors import UserError
from stepdown.reports.evidence_plots import (
    FunnelPoint,
    PlotRow,
    PlotSection,
    draw_cumulative,
    draw_funnel,
    draw_pooled_forest,
)
from stepdown.reports.evidence_plots.rows import POOLED, PREDICTED, PREDICTED_LABEL, STEP, STUDY


def invent(count: int, kind: str = STUDY) -> PlotSection:
    """A pool of invented studies with long names and wide, one-sided and unbounded intervals."""
    rows = [
        PlotRow(kind, f"invented-study-{i:02} (registry-cohort)", f"{i} of {100 + i}", 0.3 * i,
                0.1 * i, math.inf if i == 2 else 1.0 + i, 1 / count)
        for i in range(count)
    ]  # fmt: skip
    pool = [PlotRow(POOLED, "pooled (one-stage)", "90 of 900", 2, 1, 4),
            PlotRow(PREDICTED, PREDICTED_LABEL, "", 2, 1e-5, 1e5)]  # fmt: skip
    names = [f"invented-study-{i:02}" for i in range(count)]
    points = tuple(FunnelPoint(name, math.sin(i), 0.1 + 0.02 * (i % 9)) for i, name in enumerate(names))
    title = "relapse, stop injectable; people chosen: elective-stable; observational"
    return PlotSection(title, (*rows, *(pool if kind == STUDY else ())), points, 0.1, undrawn=1)


def texts_of(figure: Figure) -> list[Text]:
    """Every text that is drawn, after the figure was laid out."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def find_touching(figure: Figure) -> list[tuple[str, str]]:
    texts = texts_of(figure)
    boxes = [text.get_window_extent().shrunk(0.96, 0.9) for text in texts]
    pairs = combinations(zip(texts, boxes, strict=True), 2)
    return [(one.get_text(), two.get_text()) for (one, box), (two, other) in pairs if box.overlaps(other)]


Draw = Callable[[Sequence[PlotSection], str], Figure]


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize(("draw", "kind"), [(draw_pooled_forest, STUDY), (draw_cumulative, STEP)])
def test_no_text_of_a_forest_touches_another_or_leaves_the_picture(draw: Draw, kind: str, count: int) -> None:
    figure = draw([invent(count, kind), invent(3, kind)], "events per 100 person-years")
    assert find_touching(figure) == []
    width, height = figure.get_size_inches() * figure.dpi
    for text in texts_of(figure):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, text.get_text()


def test_every_study_is_named_with_its_numbers() -> None:
    words = {text.get_text() for text in texts_of(draw_pooled_forest([invent(40)], "x"))}
    assert {f"invented-study-{i:02} (registry-cohort)" for i in range(40)} <= words
    assert "0.6 (0.2 to unbounded)" in words and "0 (0 to 1)" in words
    assert "(<0.001 to 100000)" in words and "2 %" in words


@pytest.mark.parametrize("count", [3, 40])
def test_no_name_in_a_funnel_touches_another(count: int) -> None:
    assert find_touching(draw_funnel([invent(count)], "events per 100 person-years")) == []


def test_a_funnel_says_how_many_studies_it_shows_and_how_little_few_tell() -> None:
    words = " ".join(text.get_text() for text in texts_of(draw_funnel([invent(3)], "HR")))
    assert "3 studies; 1 without a finite estimate not drawn; fewer than 10: asymmetry says little" in words


def test_a_funnel_of_two_studies_is_refused() -> None:
    with pytest.raises(UserError, match="a funnel needs 3 studies"):
        draw_funnel([invent(2)], "HR")


def test_a_funnel_of_differences_has_even_ticks() -> None:
    figure = draw_funnel([replace(invent(9), is_log=False)], "RD (raw)")
    words = {text.get_text() for text in texts_of(figure)}
    assert {"RD (raw)", "\N{MINUS SIGN}0.5", "0.5"} <= words


def test_ticks_of_a_funnel_of_rates_are_rates_and_of_ratios_ratios() -> None:
    """Points lie between log hazards of -1 and 1: 37 to 272 per 100 person-years, ratios 0.37 to 2.7."""
    rates = {text.get_text() for text in texts_of(draw_funnel([invent(9)], "events per 100 person-years"))}
    ratios = {text.get_text() for text in texts_of(draw_funnel([invent(9)], "HR"))}
    assert {"50", "100", "200"} <= rates and {"0.5", "1", "2"} <= ratios
