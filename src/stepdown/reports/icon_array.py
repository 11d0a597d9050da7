"""Icon arrays of our own: so many of 100 figures filled, in SVG that prints and needs no script.

Same size, same order, same direction in every picture: filled figures are contiguous and start in the
bottom row on the left. A filled figure is one connected area of one colour with a mark cut out of it
(a dot, a bar ...), one mark and colour an outcome, so that it also reads in black and white.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape

#: The outline of one figure, 10 wide and 12 high: a head and a body in one stroke, never two areas.
_FIGURE = "m3.9 4.6a2.2 2.2 0 1 1 2.2 0l1.3.3q1.2.3 1.2 1.7v4.8h-7.2v-4.8q0-1.4 1.2-1.7z"
_CELL_WIDTH, _CELL_HEIGHT = 12, 14
_EMPTY = "#6b7480"


@dataclass(frozen=True)
class Mark:
    """How the filled figures of one outcome look: a dark colour, and the path cut out of the body."""

    colour: str
    cut: str


#: Dark enough for 4.5:1 on white; the cuts leave the figure in one piece.
MARKS = {
    "relapse": Mark("#a8401c", "m5 7.1a1.2 1.2 0 1 0 .01 0z"),
    "any_activity": Mark("#6a3d9a", "m3.4 7.7h3.2v1.2h-3.2z"),
    "mri_activity": Mark("#1f5f99", "m4.4 6.7h1.2v3.2h-1.2z"),
    "reactivation": Mark("#7a5200", "m5 6.7 1.6 1.6-1.6 1.6-1.6-1.6z"),
    "confirmed_worsening": Mark("#8c1d4f", "m5 6.7 1.6 3.2h-3.2z"),
    "serious_infection": Mark("#1d6b45", "m3.4 6.9h3.2v2.6h-3.2z"),
}
OTHER = Mark("#3f4753", "m3.4 9.9 1.6-3.2 1.6 3.2z")


def find_colour(outcome: str) -> str:
    """The colour in which an outcome is drawn."""
    return MARKS.get(outcome, OTHER).colour


def draw_icons(outcome: str, filled: int, of: int, alt: str, name: str) -> str:
    """One icon array as SVG: ``alt`` states the numbers; ``name`` is unique on the page.

    Raises ValueError when more are filled than there are, or the denominator is neither 100 nor 1,000.
    """
    if of not in (100, 1000) or not 0 <= filled <= of:
        raise ValueError("an icon array has 100 or 1,000 figures, and fills no more than it has")
    columns = 10 if of == 100 else 40
    width, height = columns * _CELL_WIDTH, of // columns * _CELL_HEIGHT
    mark = MARKS.get(outcome, OTHER)
    empty = _draw_paths(range(filled, of), columns, height, "")
    full = _draw_paths(range(filled), columns, height, mark.cut)
    return (
        f'<svg class="icons" role="img" aria-labelledby="{escape(name)}" viewBox="0 0 {width} {height}" '
        f'data-filled="{filled}" data-of="{of}" data-colour="{mark.colour}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{escape(name)}">{escape(alt)}</title>'
        f'<path d="{empty}" fill="#ffffff" stroke="{_EMPTY}" stroke-width="0.6"/>'
        f'<path d="{full}" fill="{mark.colour}" fill-rule="evenodd"/></svg>'
    )


def draw_key(outcome: str) -> str:
    """One filled figure for the legend, hidden from screen readers."""
    mark = MARKS.get(outcome, OTHER)
    path = _draw_paths(range(1), 1, _CELL_HEIGHT, mark.cut)
    return (
        f'<svg class="key" aria-hidden="true" viewBox="0 0 {_CELL_WIDTH} {_CELL_HEIGHT}" '
        f'xmlns="http://www.w3.org/2000/svg"><path d="{path}" fill="{mark.colour}" fill-rule="evenodd"/>'
        "</svg>"
    )


@lru_cache(maxsize=1024)
def _draw_paths(places: range, columns: int, height: int, cut: str) -> str:
    """The figures at these places, counted from the bottom row on the left."""
    drawn = []
    for place in places:
        row, column = divmod(place, columns)
        x, y = column * _CELL_WIDTH + 1, height - (row + 1) * _CELL_HEIGHT + 1
        drawn.append(f"M{x} {y}{_FIGURE}")
        if cut:
            drawn.append(f"M{x} {y}{cut}")
    return "".join(drawn)
