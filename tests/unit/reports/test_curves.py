"""Which numbers a curve is made of: those that are printed, for every option that has any."""

from __future__ import annotations

from stepdown.reports.comparison import find_known
from stepdown.reports.curves import CurveWords, find_curve
from stepdown.reports.rounding import show_risk
from unit.reports.invented_answers import injectable

WORDS = CurveWords("Relapse over the years", "years", "of 100", "{option}: {shown} within {time}.".format)
OPTIONS = injectable().options
NAMES = [(letter, f"Option <{letter}>") for letter in "ABCDEFGH"[: len(OPTIONS)]]


def test_a_curve_needs_one_option_with_two_times() -> None:
    """Only stopping has relapse at 2 and at 5 years; any activity has one time."""
    assert find_curve(OPTIONS, "relapse", NAMES, WORDS) is not None
    assert find_curve(OPTIONS, "any_activity", NAMES, WORDS) is None


def test_the_points_are_the_numbers_that_are_printed() -> None:
    curve = find_curve(OPTIONS, "relapse", NAMES, WORDS)
    assert curve is not None
    stop = next(line for line in curve.lines if len(line.points) == 2)
    assert [(point.time_years, point.estimate) for point in stop.points] == [(2.0, 2.0), (5.0, 10.0)]
    assert stop.is_extrapolated
    for line in curve.lines:
        shown = [show_risk(risk) for risk in find_known(OPTIONS[line.place], "relapse")]
        assert [point.words for point in line.points] == [each.words for each in shown if each]


def test_a_screen_reader_is_told_every_number_of_every_line() -> None:
    curve = find_curve(OPTIONS, "relapse", NAMES, WORDS)
    assert curve is not None
    for line in curve.lines:
        for point in line.points:
            assert f"{line.letter}. {line.name}: {point.words} within" in curve.description
