"""Effect sizes by hand, and refusals by name; the full table stands against metafor elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stepdown.evidence.meta import effect_sizes as sizes
from stepdown.evidence.meta.refusals import ReportError, UnknownChoice


def test_an_empty_cell_gets_a_half_and_a_full_table_does_not() -> None:
    """By hand: 0.5 of 11 against 10.5, then 3 against 7."""
    effects = sizes.from_one_arm_counts("PLO", [0, 3], [10, 10])
    assert effects.y == pytest.approx([math.log(0.5 / 10.5), math.log(3 / 7)])
    assert effects.v == pytest.approx([1 / 0.5 + 1 / 10.5, 1 / 3 + 1 / 7])


def test_a_difference_of_rates_by_hand() -> None:
    """10 / 100 - 5 / 200 with variance 10 / 100^2 + 5 / 200^2."""
    effects = sizes.from_two_arm_rates("IRD", [10], [100], [5], [200])
    assert (effects.y[0], effects.v[0]) == (pytest.approx(0.075), pytest.approx(0.001 + 0.000125))


def test_peto_adds_a_half_to_empty_cells_as_other_ratios_do() -> None:
    """0.5 of 11 against 0.5 of 11: as expected; the variance is 121 * 1 * 21 / (22^2 * 21)."""
    effects = sizes.from_two_arm_counts("PETO", [0], [10], [0], [10])
    assert (effects.y[0], effects.v[0]) == (pytest.approx(0.0), pytest.approx(4.0))


def test_peto_of_the_counts_as_they_are_says_nothing_of_a_study_without_events() -> None:
    columns = ([0.0, 2.0], [10.0, 20.0], [0.0, 5.0], [10.0, 20.0])
    effects = sizes.to_peto(*(np.array(column) for column in columns))
    assert list(effects.usable) == [False, True]


@pytest.mark.parametrize("measure", ["PFT", "PAS", "proportion"])
def test_measures_that_are_not_offered_are_refused_with_those_that_are(measure: str) -> None:
    with pytest.raises(UnknownChoice, match="PR, PLN, PLO"):
        sizes.from_one_arm_counts(measure, [1], [10])


@pytest.mark.parametrize(("events", "n"), [([11], [10]), ([-1], [10]), ([1], [0])])
def test_impossible_counts_are_refused(events: list[int], n: list[int]) -> None:
    with pytest.raises(ReportError, match="study 1"):
        sizes.from_one_arm_counts("PR", events, n)


def test_impossible_rates_and_means_are_refused() -> None:
    with pytest.raises(ReportError, match="study 2"):
        sizes.from_one_arm_rates("IR", [1, 2], [10, 0])
    with pytest.raises(ReportError, match="standard deviations"):
        sizes.from_means("MD", [1], [0], [10], [2], [1], [10])
