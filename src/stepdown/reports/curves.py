"""How does a risk grow over the years? One line an option, of the numbers that the page prints.

`find_curve` gathers the numbers; `reports.curve_drawing` draws them as SVG.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepdown.decisions.answer import Option, Risk
from stepdown.reports.comparison import find_known
from stepdown.reports.rounding import round_per_100, show_risk
from stepdown.reports.wording import name_time


@dataclass(frozen=True)
class Point:
    """One number of 100 with its 95 % interval at one time, in years, and the words it is printed in."""

    time_years: float
    estimate: float
    low: float
    high: float
    words: str
    is_extrapolated: bool


@dataclass(frozen=True)
class Line:
    """One option: its place among all, which gives colour and marker; its letter and name; its points."""

    place: int
    letter: str
    name: str
    points: tuple[Point, ...]

    @property
    def is_extrapolated(self) -> bool:
        """Whether any of its numbers is."""
        return any(point.is_extrapolated for point in self.points)


@dataclass(frozen=True)
class CurveWords:
    """What a picture of curves says: its title, its axes, and a sentence for a number.

    ``tell`` is given the slots ``option``, ``time`` and ``shown``.
    """

    title: str
    years: str
    of_100: str
    tell: Callable[..., str]


@dataclass(frozen=True)
class Curve:
    """The lines of one outcome, and what a screen reader says of them."""

    lines: tuple[Line, ...]
    words: CurveWords
    description: str


def find_curve(
    options: Sequence[Option], outcome: str, names: Sequence[tuple[str, str]], words: CurveWords
) -> Curve | None:
    """The curve of one outcome; None where no option has it at two times or more.

    ``names`` are a letter (or number) and a name for each option.
    """
    drawn = [
        Line(place, letter, name, tuple(map(_to_point, find_known(option, outcome))))
        for place, (option, (letter, name)) in enumerate(zip(options, names, strict=True))
    ]
    lines = tuple(line for line in drawn if line.points)
    if not any(len(line.points) > 1 for line in lines):
        return None
    told = [
        words.tell(option=f"{line.letter}. {line.name}", time=name_time(point.time_years), shown=point.words)
        for line in lines for point in line.points
    ]  # fmt: skip
    return Curve(lines, words, " ".join(told))


def _to_point(risk: Risk) -> Point:
    numbers, shown = round_per_100(risk), show_risk(risk)
    if numbers is None or shown is None:
        raise ValueError("only a risk that has a number is drawn")
    return Point(risk.time_years, words=shown.words, is_extrapolated=risk.status == "extrapolated", **numbers)
