"""The pictures of an answer for the clinician: an icon array for each number of a column, and the curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from stepdown.decisions.answer import Option
from stepdown.reports.comparison import Column, choose_columns, find_cell
from stepdown.reports.curves import Curve, CurveWords, find_curve
from stepdown.reports.rounding import Shown
from stepdown.reports.wording import capitalise, name_option, name_time, name_word, say


@dataclass(frozen=True)
class OptionPicture:
    """One option: its number of 100 as shown, None where it is unknown, and what a screen reader says."""

    place: int
    name: str
    shown: Shown | None
    mark: str
    alt: str


@dataclass(frozen=True)
class PictureGroup:
    """One outcome at one time for every option, and its curve where any option has two times."""

    outcome: str
    title: str
    options: tuple[OptionPicture, ...]
    curve: Curve | None


def draw_pictures(options: tuple[Option, ...]) -> tuple[PictureGroup, ...]:
    """A group for each column of the comparison in which an option has a number."""
    columns = choose_columns(options)
    known = [column for column in columns if any(find_cell(option, column).shown for option in options)]
    return tuple(_draw_group(options, column) for column in known)


def _draw_group(options: tuple[Option, ...], column: Column) -> PictureGroup:
    within = say("page.within", time=name_time(column.time_years))
    title = f"{capitalise(name_word('outcome', column.outcome))} {within}"
    drawn = tuple(_draw_option(place + 1, option, column) for place, option in enumerate(options))
    return PictureGroup(column.outcome, title, drawn, _find_curve(options, column.outcome))


def _draw_option(place: int, option: Option, column: Column) -> OptionPicture:
    cell, name = find_cell(option, column), name_option(option)
    if cell.shown is None or cell.risk is None:
        return OptionPicture(place, name, None, "", "")
    mark = say("page.extrapolated") if cell.risk.status == "extrapolated" else ""
    alt = say("page.icons_alt", option=name, shown=cell.shown.words, filled=cell.shown.icons)
    return OptionPicture(place, name, cell.shown, mark, alt)


def _find_curve(options: tuple[Option, ...], outcome: str) -> Curve | None:
    """The curve of one outcome; None where no option has two times."""
    title = say("curve.title", outcome=capitalise(name_word("outcome", outcome)))
    words = CurveWords(title, say("page.years"), say("forest.axis"), partial(say, "curve.told"))
    names = [(str(place + 1), name_option(option)) for place, option in enumerate(options)]
    return find_curve(options, outcome, names, words)
