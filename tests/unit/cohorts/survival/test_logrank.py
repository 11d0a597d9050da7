"""The log-rank test against R's survdiff and the robust score test of coxph (survival 3.5-3)."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import FollowUpError, compare_survival

ALL, FIRST = read_rows(), read_rows(one_row_a_person=True)


@pytest.mark.parametrize(("rho", "observed", "expected", "chi_square", "p"), [
    (0, 5, 4.7458763458763462, 0.0278254575779966, 0.8675198296145804),
    (1, 3.0879120879120880, 3.0, 0.0068237551977823, 0.9341648112058115)])
def test_observed_expected_and_chi_square_are_those_of_r(
        rho: float, observed: float, expected: float, chi_square: float, p: float) -> None:
    """survdiff(Surv(time, event) ~ group, rho = rho); R lists the groups in the same order."""
    found = compare_survival(FIRST.group, FIRST.time, FIRST.event, rho=rho)
    assert found.groups == ("continue", "stop")
    assert (found.observed[1, 0], found.expected[1, 0]) == pytest.approx((observed, expected), rel=1e-12)
    assert (found.chi_square, found.p_value) == pytest.approx((chi_square, p), rel=1e-10)


def test_strata_are_compared_within_themselves_as_in_r() -> None:
    """survdiff(Surv(time, event) ~ group + strata(clinic))"""
    found = compare_survival(FIRST.group, FIRST.time, FIRST.event, strata=FIRST.clinic)
    assert found.strata == ("north", "south")
    assert found.observed.tolist() == [[3, 2], [2, 3]]
    assert found.expected[0] == pytest.approx([3.51666666666667, 2.40476190476190], rel=1e-12)
    assert found.chi_square == pytest.approx(0.401083524588189, rel=1e-12)


def test_with_weights_it_is_the_robust_score_test_of_a_cox_model() -> None:
    """coxph(Surv(time, event) ~ group, weights = weight, robust = TRUE, ties = "breslow")$rscore"""
    found = compare_survival(FIRST.group, FIRST.time, FIRST.event, weights=FIRST.weight)
    assert found.is_robust
    assert found.chi_square == pytest.approx(0.199898558368388, rel=1e-12)


def test_with_several_rows_a_person_it_is_that_test_summed_by_person() -> None:
    """coxph(Surv(entry, time, event) ~ group, weights = weight, cluster = person, ties = "breslow")$rscore"""
    found = compare_survival(ALL.group, ALL.time, ALL.event, entry=ALL.entry, weights=ALL.weight,
                             cluster=ALL.person)
    assert found.chi_square == pytest.approx(0.114488508199072, rel=1e-12)


def test_no_events_are_nothing_to_compare_and_no_sign_of_likeness() -> None:
    found = compare_survival(["a", "b"], [1, 2], [0, 0])
    assert found.degrees_of_freedom == 0 and np.isnan(found.p_value) and np.isnan(found.chi_square)
    assert "does not show that they are alike" in found.warnings[0]


def test_events_after_one_group_has_left_are_nothing_to_compare() -> None:
    found = compare_survival(["a", "a", "b", "b"], [1, 2, 5, 6], [0, 0, 1, 1])
    assert np.isnan(found.p_value) and found.warnings


def test_three_groups_have_two_degrees_of_freedom() -> None:
    group = np.arange(len(FIRST.time)) % 3
    found = compare_survival(group, FIRST.time, FIRST.event)
    assert found.degrees_of_freedom == 2 and 0 < found.p_value < 1


def test_one_group_cannot_be_compared() -> None:
    with pytest.raises(FollowUpError, match="one label only"):
        compare_survival(["a", "a"], [1, 2], [1, 0])
