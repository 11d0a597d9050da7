"""The Cox model against R's coxph (survival 3.5-3) on invented people, and on data without an answer."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import (
    CoxFit,
    FollowUpError,
    estimate_survival,
    fit_cox,
    predict_log_hazard,
    predict_survival,
)

ALL, FIRST = read_rows(), read_rows(one_row_a_person=True)


def fit_plain(ties: str) -> CoxFit:
    """coxph(Surv(time, event) ~ group + age, ties = ties)"""
    return fit_cox(FIRST.time, FIRST.event, {"stop": FIRST.group == "stop", "age": FIRST.age}, ties=ties)


def fit_persons(ties: str) -> CoxFit:
    """coxph(Surv(entry, time, event) ~ group + age, weights = weight, cluster = person, ties = ties)"""
    return fit_cox(ALL.time, ALL.event, {"stop": ALL.group == "stop", "age": ALL.age}, entry=ALL.entry,
                   weights=ALL.weight, cluster=ALL.person, ties=ties)


def fit_strata() -> CoxFit:
    """coxph(Surv(entry, time, event) ~ age + dose + strata(clinic), weights = weight, cluster = 1:15)"""
    return fit_cox(ALL.time, ALL.event, {"age": ALL.age, "dose": ALL.dose}, entry=ALL.entry,
                   weights=ALL.weight, strata=ALL.clinic)


@pytest.mark.parametrize(("ties", "coefficients", "variance", "log_likelihoods", "score", "wald"), [
    ("efron", [-0.3109378303325921, 0.0409296344485233], [0.5925076940766932, 0.00145526622997068],
     [-18.863284399009487, -18.209855113564981], 1.256280658271319, 1.203185868199113),
    ("breslow", [-0.2764194600758924, 0.0406766831149751], [0.5890435533727512, 0.00146466540771653],
     [-19.097477786510282, -18.450920506430567], 1.254623201095459, 1.201964298934911)])
def test_both_ways_with_ties_are_those_of_r(ties: str, coefficients: list[float], variance: list[float],
                                            log_likelihoods: list[float], score: float, wald: float) -> None:
    fit = fit_plain(ties)
    assert fit.coefficients == pytest.approx(coefficients, rel=1e-9)
    assert np.diag(fit.covariance) == pytest.approx(variance, rel=1e-9)
    assert [fit.log_likelihood_null, fit.log_likelihood] == pytest.approx(log_likelihoods, rel=1e-12)
    assert (fit.score_test.value, fit.wald_test.value) == pytest.approx((score, wald), rel=1e-9)
    assert fit.iterations == 4 and fit.warnings == ()


@pytest.mark.parametrize(("ties", "coefficients", "robust", "model", "score"), [
    ("efron", [-0.2269050770563446, 0.0446108848406461], [0.4739679372426277, 0.000827075026333295],
     [0.5036322737337020, 0.00118951042540697], 3.0022368718671468),
    ("breslow", [-0.202305848071740, 0.044338868589734], [0.4566334492646273, 0.000826814305040996],
     [0.5003058198934975, 0.00119325645276805], 2.9578876359604007)])
def test_weights_late_entry_and_several_rows_a_person_are_those_of_r(
        ties: str, coefficients: list[float], robust: list[float], model: list[float], score: float) -> None:
    fit = fit_persons(ties)
    assert fit.coefficients == pytest.approx(coefficients, rel=1e-9)
    assert np.diag(fit.covariance) == pytest.approx(robust, rel=1e-9)
    assert np.diag(fit.model_covariance) == pytest.approx(model, rel=1e-9)
    assert fit.robust_score_test is not None
    assert fit.robust_score_test.value == pytest.approx(score, rel=1e-9)


def test_strata_are_those_of_r() -> None:
    fit = fit_strata()
    assert fit.coefficients == pytest.approx([0.0647233022986327, -0.4730167244885670], rel=1e-9)
    assert fit.covariance == pytest.approx(np.array([
        [0.00100791369652163, -0.00402298689216184], [-0.00402298689216184, 0.08813811235486435]]), rel=1e-9)
    assert fit.log_likelihood == pytest.approx(-15.114883727569868, rel=1e-12)
    assert fit.wald_test.value == pytest.approx(4.795602587890883, rel=1e-9)


def test_baseline_hazards_are_those_of_r() -> None:
    """basehaz(fit, centered = FALSE)"""
    assert fit_plain("efron").baseline[0].cumulative_hazard[[1, 8]] == pytest.approx(
        [0.0279264309729185, 0.3981260866822941], rel=1e-9)
    north, south = fit_strata().baseline
    assert (north.stratum, south.stratum) == ("north", "south")
    assert north.cumulative_hazard[-1] == pytest.approx(0.3257503134064622, rel=1e-9)
    assert south.time.tolist() == [3, 7, 8, 11, 12]
    assert south.cumulative_hazard[-1] == pytest.approx(0.2399343053579173, rel=1e-9)


def test_predictions_and_residuals_are_those_of_r() -> None:
    """survfit(fit, newdata = data.frame(group = "stop", age = 40)) and resid(fit)"""
    fit = fit_plain("efron")
    survival, error = predict_survival(fit, [1, 40], [8, 12, 13])
    assert survival[0, :2] == pytest.approx([0.595154554903732, 0.223198469462134], rel=1e-9)
    assert error[0, :2] == pytest.approx([0.220504702608735, 0.209552271810040], rel=1e-9)
    assert np.isnan(survival[0, 2])
    assert fit.martingale[[0, 2, 13]] == pytest.approx(
        [0.87033063768241337, 0.85873170250788589, -0.03758335743659003], rel=1e-9)


def test_a_small_sample_widens_the_robust_error_as_svycoxph_does() -> None:
    plain = fit_cox(FIRST.time, FIRST.event, FIRST.age, weights=FIRST.weight)
    wider = fit_cox(FIRST.time, FIRST.event, FIRST.age, weights=FIRST.weight, small_sample=True)
    assert wider.covariance == pytest.approx(plain.covariance * 14 / 13)


def test_a_row_cut_in_two_changes_nothing() -> None:
    half = FIRST.time / 2
    cut = fit_cox(np.concatenate([half, FIRST.time]), np.concatenate([0 * FIRST.event, FIRST.event]),
                  np.tile(FIRST.age, 2), entry=np.concatenate([0 * half, half]),
                  cluster=np.tile(FIRST.person, 2))
    whole = fit_cox(FIRST.time, FIRST.event, FIRST.age, robust=True)
    assert cut.coefficients == pytest.approx(whole.coefficients, rel=1e-10)
    assert cut.standard_errors == pytest.approx(whole.standard_errors, rel=1e-10)


def test_no_events_give_no_ratio_and_no_sign_of_likeness() -> None:
    fit = fit_cox([1, 2, 3], [0, 0, 0], {"age": [1, 2, 3]})
    assert np.isnan(fit.hazard_ratios).all() and np.isnan(fit.p_values).all()
    assert "does not show that there is no difference" in fit.warnings[0]


def test_a_constant_and_a_redundant_covariate_are_left_out_by_name() -> None:
    age = FIRST.age
    fit = fit_cox(FIRST.time, FIRST.event, {"one": 0 * age + 3, "age": age, "twice": 2 * age + 1})
    assert fit.left_out == ("one", "twice")
    assert np.isnan(fit.coefficients[[0, 2]]).all()
    alone = fit_cox(FIRST.time, FIRST.event, age)
    assert fit.coefficients[1] == pytest.approx(alone.coefficients[0], rel=1e-12)
    assert "no hazard ratio can be estimated" in fit.warnings[0]
    assert predict_log_hazard(fit, [[3, 40, 81]]) == pytest.approx([40 * alone.coefficients[0]])


def test_a_covariate_that_separates_has_no_interval_and_says_so() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fit_cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], {
            "sick": [1, 1, 1, 0, 0, 0], "age": [3, 1, 2, 2, 3, 1]})
    assert fit.runaway == ("sick",)
    assert np.isnan(fit.upper[0]) and np.isnan(fit.p_values[0]) and not np.isnan(fit.upper[1])
    assert fit.hazard_ratios[0] > 1000 and "only its direction" in fit.warnings[0]


@pytest.mark.parametrize("time", [[5, 5, 5, 5], [0, 0, 0, 0], [1, 2, 3, 4]])
def test_ties_of_everybody_and_time_nought_have_an_answer(time: list[float]) -> None:
    fit = fit_cox(time, [1, 1, 1, 1], {"age": [1, 4, 2, 3]})
    assert np.isfinite(fit.coefficients).all()


def test_one_person_has_no_ratio() -> None:
    fit = fit_cox([3], [1], {"age": [50]})
    assert fit.left_out == ("age",) and fit.baseline[0].cumulative_hazard.tolist() == [1]


def test_the_rows_of_one_person_have_no_robust_error() -> None:
    """Their influences sum to nought, which is no certainty: not an interval of no width."""
    fit = fit_cox([1, 2, 3, 4], [1, 0, 1, 1], {"age": [2, 3, 1, 2]}, cluster=[7, 7, 7, 7])
    assert np.isnan(fit.standard_errors).all() and np.isnan(fit.p_values).all()
    assert "All rows are of one person" in fit.warnings[0]
    curve = estimate_survival([1, 2, 3], [1, 0, 1], cluster=[7, 7, 7])
    assert np.isnan(curve.standard_error).all() and np.isnan(curve.upper).all()


def test_rows_of_weight_nought_change_nothing() -> None:
    weights = np.where(FIRST.clinic == "north", FIRST.weight, 0)
    north = FIRST.clinic == "north"
    fit = fit_cox(FIRST.time, FIRST.event, FIRST.age, weights=weights)
    alone = fit_cox(FIRST.time[north], FIRST.event[north], FIRST.age[north], weights=FIRST.weight[north])
    assert fit.standard_errors == pytest.approx(alone.standard_errors, rel=1e-12)
    assert np.isnan(fit.martingale[~north]).all() and fit.n_rows == north.sum()


def test_a_covariate_far_from_nought_loses_no_digits() -> None:
    near = fit_cox(FIRST.time, FIRST.event, FIRST.age)
    far = fit_cox(FIRST.time, FIRST.event, FIRST.age + 1e6)
    assert far.coefficients == pytest.approx(near.coefficients, rel=1e-8)


@pytest.mark.parametrize(("covariates", "options", "sentence"), [
    ({"age": [1, np.nan, 3]}, {}, "age in row 1, counting from 0, is missing"), ({}, {}, "name at least one"),
    ({"age": [1, 2]}, {}, "age has 2 rows"), (np.zeros((3, 1, 1)), {}, "rows by covariates"),
    ([1, 2, 3], {"ties": "exact"}, "efron, breslow"), ({"age": ["a", "b", "c"]}, {}, "not a number"),
    ([1, 2, 3], {"strata": ["a", None, "b"]}, "strata in row 1")])
def test_what_cannot_be_fitted_is_refused_in_one_sentence(
        covariates: object, options: dict[str, object], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        fit_cox([1, 2, 3], [1, 0, 1], covariates, **options)  # type: ignore[arg-type]


def test_a_prediction_needs_a_known_stratum_and_all_covariates() -> None:
    fit = fit_strata()
    with pytest.raises(FollowUpError, match="north, south"):
        predict_survival(fit, [[40, 2]], [5])
    with pytest.raises(FollowUpError, match="2"):
        predict_survival(fit, [[40]], [5], stratum="north")
    assert predict_survival(fit, [[40, 2]], [0], stratum="south")[0].tolist() == [[1]]
    with pytest.raises(FollowUpError, match="age, dose"):
        fit.place("sex")
    assert fit.place("dose") == 1
