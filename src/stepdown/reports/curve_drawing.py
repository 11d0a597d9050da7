"""Curves of our own as SVG: a line an option with its intervals, in print too and without a script.

A colour never stands without its marker and its letter, so that the picture also reads in black and white;
what is extrapolated is dashed and hollow. The names of the options stand beside the picture, in the size of
the text around it.
"""

from __future__ import annotations

import math
from html import escape

from stepdown.reports.curves import Curve, Line, Point
from stepdown.reports.figures import COLOURS, INK, MUTED

#: The picture and its plot, in units of which one is about one pixel on a telephone.
_WIDTH, _BELOW = 320, 40
_LEFT, _RIGHT, _TOP = 34, 284, 26
#: The height of the plot: more lines get more room.
_PLOT, _MORE_A_LINE, _FEW_LINES = 170, 12, 4
#: Lines at one time stand beside each other by so much, at most so far apart in all.
_STEP, _SPREAD = 5.0, 20.0
#: Letters at the ends of the lines are kept so far apart.
_APART = 12.0
#: Markers around 0, one an option, in their order: circle, square, triangles, diamond, plus, cross.
_MARKERS = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "m-3.6-3.6h7.2v7.2h-7.2z", "m0-4.6 4.6 8h-9.2z",
    "m0-5 4.6 5-4.6 5-4.6-5z", "m0 4.6 4.6-8h-9.2z",
    "m-1.6-4.6h3.2v3h3v3.2h-3v3h-3.2v-3h-3v-3.2h3z",
    "m-4.4-2.6 1.8-1.8 2.6 2.6 2.6-2.6 1.8 1.8-2.6 2.6 2.6 2.6-1.8 1.8-2.6-2.6-2.6 2.6-1.8-1.8 2.6-2.6z",
)  # fmt: skip


def draw_curve(curve: Curve, name: str) -> str:
    """The curve as SVG; ``name`` is unique on the page."""
    plot = _Plot(curve)
    letters = _place_letters(plot, curve.lines)
    lines = [_draw_line(plot, number, line, letters[line.place]) for number, line in enumerate(curve.lines)]
    return (
        f'<svg class="curve-picture" role="img" aria-labelledby="{escape(name)} {escape(name)}-numbers" '
        f'viewBox="0 0 {_WIDTH} {plot.height}" font-family="sans-serif" font-size="12" '
        'xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{escape(name)}">{escape(curve.words.title)}</title>'
        f'<desc id="{escape(name)}-numbers">{escape(curve.description)}</desc>'
        f'<rect width="{_WIDTH}" height="{plot.height}" fill="#ffffff"/>'
        f"{plot.draw_axes()}{''.join(lines)}</svg>"
    )


def draw_curve_key(line: Line) -> str:
    """The line and marker of one option beside its name, hidden from screen readers."""
    return (
        '<svg class="line-key" aria-hidden="true" viewBox="0 0 30 12" xmlns="http://www.w3.org/2000/svg">'
        f'<path d="M1 6h28" {_stroke(line)}/>{_draw_marker(line, 15, 6, line.is_extrapolated)}</svg>'
    )


class _Plot:
    """Where a time and a number of 100 lie in the picture."""

    def __init__(self, curve: Curve) -> None:
        points = [point for line in curve.lines for point in line.points]
        self.words, self.count = curve.words, len(curve.lines)
        self.bottom = _TOP + _PLOT + _MORE_A_LINE * max(0, self.count - _FEW_LINES)
        self.height = self.bottom + _BELOW
        self.years = choose_ticks(max(point.time_years for point in points), 6)
        self.numbers = choose_ticks(min(100.0, max([10.0, *(point.high for point in points)])), 5)

    def x(self, years: float, number: int | None = None) -> float:
        """The place of a time; of the line with this number, beside those of the others."""
        place = _LEFT + (_RIGHT - _LEFT) * years / self.years[-1]
        if number is None or self.count < 2:
            return place
        step = min(_STEP, _SPREAD / (self.count - 1))
        return place + step * (number - (self.count - 1) / 2)

    def y(self, per_100: float) -> float:
        """The height of a number of 100."""
        return self.bottom - (self.bottom - _TOP) * per_100 / self.numbers[-1]

    def draw_axes(self) -> str:
        """Grid, ticks and the words of the axes."""
        grid = "".join(f"M{_LEFT} {self.y(number):.1f}H{_RIGHT}" for number in self.numbers[1:])
        marks = "".join(f"M{self.x(year):.1f} {self.bottom}v4" for year in self.years)
        left = "".join(_write(_LEFT - 6, self.y(number) + 4, f"{number:g}", "end") for number in self.numbers)
        below = "".join(_write(self.x(year), self.bottom + 18, f"{year:g}", "middle") for year in self.years)
        middle = (_LEFT + _RIGHT) / 2
        return (
            f'<path d="{grid}" stroke="#dde2e8" stroke-width="0.8" fill="none"/>'
            f'<path d="M{_LEFT} {_TOP}V{self.bottom}H{_RIGHT}{marks}" stroke="#6b7480" fill="none"/>'
            f'<g fill="{MUTED}">{left}{below}</g><g fill="{INK}">'
            f"{_write(4, 13, self.words.of_100, 'start')}"
            f"{_write(middle, self.bottom + 35, self.words.years, 'middle')}</g>"
        )


def choose_ticks(most: float, count: int) -> tuple[float, ...]:
    """Whole numbers from 0 to the first that is not below ``most``, about ``count`` steps at most."""
    step = next(step for step in (1, 2, 5, 10, 20, 25, 50) if most / step <= count)
    return tuple(float(step * number) for number in range(max(1, math.ceil(most / step)) + 1))


def _draw_line(plot: _Plot, number: int, line: Line, letter_at: float) -> str:
    """The line of one option from none at the start, its intervals, its markers, and its letter."""
    places = [(plot.x(point.time_years, number), plot.y(point.estimate)) for point in line.points]
    way = "".join(f"L{x:.1f} {y:.1f}" for x, y in places)
    bars = "".join(_draw_bar(plot, x, point) for (x, _), point in zip(places, line.points, strict=True))
    markers = "".join(_draw_marker(line, x, y, point.is_extrapolated)
                      for (x, y), point in zip(places, line.points, strict=True))  # fmt: skip
    beside = plot.x(line.points[-1].time_years, plot.count - 1) + 8
    letter = _write(beside, letter_at + 4, line.letter, "start")
    return (
        f'<path d="M{plot.x(0.0):.1f} {plot.y(0.0):.1f}{way}" {_stroke(line)}/>'
        f'<path d="{bars}" stroke="{_colour(line)}" stroke-width="1.1" fill="none"/>{markers}'
        f'<g fill="{_colour(line)}" font-weight="bold">{letter}</g>'
    )


def _draw_bar(plot: _Plot, x: float, point: Point) -> str:
    low, high = plot.y(point.low), plot.y(point.high)
    return f"M{x:.1f} {low:.1f}V{high:.1f}m-3 0h6M{x - 3:.1f} {low:.1f}h6"


def _draw_marker(line: Line, x: float, y: float, is_hollow: bool) -> str:
    fill = "#ffffff" if is_hollow else _colour(line)
    return (f'<path transform="translate({x:.1f} {y:.1f})" d="{_MARKERS[line.place % len(_MARKERS)]}" '
            f'fill="{fill}" stroke="{_colour(line)}" stroke-width="1.4"/>')  # fmt: skip


def _place_letters(plot: _Plot, lines: tuple[Line, ...]) -> dict[int, float]:
    """The height of each letter at the end of its line, apart from those of lines that end at one time."""
    found: dict[int, float] = {}
    for time in {line.points[-1].time_years for line in lines}:
        ended = [line for line in lines if line.points[-1].time_years == time]
        below = math.inf
        for line in sorted(ended, key=lambda line: line.points[-1].estimate):
            below = found[line.place] = min(plot.y(line.points[-1].estimate), below - _APART)
        over = max(0.0, _TOP - below)
        found |= {line.place: found[line.place] + over for line in ended}
    return found


def _colour(line: Line) -> str:
    return COLOURS[line.place % len(COLOURS)]


def _stroke(line: Line) -> str:
    dashes = ' stroke-dasharray="5 3"' if line.is_extrapolated else ""
    return f'stroke="{_colour(line)}" stroke-width="1.6" fill="none"{dashes}'


def _write(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
