"""Is the engine right where the truth is known? Bias always; coverage and the naive way in the long run."""

from __future__ import annotations

import numpy as np
import pytest

from validation.cohort_truth import Estimate, estimate_once, find_truth

#: Half a point of 100, and two Monte Carlo errors of the mean beside it.
LARGEST_BIAS = 0.005


def is_unbiased(errors: np.ndarray) -> bool:
    return bool(abs(errors.mean()) < LARGEST_BIAS + 2 * errors.std(ddof=1) / np.sqrt(len(errors)))


def test_twenty_registries_have_no_bias_beyond_chance() -> None:
    truth = find_truth()
    errors = np.array([estimate_once(seed).weighted for seed in range(100, 120)]) - truth.difference
    assert is_unbiased(errors), errors.mean()


@pytest.mark.validate
def test_a_thousand_registries_bias_coverage_and_the_naive_analysis() -> None:
    truth = find_truth(400_000)
    found = [estimate_once(seed) for seed in range(1000, 2000)]
    assert is_unbiased(np.array([each.weighted for each in found]) - truth.difference)
    assert np.mean([_covers(each, truth.difference) for each in found]) >= 0.93
    crude = np.array([each.crude for each in found]) - truth.difference
    assert not is_unbiased(crude)


def _covers(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high
