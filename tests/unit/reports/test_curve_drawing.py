"""The picture of curves read back: where its markers and intervals lie, by its own axes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.reports.curve_drawing import choose_ticks, draw_curve, draw_curve_key
from stepdown.reports.curves import Curve, CurveWords, Line, Point

SVG = "{http://www.w3.org/2000/svg}"
WORDS = CurveWords("Relapse & co <over the years>", "years", "of 100 <b>", str)


def make_point(years: float, estimate: float, low: float, high: float, outside: bool = False) -> Point:
    return Point(years, estimate, low, high, "as printed", outside)


def make_curve(*lines: tuple[Point, ...]) -> Curve:
    drawn = tuple(Line(place, str(place + 1), "<i>name</i>", points) for place, points in enumerate(lines))
    return Curve(drawn, WORDS, "1. <i>name</i>: as printed.")


CURVE = make_curve(
    (make_point(2, 12, 7, 19), make_point(5, 27, 16, 41, outside=True)),
    (make_point(2, 3, 0, 10), make_point(5, 7, 2, 23)),
    (make_point(2, 13, 6, 20),),
)


def read_axis(picture: ElementTree.Element, anchor: str) -> tuple[float, float]:
    """Place of 0 and length of one unit of an axis, by its tick labels."""
    axis = "x" if anchor == "middle" else "y"
    marks = {text.text: float(text.get(axis) or 0) for text in picture.iter(f"{SVG}text")
             if text.get("text-anchor") == anchor and (text.text or "").isdigit()}  # fmt: skip
    last = max(marks, key=lambda text: int(text or 0))
    return marks["0"], (marks[last] - marks["0"]) / int(last or 1)


def read_markers(picture: ElementTree.Element) -> list[tuple[float, float]]:
    """Years and numbers of 100 where the markers lie."""
    (left, year), (base, unit) = read_axis(picture, "middle"), read_axis(picture, "end")
    places = [re.findall(r"[\d.]+", path.get("transform") or "") for path in picture.iter(f"{SVG}path")]
    return [((float(x) - left) / year, (float(y) + 4 - base) / unit) for x, y in filter(None, places)]


def test_markers_lie_at_their_numbers_by_the_axes_of_the_picture() -> None:
    picture = ElementTree.fromstring(draw_curve(CURVE, "c"))
    numbers = [(point.time_years, point.estimate) for line in CURVE.lines for point in line.points]
    for (years, per_100), (drawn_years, drawn) in zip(numbers, read_markers(picture), strict=True):
        assert drawn == pytest.approx(per_100, abs=0.2)
        assert drawn_years == pytest.approx(years, abs=0.25)  # lines stand beside each other


def test_intervals_reach_from_their_low_to_their_high_end() -> None:
    text = draw_curve(make_curve((make_point(1, 20, 10, 40), make_point(2, 30, 20, 50))), "c")
    base, unit = read_axis(ElementTree.fromstring(text), "end")
    drawn = [(float(low), float(high)) for low, high in re.findall(r" ([\d.]+)V([\d.]+)m-3 0h6", text)]
    ends = [tuple(round((y + 4 - base) / unit) for y in bar) for bar in drawn]
    assert ends == [(10, 40), (20, 50)]


def test_what_is_extrapolated_is_dashed_and_hollow_and_nothing_else_is() -> None:
    text = draw_curve(CURVE, "c")
    assert text.count("stroke-dasharray") == 1
    assert len(re.findall(r'transform="[^"]*" d="[^"]*" fill="#ffffff"', text)) == 1
    assert "stroke-dasharray" in draw_curve_key(CURVE.lines[0])
    assert "stroke-dasharray" not in draw_curve_key(CURVE.lines[1])


def test_the_picture_names_itself_and_its_numbers() -> None:
    picture = ElementTree.fromstring(draw_curve(CURVE, "c"))
    parts = [picture.find(f"{SVG}{kind}") for kind in ("title", "desc")]
    assert [part.text for part in parts if part is not None] == [WORDS.title, CURVE.description]
    marks = [part.get("id") for part in parts if part is not None]
    assert marks == picture.get("aria-labelledby", "").split()


def test_markers_differ_where_colours_begin_again() -> None:
    """Nine options: seven colours with seven markers, then the first two again, each with its own letter."""
    lines = [(make_point(1, 10.0 * place, 0, 95), make_point(2, 10.0 * place, 0, 95)) for place in range(9)]
    text = draw_curve(make_curve(*lines), "c")
    shapes = re.findall(r'transform="[^"]*" d="([^"]*)"', text)
    assert len(set(shapes)) == 7
    heights = [float(y) for y in re.findall(r'y="([\d.]+)" text-anchor="start">\d<', text)]
    assert min(b - a for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False)) >= 12


@pytest.mark.parametrize(
    ("most", "count", "ticks"),
    [
        (5.0, 6, (0, 1, 2, 3, 4, 5)),
        (1.5, 6, (0, 1, 2)),
        (0.25, 6, (0, 1)),
        (10.0, 5, (0, 2, 4, 6, 8, 10)),
        (34.0, 5, (0, 10, 20, 30, 40)),
        (100.0, 5, (0, 20, 40, 60, 80, 100)),
        (20.0, 6, (0, 5, 10, 15, 20)),
    ],
)
def test_ticks_are_few_whole_numbers_that_hold_everything(
    most: float, count: int, ticks: tuple[int, ...]
) -> None:
    assert choose_ticks(most, count) == ticks


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0.1, 20), st.integers(0, 100)), min_size=1, max_size=10))
def test_whatever_the_numbers_nothing_leaves_the_picture(rows: list[tuple[float, int]]) -> None:
    lines = [(make_point(years, n, 0, 100), make_point(years + 1, n, 0, 100)) for years, n in rows]
    text = draw_curve(make_curve(*lines), "c")
    for x, y in re.findall(r"translate\(([\d.-]+) ([\d.-]+)\)", text):
        assert 0 <= float(x) <= 320 and 0 <= float(y) <= 308
    for x, y in re.findall(r'x="([\d.-]+)" y="([\d.-]+)" text-anchor="start">\d', text):
        assert 0 <= float(x) <= 308 and 12 <= float(y) <= 308
