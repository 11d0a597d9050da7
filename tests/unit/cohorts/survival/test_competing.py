"""Gray's test and the Fine-Gray model against R's cmprsk 2.2-11 on invented people."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import FollowUpError, compare_incidence, compare_survival, fit_fine_gray

ROWS = read_rows(one_row_a_person=True)


@pytest.mark.parametrize(("cause", "chi_square", "p"), [
    (1, 3.89041771138427, 0.0485623440056031), (2, 3.19538563151863, 0.0738463518646768)])
def test_grays_test_is_that_of_cmprsk(cause: int, chi_square: float, p: float) -> None:
    """cuminc(time, cause, group)$Tests"""
    found = compare_incidence(ROWS.group, ROWS.time, ROWS.cause, cause=cause)
    assert (found.chi_square, found.p_value) == pytest.approx((chi_square, p), rel=1e-10)
    assert found.degrees_of_freedom == 1 and found.groups == ("continue", "stop")


def test_strata_are_those_of_cmprsk() -> None:
    """cuminc(time, cause, clinic, strata = group)$Tests"""
    found = [compare_incidence(ROWS.clinic, ROWS.time, ROWS.cause, cause=k, strata=ROWS.group)
             for k in (1, 2)]
    assert [test.chi_square for test in found] == pytest.approx(
        [0.364839490778443, 0.440471323991455], rel=1e-10)


def test_three_groups_and_emphasis_on_early_times_are_those_of_cmprsk() -> None:
    """cuminc(time, cause, person %% 3, rho = 1)$Tests"""
    found = [compare_incidence(ROWS.person % 3, ROWS.time, ROWS.cause, cause=k, rho=1) for k in (1, 2)]
    assert [test.chi_square for test in found] == pytest.approx(
        [0.540084686995033, 4.238887518379951], rel=1e-10)
    assert found[0].degrees_of_freedom == 2


def test_a_cause_that_did_not_occur_cannot_be_compared() -> None:
    found = compare_incidence(ROWS.group, ROWS.time, ROWS.cause, cause=3)
    assert np.isnan(found.p_value) and "does not show that they are alike" in found.warnings[0]
    assert np.isnan(compare_incidence(["a", "b"], [1, 2], [0, 0]).p_value)
    with pytest.raises(FollowUpError, match="one label only"):
        compare_incidence(["a", "a"], [1, 2], [1, 0])


def test_without_competing_events_it_compares_as_the_log_rank_test_does() -> None:
    gray = compare_incidence(ROWS.group, ROWS.time, ROWS.event)
    rank = compare_survival(ROWS.group, ROWS.time, ROWS.event)
    assert gray.scores[0] == pytest.approx(rank.observed[0, 0] - rank.expected[0, 0])


def test_the_fine_gray_model_is_that_of_cmprsk() -> None:
    """crr(time, cause, cbind(stop, age), gtol = 1e-12)"""
    fit = fit_fine_gray(ROWS.time, ROWS.cause, {"stop": ROWS.group == "stop", "age": ROWS.age})
    assert fit.coefficients == pytest.approx([1.53893902293330043, 0.00126184090497346], rel=1e-6)
    assert fit.covariance == pytest.approx(np.array([
        [0.524197900398902683, 0.000728481551956938],
        [0.000728481551956938, 0.000725506038728639]]), rel=1e-6)
    assert (fit.log_likelihood, fit.log_likelihood_null) == pytest.approx(
        (-12.7409686066501, -14.6334234377207))
    assert fit.lower[0] < fit.hazard_ratios[0] < fit.upper[0] and fit.warnings == ()


def test_another_cause_is_that_of_cmprsk() -> None:
    """crr(time, cause, age, failcode = 2, gtol = 1e-12)"""
    fit = fit_fine_gray(ROWS.time, ROWS.cause, ROWS.age, cause=2)
    assert fit.coefficients[0] == pytest.approx(0.0314260060806702, rel=1e-7)
    assert fit.standard_errors[0] ** 2 == pytest.approx(0.0010617744002769, rel=1e-7)


def test_what_cannot_be_fitted_says_so() -> None:
    fit = fit_fine_gray(ROWS.time, ROWS.cause, {"one": np.ones(14), "age": ROWS.age})
    assert fit.left_out == ("one",) and np.isnan(fit.coefficients[0]) and "left out" in fit.warnings[0]
    with pytest.raises(FollowUpError, match="event never is 3"):
        fit_fine_gray(ROWS.time, ROWS.cause, ROWS.age, cause=3)
    apart = fit_fine_gray([1, 2, 3, 4], [1, 1, 2, 2], {"sick": [1, 1, 0, 0]})
    assert apart.hazard_ratios[0] > 1e4 and "separate" in apart.warnings[0]
