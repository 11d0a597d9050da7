"""Survival curves against R's survfit (survival 3.5-3) on invented people, and on unusual data."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import FollowUpError, estimate_survival, estimate_survival_by

ALL, FIRST = read_rows(), read_rows(one_row_a_person=True)


def test_the_curve_and_greenwoods_error_are_those_of_r() -> None:
    """survfit(Surv(time, event) ~ 1)"""
    curve = estimate_survival(FIRST.time, FIRST.event)
    assert curve.n_risk.tolist() == [14, 13, 11, 10, 9, 7, 4, 3, 2]
    assert curve.survival[[1, 5, 8]] == pytest.approx(
        [0.846153846153846, 0.439560439560439, 0.109890109890110], rel=1e-12)
    assert curve.standard_error[[1, 5, 8]] == pytest.approx(
        [0.100068251628922, 0.142582850939081, 0.101624278718794], rel=1e-12)
    assert curve.cumulative_hazard[-1] == pytest.approx(1.824913974913975, rel=1e-12)
    assert curve.cumulative_hazard_error[-1] == pytest.approx(0.711949365468229, rel=1e-12)


@pytest.mark.parametrize(("interval", "lower", "upper"), [
    ("log", 0.400413166654131, 0.945768661946081), ("log-log", 0.308336888199959, 0.818448711840862),
    ("plain", 0.350922749200952, 0.879846481568279), ("logit", 0.343587463234027, 0.830243646565994),
    ("arcsin", 0.347124060835093, 0.850380754898794)])
def test_five_kinds_of_interval_are_those_of_r(interval: str, lower: float, upper: float) -> None:
    """survfit(..., conf.type = interval) at time 7"""
    point = estimate_survival(FIRST.time, FIRST.event, interval=interval).at([7])
    assert (point.lower[0], point.upper[0]) == pytest.approx((lower, upper), rel=1e-12)


def test_weights_start_stop_and_clusters_are_those_of_r() -> None:
    """survfit(Surv(entry, time, event) ~ 1, weights = weight, cluster = person)"""
    curve = estimate_survival(ALL.time, ALL.event, entry=ALL.entry, weights=ALL.weight, cluster=ALL.person)
    assert curve.is_robust
    assert curve.n_risk[[0, 4, 9]] == pytest.approx([13.3, 11.1, 2.4], rel=1e-12)
    assert curve.survival[[4, 9]] == pytest.approx([0.543307086614173, 0.150734588054542], rel=1e-12)
    assert curve.standard_error[[4, 9]] == pytest.approx([0.1297407122803144, 0.1275046370804580], rel=1e-12)
    assert curve.lower[9] == pytest.approx(0.0287204619298050, rel=1e-12)
    assert curve.cumulative_hazard_error[9] == pytest.approx(0.5781030157782490, rel=1e-12)


def test_the_hazard_corrected_for_ties_is_that_of_r() -> None:
    """survfit(..., stype = 2, ctype = 2)"""
    curve = estimate_survival(FIRST.time, FIRST.event, method="fleming-harrington")
    assert curve.survival[[1, 8]] == pytest.approx([0.851925318569006, 0.156432017690124], rel=1e-12)
    assert curve.standard_error[8] == pytest.approx(0.1122903846090044, rel=1e-12)


def test_quantiles_and_their_bounds_are_those_of_r() -> None:
    """quantile(survfit(...), c(.25, .5, .75)); R's NA is not a number here."""
    found = estimate_survival(FIRST.time, FIRST.event).find_quantiles([0.25, 0.5, 0.75])
    assert found.time.tolist() == [6, 8, 11]
    assert found.lower.tolist() == [3, 6, 8]
    assert found.upper == pytest.approx([11, np.nan, np.nan], nan_ok=True)


def test_groups_may_be_words_and_each_gets_its_curve() -> None:
    curves = estimate_survival_by(ALL.group, ALL.time, ALL.event, weights=ALL.weight)
    assert list(curves) == ["continue", "stop"]
    alone = ALL.group == "stop"
    expected = estimate_survival(ALL.time[alone], ALL.event[alone], weights=ALL.weight[alone])
    assert curves["stop"].standard_error == pytest.approx(expected.standard_error, nan_ok=True)


def test_weights_of_one_change_nothing() -> None:
    """Without ties in the error: the influence of persons sums to Greenwood's variance."""
    plain = estimate_survival(FIRST.time, FIRST.event)
    weighted = estimate_survival(FIRST.time, FIRST.event, weights=np.ones(14))
    assert weighted.standard_error == pytest.approx(plain.standard_error, rel=1e-12)


def test_weights_that_count_people_are_people() -> None:
    counts = np.arange(1, 15) % 3 + 1
    counted = estimate_survival(FIRST.time, FIRST.event, weights=counts, robust=False)
    repeated = estimate_survival(np.repeat(FIRST.time, counts), np.repeat(FIRST.event, counts))
    assert counted.standard_error == pytest.approx(repeated.standard_error, rel=1e-12)
    assert counted.rows_at_risk[0] == 14 and repeated.rows_at_risk[0] == counts.sum()


def test_no_events_leave_the_curve_at_one_and_its_log_log_interval_unknown() -> None:
    curve = estimate_survival([1, 2, 3], [0, 0, 0], interval="log-log")
    assert curve.survival.tolist() == [1, 1, 1]
    assert np.isnan(curve.lower).all() and np.isnan(curve.upper).all()
    assert np.isnan(curve.median)


def test_all_events_at_one_time_bring_the_curve_to_nought() -> None:
    curve = estimate_survival([4, 4, 4], [1, 1, 1], weights=[0.1, 0.2, 0.3])
    assert curve.survival.tolist() == [0] and np.isnan(curve.standard_error).all()
    assert curve.at([9]).survival.tolist() == [0] and curve.median == 4


def test_beyond_the_last_follow_up_the_curve_is_unknown() -> None:
    point = estimate_survival([1, 2, 3], [1, 0, 0]).at([0, 3, 3.5])
    assert point.survival[:2] == pytest.approx([1, 2 / 3])
    assert np.isnan(point.survival[2]) and point.rows_at_risk.tolist() == [3, 1, 0]


def test_one_person_and_an_event_at_time_nought_are_counted() -> None:
    assert estimate_survival([0], [1]).survival.tolist() == [0]
    assert estimate_survival([0, 5], [True, False]).survival.tolist() == [0.5, 0.5]


def test_rows_of_weight_nought_are_left_out_with_their_group() -> None:
    curves = estimate_survival_by(["a", "b", "a"], [1, 2, 3], [1, 1, 0], weights=[1, 0, 2])
    assert list(curves) == ["a"] and curves["a"].n_rows == 2


def test_times_that_differ_by_rounding_are_one_time() -> None:
    curve = estimate_survival([0.1 + 0.2, 0.3, 1], [1, 1, 0])
    assert curve.n_event.tolist() == [2, 0]


@pytest.mark.parametrize(("arrays", "sentence"), [
    (([], []), "time is empty"), (([1, np.nan], [1, 1]), "time in row 1, counting from 0, is missing"),
    (([1, -2, -3], [1, 1, 1]), r"time in row 1 \(and 1 more\)"),
    (([1, 2], [1]), "event has 1 rows where time has 2"),
    (([1, 2], [1, 2]), "is above 1; say which cause"), (([1, 2], [0.5, 1]), "no whole number"),
    ((["x", 2], [1, 1]), "not a number"), (([[1], [2]], [1, 1]), "2 dimensions")])
def test_arrays_that_cannot_be_follow_up_are_refused_in_one_sentence(
        arrays: tuple[list[object], list[float]], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence) as caught:
        estimate_survival(*arrays)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("options", "sentence"), [
    ({"entry": [0, 2]}, "entry in row 1"), ({"entry": [-1, 0]}, "is negative"),
    ({"weights": [1, -1]}, "weights in row 1"),
    ({"weights": [0, 0]}, "all zero"), ({"cluster": ["a", None]}, "cluster in row 1"),
    ({"interval": "exact"}, "log-log"),
    ({"method": "breslow"}, "kaplan-meier"), ({"level": 95}, "between 0 and 1"),
    ({"method": "fleming-harrington", "weights": [1, 2]}, "no robust error")])
def test_options_that_cannot_be_are_refused_in_one_sentence(
        options: dict[str, object], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        estimate_survival([1, 2], [1, 0], **options)  # type: ignore[arg-type]
