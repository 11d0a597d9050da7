"""Icon arrays: as many filled figures as the number says, in order from the bottom row."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from stepdown.reports.icon_array import MARKS, OTHER, draw_icons, draw_key

SVG = "{http://www.w3.org/2000/svg}"


def places_of(svg: str, number: int) -> set[tuple[int, int]]:
    """Where the figures of the first (empty) or second (filled) path stand."""
    path = ElementTree.fromstring(svg).findall(f"{SVG}path")[number].get("d") or ""
    return {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)m", path)}


@pytest.mark.parametrize(
    ("filled", "of"), [(0, 100), (1, 100), (45, 100), (100, 100), (4, 1000), (999, 1000)]
)
def test_filled_and_empty_figures_add_up(filled: int, of: int) -> None:
    svg = draw_icons("relapse", filled, of, "alt", "one")
    assert len(places_of(svg, 1)) == filled
    assert len(places_of(svg, 0)) == of - filled


def test_filling_starts_in_the_bottom_row_on_the_left_and_is_contiguous() -> None:
    """Twelve of 100: the whole bottom row (y 127), and two of the row above (y 113)."""
    filled = places_of(draw_icons("relapse", 12, 100, "alt", "one"), 1)
    assert filled == {(1 + 12 * column, 127) for column in range(10)} | {(1, 113), (13, 113)}


def test_the_picture_says_its_numbers_to_a_screen_reader() -> None:
    svg = ElementTree.fromstring(draw_icons("relapse", 12, 100, "12 of 100 <b>", "one"))
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert (svg.get("role"), svg.get("aria-labelledby"), title.get("id")) == ("img", "one", "one")
    assert title.text == "12 of 100 <b>"


@pytest.mark.parametrize(("filled", "of"), [(101, 100), (-1, 100), (5, 50)])
def test_an_impossible_picture_is_refused(filled: int, of: int) -> None:
    with pytest.raises(ValueError, match="100 or 1,000"):
        draw_icons("relapse", filled, of, "alt", "one")


def test_each_outcome_has_its_own_colour_and_its_own_mark() -> None:
    marks = [*MARKS.values(), OTHER]
    assert len({mark.colour for mark in marks}) == len({mark.cut for mark in marks}) == len(marks)


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of WCAG 2.2 (relative luminance of sRGB)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("mark", [*MARKS.values(), OTHER], ids=lambda mark: mark.colour)
def test_each_colour_stands_out_from_white(mark: object) -> None:
    assert contrast_with_white(mark.colour) >= 4.5  # type: ignore[attr-defined]


def test_the_key_is_hidden_from_screen_readers() -> None:
    assert ElementTree.fromstring(draw_key("relapse")).get("aria-hidden") == "true"
