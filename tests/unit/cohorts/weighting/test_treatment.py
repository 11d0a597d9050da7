"""Propensity scores, treatment weights and balance against R's glm (validation/survival/weighting.R)."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import FollowUpError
from stepdown.cohorts.weighting import (
    check_overlap,
    find_effective_size,
    find_treatment_weights,
    fit_logistic,
    measure_balance,
    measure_balance_within,
)

ROWS = read_rows(one_row_a_person=True)
STOPPED = ROWS.group == "stop"
COVARIATES = {"age": ROWS.age, "dose": ROWS.dose}
SCORE = fit_logistic(STOPPED, COVARIATES).probabilities


def test_the_logistic_model_is_that_of_r() -> None:
    """glm(stop ~ age + dose, binomial)"""
    fit = fit_logistic(STOPPED, COVARIATES)
    assert fit.coefficients == pytest.approx(
        [-3.614787709515016, 0.105797210108701, -0.544229211624302], rel=1e-8)
    assert fit.standard_errors == pytest.approx(
        [2.8798457405066089, 0.0715545921368156, 0.6472515888095572], rel=1e-6)
    assert fit.deviance == pytest.approx(16.6247399887044, rel=1e-12)
    assert fit.has_converged and fit.ridge == 0 and fit.warnings == ()


def test_case_weights_are_those_of_r() -> None:
    """glm(stop ~ age, binomial, weights = weight)"""
    fit = fit_logistic(STOPPED, {"age": ROWS.age}, weights=ROWS.weight)
    assert fit.coefficients == pytest.approx([-3.0334733912295571, 0.0679168543443782], rel=1e-8)


@pytest.mark.parametrize(("estimand", "weights", "sizes", "difference"), [
    ("ate", [4.02267133696420, 1.29035795359670], [6.27266333821538, 5.54227173396014], 0.0823720676263605),
    ("att", [1, 1], [4.54313880615933, 7], 0.421136700593278),
    ("overlap", [0.751408972736343, 0.225021245296600], [5.98130897934318, 5.44861339061152], 0)])
def test_weights_sizes_and_differences_are_those_of_r(
        estimand: str, weights: list[float], sizes: list[float], difference: float) -> None:
    found = find_treatment_weights(STOPPED, SCORE, estimand)
    balance = measure_balance(STOPPED, COVARIATES, found.weights)
    assert found.weights[[0, 1]] == pytest.approx(weights, rel=1e-8)
    assert found.effective_sizes == balance.effective_sizes == pytest.approx(sizes, rel=1e-8)
    assert balance.covariates[0].difference_after == pytest.approx(difference, rel=1e-7, abs=1e-10)


def test_variance_ratios_are_those_of_r() -> None:
    """cov.wt with weights that sum to one, as cobalt computes them"""
    weights = find_treatment_weights(STOPPED, SCORE).weights
    line = measure_balance(STOPPED, COVARIATES, weights).covariates[0]
    assert line.variance_ratio_before == pytest.approx(2.28348909657321, rel=1e-12)
    assert line.variance_ratio_after == pytest.approx(3.10164741936771, rel=1e-7)


def test_stabilised_weights_are_the_others_times_the_share_of_the_group() -> None:
    plain, stable = (find_treatment_weights(STOPPED, SCORE, name).weights
                     for name in ("ate", "ate-stabilised"))
    assert stable / plain == pytest.approx(np.where(STOPPED, STOPPED.mean(), 1 - STOPPED.mean()))


def test_atc_is_att_with_the_groups_changed() -> None:
    atc = find_treatment_weights(STOPPED, SCORE, "atc").weights
    assert atc == pytest.approx(find_treatment_weights(~STOPPED, 1 - SCORE, "att").weights)


def test_trimming_leaves_rows_out_and_truncating_cuts_weights() -> None:
    trimmed = find_treatment_weights(STOPPED, SCORE, trim=(0.2, 0.8))
    assert trimmed.trimmed.tolist() == ((SCORE < 0.2) | (SCORE > 0.8)).tolist()
    assert (trimmed.weights == 0).tolist() == trimmed.trimmed.tolist()
    cut = find_treatment_weights(STOPPED, SCORE, truncate=(0.0, 0.8))
    assert cut.bounds is not None and cut.weights.max() == pytest.approx(cut.bounds[1])
    assert cut.truncated == 3


def test_perfect_separation_is_answered_with_a_ridge_and_said() -> None:
    fit = fit_logistic([0, 0, 0, 1, 1, 1], {"edss": [1, 1.5, 2, 4, 5, 6]})
    assert fit.ridge == 1 and "ridge penalty of 1" in fit.warnings[0]
    assert 0.01 < fit.probabilities.min() < fit.probabilities.max() < 0.99
    overlap = check_overlap([0, 0, 0, 1, 1, 1], fit.probabilities, np.ones(6))
    assert "cannot be compared" in overlap.warnings[0]


def test_constant_and_redundant_covariates_are_left_out_by_name() -> None:
    fit = fit_logistic(STOPPED, {"one": np.ones(14), "age": ROWS.age, "months": 12 * ROWS.age})
    assert fit.left_out == ("one", "months") and np.isnan(fit.coefficients[[1, 3]]).all()
    assert fit.probabilities == pytest.approx(fit_logistic(STOPPED, {"age": ROWS.age}).probabilities)


def test_balance_within_subgroups_is_that_of_the_subgroup_alone() -> None:
    weights = find_treatment_weights(STOPPED, SCORE).weights
    found = measure_balance_within(ROWS.clinic, STOPPED, COVARIATES, weights)
    south = ROWS.clinic == "south"
    alone = measure_balance(STOPPED[south], {"age": ROWS.age[south]}, weights[south])
    assert found["south"] is not None
    assert found["south"].covariates[0].difference_after == alone.covariates[0].difference_after
    none = measure_balance_within(ROWS.group, STOPPED, COVARIATES, weights)
    assert none == {"continue": None, "stop": None}


def test_a_covariate_that_is_the_same_in_each_group_has_no_known_distance() -> None:
    balance = measure_balance([0, 0, 1, 1], {"sex": [0, 0, 1, 1], "centre": [3, 3, 3, 3]}, np.ones(4))
    assert np.isnan(balance.covariates[0].difference_after)
    assert balance.covariates[1].difference_after == 0
    assert np.isnan(balance.covariates[1].variance_ratio_after)
    assert np.isnan(balance.largest_difference)


def test_scores_near_certainty_and_heavy_weights_are_said() -> None:
    treated = np.arange(40) % 2
    score = np.where(np.arange(40) < 10, 0.01, 0.5)
    found = check_overlap(treated, score, find_treatment_weights(treated, score).weights)
    assert found.extreme == (5, 5) and found.common == (0.01, 0.5) and found.outside == (0, 0)
    assert found.largest_weight == pytest.approx(100)
    assert len(found.warnings) == 2
    assert found.quantiles[0].tolist() == found.quantiles[1].tolist()


def test_the_effective_size_of_equal_weights_is_their_number() -> None:
    assert find_effective_size(np.full(7, 0.3)) == pytest.approx(7)
    assert find_effective_size(np.zeros(7)) == 0


@pytest.mark.parametrize(("treated", "score", "options", "sentence"), [
    ([1, 1], [0.5, 0.5], {}, "no two groups"), ([0, 2], [0.5, 0.5], {}, "neither 0 nor 1"),
    ([0, 1], [0.5, 1.5], {}, "no probability"), ([0, 1], [0.5, 0], {}, "infinite weight; trim"),
    ([0, 1], [0.5, 0.5], {"estimand": "atm"}, "overlap"), ([0, 1], [0.5], {}, "score has 1 rows"),
    ([0, 1], [0.5, 0.5], {"trim": (0.9, 0.1)}, "the lower first")])
def test_what_cannot_be_weighed_is_refused_in_one_sentence(
        treated: list[int], score: list[float], options: dict[str, object], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        find_treatment_weights(treated, score, **options)  # type: ignore[arg-type]


def test_one_kind_of_row_cannot_be_told_apart() -> None:
    with pytest.raises(FollowUpError, match="nothing to tell apart"):
        fit_logistic([1, 1], {"age": [3, 4]})
