"""Proportions, rates, risks, means and predictors against R (validation/survival/estimates.R)."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.estimates import (
    compare_rates,
    compare_restricted_means,
    describe_leaving,
    describe_leaving_by,
    estimate_proportion,
    estimate_rate,
    estimate_risks,
    estimate_risks_by,
    tabulate_predictors,
)
from stepdown.cohorts.survival import FollowUpError, estimate_incidence, estimate_restricted_mean

ALL, ROWS = read_rows(), read_rows(one_row_a_person=True)
STOPPED = ROWS.group == "stop"


@pytest.mark.parametrize(("events", "lower", "upper"), [
    (0, 0, 0.0860438362940285), (1, 0.000617316893286519, 0.128554020384146317),
    (3, 0.0153514715334167, 0.1992459783766629), (4, 0.0272274667983608, 0.2313145493094612)])
def test_the_exact_interval_of_a_proportion_is_that_of_r(events: int, lower: float, upper: float) -> None:
    """binom.test(events, 41)"""
    found = estimate_proportion(events, 41)
    assert found.value == events / 41
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-10)


def test_the_exact_interval_of_a_rate_is_that_of_r() -> None:
    """poisson.test(3, 52.5); poisson.test(0, 52.5)"""
    found, none = estimate_rate(3, 52.5), estimate_rate(0, 52.5)
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (3 / 52.5, 0.0117842309122972, 0.1669956775189014), rel=1e-10)
    assert (none.value, none.lower, none.upper) == pytest.approx((0, 0, 0.0702643705545511), rel=1e-10)


def test_the_ratio_of_two_rates_is_that_of_r() -> None:
    """poisson.test(c(7, 12), c(60, 55))"""
    found = compare_rates(untreated=estimate_rate(12, 55), treated=estimate_rate(7, 60))
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (7 / 60 / (12 / 55), 0.17836522465569, 1.47311285647682), rel=1e-10)
    assert np.isnan(compare_rates(estimate_rate(0, 5), estimate_rate(0, 5)).value)
    assert compare_rates(estimate_rate(0, 5), estimate_rate(2, 5)).upper == float("inf")


def test_nobody_has_no_proportion_and_impossible_counts_are_refused() -> None:
    nobody = estimate_proportion(0, 0)
    assert np.isnan(nobody.value) and (nobody.lower, nobody.upper) == (0, 1)
    for events, people in ((5, 4), (-1, 4)):
        with pytest.raises(FollowUpError, match="between 0 and"):
            estimate_proportion(events, people)
    with pytest.raises(FollowUpError, match="above 0"):
        estimate_rate(1, 0)


def test_risks_at_a_time_are_those_of_r() -> None:
    """summary(survfit(Surv(time, event) ~ group, conf.type = "log-log"), times = 8)"""
    found = estimate_risks_by(ROWS.group, ROWS.time, ROWS.event, 8)
    left, right = found["continue"][0], found["stop"][0]
    assert (left.value, left.lower, left.upper, left.standard_error) == pytest.approx(
        (0.642857142857143, 0.301286968014951, 0.948023480542501, 0.197930252461947), rel=1e-9)
    assert (right.value, right.lower, right.upper) == pytest.approx(
        (0.5, 0.196290763149943, 0.889051739648562), rel=1e-9)
    assert (right.events, right.how) == (3, "curve")


def test_the_risk_of_one_cause_has_the_error_of_the_whole_curve() -> None:
    """Two ways to the same variance: read at a time, and carried along the curve."""
    options = {"entry": ALL.entry, "weights": ALL.weight, "cluster": ALL.person}
    times = [3, 6, 8, 11.5]
    for cause in (1, 2):
        found = estimate_risks(ALL.time, ALL.cause, times, cause=cause, **options)
        curve = estimate_incidence(ALL.time, ALL.cause, **options).at(times)
        assert [risk.value for risk in found] == pytest.approx(curve.probability[cause - 1])
        assert [risk.standard_error for risk in found] == pytest.approx(curve.standard_error[cause - 1])


def test_no_events_are_not_no_risk() -> None:
    """By hand: none of 41 followed to year 2; the exact upper bound is that of binom.test(0, 41)."""
    risk = estimate_risks(np.full(41, 3.0), np.zeros(41), 2)[0]
    assert (risk.value, risk.how, risk.still_at_risk) == (0, "exact bound", 41)
    assert risk.upper == pytest.approx(0.0860438362940285, rel=1e-10)


def test_a_risk_beyond_follow_up_is_unknown_and_says_why() -> None:
    late, everybody = estimate_risks([1, 2], [1, 0], 5)[0], estimate_risks([1, 2], [1, 1], 5)[0]
    assert np.isnan(late.value) and late.why == "nobody was followed to this time"
    assert everybody.value == 1 and np.isnan(everybody.lower) and everybody.how == "unknown"
    with pytest.raises(FollowUpError, match="negative time"):
        estimate_risks([1, 2], [1, 0], -1)


def test_the_difference_of_restricted_means_is_that_of_r() -> None:
    """summary(survfit(Surv(time, event) ~ group), rmean = 9); the errors of two groups add in squares."""
    found = compare_restricted_means(ROWS.time, ROWS.event, STOPPED, until=9)
    assert (found.untreated, found.treated) == pytest.approx((7.35714285714286, 7.0), rel=1e-12)
    error = np.hypot(0.768242665440364, 0.942809041582063)
    assert found.standard_error == pytest.approx(error, rel=1e-12)
    assert found.difference.upper == pytest.approx(7 - 7.35714285714286 + 1.959963984540054 * error)
    assert found.ratio.lower < found.ratio.value == pytest.approx(7 / 7.35714285714286)


def test_a_mean_of_nought_has_no_ratio_and_an_empty_group_is_refused() -> None:
    found = compare_restricted_means([0, 0, 1, 2], [1, 1, 1, 0], [0, 0, 1, 1], until=2)
    assert found.untreated == 0 and np.isnan(found.ratio.value) and found.difference.value == 1.5
    with pytest.raises(FollowUpError, match="weigh nothing"):
        compare_restricted_means([1, 2], [1, 1], [0, 1], until=2, weights=[1, 0])


def test_people_with_rows_in_both_groups_count_once() -> None:
    """A group compared with its own copy, person by person, differs by nothing and surely so."""
    twice = [np.concatenate([x, x]) for x in (ROWS.time, ROWS.event, ROWS.person)]
    found = compare_restricted_means(twice[0], twice[1], np.repeat([0, 1], 14), 9, person=twice[2])
    assert found.difference.value == found.standard_error == 0
    alone = estimate_restricted_mean(ROWS.time, ROWS.event, 9)
    assert found.treated == pytest.approx(alone.value)


def test_predictors_alone_and_together_are_those_of_r() -> None:
    """summary(coxph(Surv(time, event) ~ age)); summary(coxph(Surv(time, event) ~ age + dose + clinic))"""
    table = tabulate_predictors(ROWS.time, ROWS.event, {
        "age": ROWS.age, "dose": ROWS.dose, "clinic": ROWS.clinic}, references={"clinic": "north"})
    age, _, clinic = table.lines
    assert (age.unadjusted.value, age.unadjusted.upper, age.unadjusted.p_value) == pytest.approx(
        (1.03343970152168, 1.09797602954616, 0.28720899953031), rel=1e-7)
    assert (age.adjusted.value, age.adjusted.lower) == pytest.approx(
        (1.041742056687649, 0.9709838822327345), rel=1e-7)
    assert (clinic.word, clinic.reference) == ("south", "north")
    assert (clinic.adjusted.value, clinic.adjusted.p_value) == pytest.approx(
        (0.307997752500448, 0.155464402447298), rel=1e-7)
    assert "10 events for 3 hazard ratios" in table.warnings[0]


def test_a_unit_is_the_step_of_its_hazard_ratio() -> None:
    """coxph(Surv(time, event) ~ I(age / 10))"""
    line = tabulate_predictors(ROWS.time, ROWS.event, {"age": ROWS.age}, units={"age": 10}).lines[0]
    assert (line.unit, line.unadjusted.value) == (10, pytest.approx(1.38947717711868, rel=1e-7))


def test_missing_predictors_leave_their_rows_out_and_say_so() -> None:
    age = ROWS.age.copy()
    age[:3] = np.nan
    sex = [None, "f", "m"] + ["f", "m"] * 5 + ["f"]
    table = tabulate_predictors(ROWS.time, ROWS.event, {"age": age, "sex": sex})
    assert [line.rows for line in table.lines] == [11, 6]
    assert (table.complete, table.rows) == (11, 14)
    assert table.lines[1].reference == "f" and "3 rows with a predictor missing" in table.warnings[0]
    nobody = tabulate_predictors(ROWS.time, ROWS.event, {"age": np.full(14, np.nan)})
    assert np.isnan(nobody.lines[0].adjusted.value) and "no adjusted" in nobody.warnings[0]


def test_a_predictor_that_separates_has_no_hazard_ratio() -> None:
    table = tabulate_predictors([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], {"sick": [1, 1, 1, 0, 0, 0]})
    assert np.isnan(table.lines[0].unadjusted.value) and "separates" in table.warnings[0]


@pytest.mark.parametrize(("predictors", "references", "sentence"), [
    ({}, {}, "name at least one"), ({"age": [1, 2]}, {}, "age has 2 rows"),
    ({"sex": ["f", "m", "f"]}, {"sex": "male"}, "its reference may be f, m")])
def test_predictors_that_cannot_be_read_are_refused(
        predictors: dict[str, list[object]], references: dict[str, str], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        tabulate_predictors([1, 2, 3], [1, 0, 1], predictors, references=references)  # type: ignore[arg-type]


def test_reasons_for_leaving_and_those_in_view_add_up_to_everybody() -> None:
    reason = np.where(ROWS.event == 1, "relapse", np.where(ROWS.clinic == "north", "moved", "end of data"))
    found = describe_leaving(ROWS.time, reason, [0, 5, 8, 12])
    assert found.reasons == ("end of data", "moved", "relapse")
    assert (found.left.sum(axis=0) + found.still_in_view).tolist() == [14] * 4
    assert found.still_in_view.tolist() == [14, 10, 4, 0]
    assert found.shares[2, 3] == pytest.approx(10 / 14)
    by_clinic = describe_leaving_by(ROWS.clinic, ROWS.time, reason, [12])
    assert by_clinic["north"].left[:, 0].tolist() == [0, 2, 5] and by_clinic["south"].reasons == found.reasons
    with pytest.raises(FollowUpError, match="reason in row 1"):
        describe_leaving([1, 2], ["moved", None], [1])
    with pytest.raises(FollowUpError, match="time is empty"):
        describe_leaving([], [], [1])
