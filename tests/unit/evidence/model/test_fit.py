"""The posterior: its draws against a dense grid in a small case, and the peak that Newton finds."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.model.fit import find_posterior, fit_library, fit_training
from stepdown.evidence.model.integrate import Evidence, log_posterior

COUNTS = np.array([[3.0, 131.0], [19.0, 78.0], [40.0, 130.0], [1.0, 178.0]])


def four_studies() -> Evidence:
    none = np.zeros(0)
    return Evidence(
        np.ones((4, 1)),
        np.zeros(4),
        np.zeros(4),
        COUNTS[:, 0],
        COUNTS[:, 1],
        np.arange(4, dtype=np.intp),
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


def test_weighted_draws_agree_with_a_dense_grid() -> None:
    """Mean and deviation of the level and of the log spread, on 200 by 200 points."""
    evidence = four_studies()
    level, log_spread = np.linspace(-6, 2, 200), np.linspace(-2.6, 1.4, 200)
    grid = np.stack(np.meshgrid(level, log_spread, indexing="ij"), axis=-1).reshape(-1, 2)
    height = np.concatenate([log_posterior(evidence, part) for part in np.array_split(grid, 40)])
    share = np.exp(height - height.max())
    share /= share.sum()
    draws, weights = find_posterior(evidence)
    exact, found = share @ grid, weights @ draws
    assert found == pytest.approx(exact, abs=0.06)
    assert np.sqrt(weights @ (draws - found) ** 2) == pytest.approx(
        np.sqrt(share @ (grid - exact) ** 2), rel=0.1
    )


def test_the_same_library_gives_the_same_fit() -> None:
    training = fit_library().training
    assert np.array_equal(fit_training(training, 200).draws, fit_training(training, 200).draws)


def test_the_draws_are_worth_hundreds_of_equal_ones() -> None:
    assert fit_library().effective > 300


def test_the_covariance_is_that_of_the_weighted_draws() -> None:
    fit = fit_library()
    first = fit.draws[:, 0]
    assert fit.covariance[0, 0] == pytest.approx(fit.weights @ (first - fit.weights @ first) ** 2)
