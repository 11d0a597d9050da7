"""The integrals over study effects and their derivatives, against quadrature and finite differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from stepdown.evidence.model.fit import fit_library, to_evidence
from stepdown.evidence.model.integrate import Evidence, _log_student, log_posterior, slope_and_bend


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return to_evidence(fit_library().training)


def one_study(events: list[float], n: list[float]) -> Evidence:
    rows, none = len(events), np.zeros(0)
    return Evidence(
        np.ones((rows, 1)),
        np.zeros(rows),
        np.zeros(rows),
        np.array(events),
        np.array(n),
        np.zeros(rows, dtype=np.intp),
        np.zeros((0, 1)),
        none,
        none,
        np.array([-2.0]),
        np.array([1.0]),
        -0.7,
        0.4,
        4.0,
        0.25,
    )


@pytest.mark.parametrize(
    ("events", "n"), [([3, 1], [131, 128]), ([0], [44]), ([218], [685]), ([28, 20], [43, 43])]
)
def test_the_effect_of_a_study_is_integrated_out(events: list[float], n: list[float]) -> None:
    """The difference between two points, against adaptive quadrature of the same density."""
    evidence = one_study(events, n)
    power = evidence.likelihood.power

    def by_quadrature(level: float, log_spread: float) -> float:
        def density(u: float) -> float:
            hazard = np.exp(level + u)
            count = evidence.events * np.log(-np.expm1(-hazard)) - (evidence.n - evidence.events) * hazard
            tail = (1 + u**2 / (4 * np.exp(2 * log_spread))) ** -2.5 / np.exp(log_spread)
            return float(np.exp((power * count).sum() + 80) * tail)

        peak = float(np.log(max(sum(events), 0.5) / sum(n))) - level
        area = quad(density, -12.2, 12.2, points=sorted({0.0, peak}), limit=400)[0]
        prior = -0.5 * ((level + 2) ** 2 + ((log_spread + 0.7) / 0.4) ** 2)
        return float(np.log(area) + prior)

    points = np.array([[-2.5, -0.7], [-1.5, 0.0]])
    ours = log_posterior(evidence, points)
    assert ours[0] - ours[1] == pytest.approx(by_quadrature(*points[0]) - by_quadrature(*points[1]), abs=2e-3)


def test_the_slope_is_that_of_the_value(evidence: Evidence) -> None:
    point = np.append(evidence.prior_mean, -0.6)
    slope, _ = slope_and_bend(evidence, point)
    steps = np.eye(point.size) * 1e-4
    up, down = log_posterior(evidence, point + steps), log_posterior(evidence, point - steps)
    assert np.allclose(slope, (up - down) / 2e-4, atol=1e-5)


def test_the_bend_is_that_of_the_slope(evidence: Evidence) -> None:
    point = np.append(evidence.prior_mean, -0.6)
    _, bend = slope_and_bend(evidence, point)
    steps = np.eye(point.size) * 1e-4
    found = [
        (slope_and_bend(evidence, point + s)[0] - slope_and_bend(evidence, point - s)[0]) / 2e-4
        for s in steps
    ]
    assert np.allclose(bend, found, atol=1e-4)


def test_an_arm_that_may_stray_counts_like_fewer_people(evidence: Evidence) -> None:
    """218.5 events have a chance error of 1/218.5; with a deviation of 0.25 the power is 0.068."""
    power = one_study([218], [685]).likelihood.power[0]
    assert power == pytest.approx((1 / 218.5) / (1 / 218.5 + 0.0625))
    unsure = replace(evidence, doubt=evidence.doubt + 1.0)
    assert (unsure.likelihood.power < evidence.likelihood.power).all()


def test_a_spread_of_nothing_that_a_search_tries_is_no_error() -> None:
    assert np.isfinite(_log_student(np.array([[-842.0], [0.0]]), 4)).all()
