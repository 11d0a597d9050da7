"""Charts of drift: by hand, beside an integral equation, and by how often they give a false alarm."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stepdown.cohorts.audit.drift import Series, draw_chart, find_heights, find_limit, simulate_highest
from stepdown.cohorts.audit.rules import read_rules

GAIN = math.log(2)


def test_heights_are_those_worked_out_by_hand() -> None:
    """For twice the hazard: log 2 up at an event, one down for each expected event, never below nought."""
    heights = find_heights(np.array([[1, 0, 2]]), np.array([[0.1, 1.5, 1.6]]), 2.0)[0]
    expected = [[0, GAIN], [0, 0], [0, 2 * GAIN]]
    assert heights == pytest.approx(np.array(expected))


def test_a_chart_for_fewer_events_rises_while_nothing_happens() -> None:
    heights = find_heights(np.array([[0, 1, 0]]), np.array([[1.0, 3.0, 4.0]]), 0.5)[0]
    assert heights == pytest.approx(np.array([[0.5, 0.5], [1.5, 1.5 - GAIN], [2 - GAIN, 2 - GAIN]]))


def test_a_signal_is_dated_with_the_day_since_when_it_rose() -> None:
    observed = np.zeros(400, dtype=np.int64)
    observed[300:340] = 1
    chart = draw_chart(Series(1000, observed, np.full(400, 0.05)), 2.0, 0.025, read_rules())
    assert chart.signal_day is not None and chart.since_day == 1300
    assert 1300 < chart.signal_day < 1340


@pytest.mark.parametrize("ratio", [2.0, 0.5])
@pytest.mark.parametrize("expected", [15.0, 120.0])
def test_false_alarms_come_as_often_as_is_said(ratio: float, expected: float) -> None:
    limit = find_limit(ratio, expected, 0.05, 3000, 1)
    alarms = (simulate_highest(ratio, expected, 3000, 2) > limit).mean()
    assert alarms == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 1500))


def test_a_long_span_has_the_limit_of_its_parts() -> None:
    """Simulated as a whole, 3 spans of 1,000 expected events pass the limit as often as is said."""
    limit = find_limit(2.0, 3000.0, 0.25, 500, 1)
    alarms = (simulate_highest(2.0, 3000.0, 200, 2) > limit).mean()
    assert alarms == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / 200))


def run_length(height: float, ratio: float, grid: int = 2000) -> float:
    """Expected events until a chart for more first passes a height, from the equation of its process.

    With L(z) the expected clock from height z: L'(z) = (1 + L(z + log ratio) - L(z)) / (ratio - 1), L is 0
    above the height, and L(0) = 1 + L(log ratio). All is linear in L just under the height, so two give
    it (for such equations Dvoretzky, Kiefer and Wolfowitz, Ann Math Stat 1953;24:254).
    """
    step, gain, places = height / grid, math.log(ratio), np.arange(grid + 1)

    def read(values: np.ndarray, z: float) -> float:
        return 0.0 if z > height else float(np.interp(z / step, places, values))

    def solve(top: float) -> np.ndarray:
        values = np.zeros(grid + 1)
        values[grid] = top
        for place in range(grid, 0, -1):
            slope = (1 + read(values, place * step + gain) - values[place]) / (ratio - 1)
            values[place - 1] = values[place] - step * slope
        return values

    def miss(values: np.ndarray) -> float:
        return float(values[0]) - 1 - read(values, gain)

    zero, one = (miss(solve(top)) for top in (0.0, 1.0))
    return float(solve(-zero / (one - zero))[0])


def test_simulated_charts_run_as_long_as_their_equation_says() -> None:
    """Long after the start alarms come at a constant rate, one in each mean run length."""
    height, runs = 2.0, 3000
    mean = run_length(height, 2.0)
    survived = [(simulate_highest(2.0, span, runs, 3) <= height).mean() for span in (mean, 2 * mean)]
    assert math.log(survived[0] / survived[1]) == pytest.approx(1.0, abs=0.15)
