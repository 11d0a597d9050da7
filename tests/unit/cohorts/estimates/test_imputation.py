"""Rubin's rules against R's mice 3.15, imputation against a truth that was put in, and marked gaps."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.cohorts.estimates import combine_imputations, impute_covariates, mark_missing
from stepdown.cohorts.survival import FollowUpError

VALUES, ERRORS = [0.31, 0.42, 0.25, 0.38, 0.29], [0.15, 0.16, 0.14, 0.15, 0.17]


def test_rubins_rules_are_those_of_mice() -> None:
    """mice::pool.scalar(q, u, n = 100, k = 1) and its interval"""
    found = combine_imputations(VALUES, ERRORS, complete=99)
    assert (found.value, found.standard_error**2) == pytest.approx((0.33, 0.02952), rel=1e-12)
    assert found.degrees_of_freedom == pytest.approx(45.270637531703841, rel=1e-9)
    assert found.fraction_missing == pytest.approx(0.226522201222885, rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx((-0.0159937729631994, 0.6759937729631994), rel=1e-8)


def test_without_a_limit_the_degrees_of_freedom_are_rubins() -> None:
    """mice::pool.scalar(q, u)"""
    found = combine_imputations(VALUES, ERRORS)
    assert found.degrees_of_freedom == pytest.approx(107.285983379501431, rel=1e-9)
    assert found.fraction_missing == pytest.approx(0.207722488412218, rel=1e-9)


def test_imputations_that_agree_are_one_estimate() -> None:
    found = combine_imputations([0.3, 0.3], [0.1, 0.1])
    assert found.fraction_missing == 0 and found.standard_error == pytest.approx(0.1)
    assert found.upper == pytest.approx(0.3 + 1.959963984540054 * 0.1, rel=1e-6)


@pytest.mark.parametrize(("values", "errors", "sentence"), [
    ([0.3], [0.1], "two or more"), ([0.3, np.nan], [0.1, 0.1], "cannot be combined"),
    ([1, 2], [1], "two or more")])
def test_what_cannot_be_combined_is_refused(values: list[float], errors: list[float], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        combine_imputations(values, errors)


def test_imputing_recovers_a_slope_that_complete_cases_get_wrong() -> None:
    """y = x + z; x is missing more often when y is large, so that those complete are a biased part."""
    random = np.random.default_rng(11)
    x, z = random.normal(size=(2, 3000))
    y = x + z + random.normal(size=3000) * 0.5
    gaps = random.random(3000) < np.where(y > 0, 0.7, 0.1)
    seen = {"x": np.where(gaps, np.nan, x), "z": z, "y": y}
    filled = impute_covariates(seen, imputations=5, rounds=3, seed=2)
    means = [one["x"].mean() for one in filled]
    assert np.mean(means) == pytest.approx(x.mean(), abs=0.04)
    assert abs(x[~gaps].mean() - x.mean()) > 0.2
    slopes = [np.linalg.lstsq(np.column_stack([one["x"], z]), y, rcond=None)[0] for one in filled]
    assert np.mean(slopes, axis=0) == pytest.approx([1, 1], abs=0.05)


def test_imputing_keeps_what_is_known_draws_known_values_and_repeats_itself() -> None:
    edss = np.array([1, 2, np.nan, 3.5, np.nan, 6, 2, 1.5])
    sex = np.array([0, 1, 1, np.nan, 0, 0, 1, 1])
    first, again = (impute_covariates({"edss": edss, "sex": sex}, imputations=3, seed=9) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert one["edss"].tolist() == other["edss"].tolist()
        assert one["edss"][[0, 7]].tolist() == [1, 1.5]
        assert set(one["sex"]) <= {0, 1} and set(one["edss"]) <= {1, 1.5, 2, 3.5, 6}


def test_a_constant_covariate_does_not_stop_imputing() -> None:
    filled = impute_covariates({"edss": [1, np.nan, 3, 2], "centre": [4, 4, 4, 4]}, imputations=2, seed=1)
    assert all(one["edss"][1] in (1, 2, 3) for one in filled)


def test_gaps_are_marked_and_filled_with_the_mean_of_those_known() -> None:
    found = mark_missing({"edss": [1, np.nan, 4], "age": [30, 40, 50]})
    assert list(found) == ["edss", "edss_missing", "age"]
    assert found["edss"].tolist() == [1, 2.5, 4] and found["edss_missing"].tolist() == [0, 1, 0]


def test_a_covariate_missing_everywhere_cannot_be_filled() -> None:
    with pytest.raises(FollowUpError, match="edss is missing in every row"):
        impute_covariates({"edss": [np.nan, np.nan]})
    with pytest.raises(FollowUpError, match="leave it out"):
        mark_missing({"edss": [np.nan, np.nan]})
    with pytest.raises(FollowUpError, match="same length"):
        mark_missing({"edss": [1, 2], "age": [1]})
