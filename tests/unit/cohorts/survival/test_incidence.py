"""Risks of competing events and mean times against R's survfit (survival 3.5-3) on invented people."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import (
    FollowUpError,
    estimate_incidence,
    estimate_incidence_by,
    estimate_restricted_mean,
    estimate_survival,
)

ALL, FIRST = read_rows(), read_rows(one_row_a_person=True)


def test_the_risks_and_their_errors_are_those_of_r() -> None:
    """survfit(Surv(time, factor(cause)) ~ 1) at time 12"""
    point = estimate_incidence(FIRST.time, FIRST.cause).at([12])
    assert point.event_free[0] == pytest.approx(0.109890109890110, rel=1e-12)
    assert point.event_free_error[0] == pytest.approx(0.101624278718794, rel=1e-12)
    assert point.probability[:, 0] == pytest.approx([0.6483516483516483, 0.2417582417582417], rel=1e-12)
    assert point.standard_error[:, 0] == pytest.approx([0.1443058642580082, 0.1221839532957859], rel=1e-12)
    assert point.lower[:, 0] == pytest.approx([0.4191367618316637, 0.089781397195903], rel=1e-12)


def test_late_entry_and_weights_are_those_of_r() -> None:
    """survfit(Surv(entry, time, factor(cause)) ~ 1, weights = weight, id = person), time 12"""
    found = estimate_incidence(FIRST.time, FIRST.cause, entry=FIRST.entry, weights=FIRST.weight).at([12])
    assert found.probability[:, 0] == pytest.approx([0.5993544575725028, 0.2626125753945303], rel=1e-12)
    assert found.standard_error[:, 0] == pytest.approx([0.1555913543505272, 0.1310437106764390], rel=1e-12)
    assert found.event_free_error[0] == pytest.approx(0.1214465868410639, rel=1e-12)


def test_several_rows_of_a_person_count_as_that_person() -> None:
    """A follow-up cut in pieces says what it said whole."""
    half = FIRST.time / 2
    whole = estimate_incidence(FIRST.time, FIRST.cause, weights=FIRST.weight)
    cut = estimate_incidence(
        np.concatenate([half, FIRST.time]), np.concatenate([0 * FIRST.cause, FIRST.cause]),
        entry=np.concatenate([0 * half, half]), weights=np.tile(FIRST.weight, 2),
        cluster=np.tile(FIRST.person, 2))
    assert cut.at([8, 12]).standard_error == pytest.approx(whole.at([8, 12]).standard_error, rel=1e-12)


def test_without_competing_events_the_risk_is_one_less_the_survival() -> None:
    risk, curve = estimate_incidence(FIRST.time, FIRST.event), estimate_survival(FIRST.time, FIRST.event)
    assert risk.probability[0] == pytest.approx(1 - curve.survival, rel=1e-12)
    assert risk.standard_error[0] == pytest.approx(curve.standard_error, rel=1e-12)


def test_every_state_together_is_one_and_the_times_in_them_are_the_whole_time() -> None:
    curves = estimate_incidence_by(FIRST.group, FIRST.time, FIRST.cause)
    for found in curves.values():
        assert found.event_free + found.probability.sum(axis=0) == pytest.approx(1)
        assert found.find_mean_times(10).sum() == pytest.approx(10)


def test_a_group_without_one_of_the_causes_still_has_its_line() -> None:
    found = estimate_incidence_by(["a", "a", "b", "b"], [1, 2, 3, 4], [1, 0, 2, 0])
    assert [found[label].n_causes for label in "ab"] == [2, 2]
    assert found["a"].probability[1].tolist() == [0, 0]


def test_the_variance_of_cmprsk_needs_plain_rows() -> None:
    with pytest.raises(FollowUpError, match="without weights, clusters or entry"):
        estimate_incidence(FIRST.time, FIRST.cause, weights=FIRST.weight, variance="aalen")
    with pytest.raises(FollowUpError, match="choose one of influence, aalen"):
        estimate_incidence(FIRST.time, FIRST.cause, variance="gray")


def test_the_restricted_mean_is_that_of_r() -> None:
    """summary(survfit(Surv(time, event) ~ 1), rmean = 9)"""
    found = estimate_restricted_mean(FIRST.time, FIRST.event, until=9)
    assert (found.value, found.standard_error) == pytest.approx(
        (7.208791208791209, 0.604761062402864), rel=1e-12)
    robust = estimate_restricted_mean(FIRST.time, FIRST.event, until=9, robust=True)
    assert robust.standard_error == pytest.approx(found.standard_error, rel=1e-12)
    assert found.warnings == ()


def test_the_restricted_mean_of_people_entering_late_agrees_with_the_curve_cut_in_pieces() -> None:
    whole = estimate_restricted_mean(FIRST.time, FIRST.event, 9, entry=FIRST.entry, weights=FIRST.weight)
    middle = (FIRST.entry + FIRST.time) / 2
    cut = estimate_restricted_mean(
        np.concatenate([middle, FIRST.time]), np.concatenate([0 * FIRST.event, FIRST.event]), 9,
        entry=np.concatenate([FIRST.entry, middle]), weights=np.tile(FIRST.weight, 2),
        cluster=np.tile(FIRST.person, 2))
    assert (cut.value, cut.standard_error) == pytest.approx((whole.value, whole.standard_error), rel=1e-12)


def test_a_mean_beyond_the_last_follow_up_says_so() -> None:
    found = estimate_restricted_mean([1, 2, 3], [1, 0, 0], until=10)
    assert found.value == pytest.approx(1 + 9 * 2 / 3)
    assert "is not known" in found.warnings[0]
    assert estimate_restricted_mean([1, 2], [1, 1], until=10).warnings == ()
    with pytest.raises(FollowUpError, match="above 0"):
        estimate_restricted_mean([1, 2], [1, 1], until=0)
