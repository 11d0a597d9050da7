"""Is the engine right where the truth is known? Bias always; coverage and the naive way in the long run."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "validation" / "cohorts"
#: Half a point of 100, and two Monte Carlo errors of the mean beside it.
LARGEST_BIAS = 0.005
LEAST_COVERAGE = 0.93
#: Over the width of the interval of the estimator that is given the true weights.
WIDEST = 1.25


@pytest.fixture(scope="module")
def registries() -> Any:
    sys.path.insert(0, str(FOLDER))
    return importlib.import_module("registries")


def estimate(registries: Any, seeds: range) -> dict[str, np.ndarray]:
    found = [each for seed in seeds for each in registries.estimate_ten(seed)]
    return {name: np.array([getattr(each, name) for each in found]) for name in vars(found[0])}


def is_unbiased(errors: np.ndarray) -> bool:
    return bool(abs(errors.mean()) < LARGEST_BIAS + 2 * errors.std(ddof=1) / np.sqrt(len(errors)))


def test_twenty_registries_have_no_bias_beyond_chance(registries: Any) -> None:
    truth = registries.find_truth(120_000)
    found = estimate(registries, range(100, 102))
    assert len(found["weighted"]) == 20
    assert is_unbiased(found["weighted"] - truth.difference)


@pytest.mark.validate
def test_a_thousand_registries_bias_coverage_and_the_naive_analysis(registries: Any) -> None:
    truth = registries.find_truth(400_000)
    found = estimate(registries, range(1000, 1100))
    assert is_unbiased(found["weighted"] - truth.difference)
    holds = (found["low"] <= truth.difference) & (truth.difference <= found["high"])
    # A registry in which no interval is given counts as one that does not hold the truth.
    assert holds.mean() >= LEAST_COVERAGE
    widths = [np.nanmedian(found[high] - found[low]) for low, high in (
        ("low", "high"), ("true_low", "true_high"))]
    assert widths[0] <= WIDEST * widths[1]
    assert not is_unbiased(found["crude"] - truth.difference)
