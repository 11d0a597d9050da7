"""Moderators and subgroups."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.meta.refusals import NotPoolable
from stepdown.evidence.meta.regression import compare_subgroups, predict_at
from stepdown.evidence.meta.two_stage import fit_two_stage

Y, V = [0.1, 0.5, 0.9, 0.3, 0.8, 0.2], [0.04, 0.09, 0.01, 0.05, 0.02, 0.03]
LABELS = ["old", "old", "young", "old", "young", "young"]


def test_points_on_a_line_are_predicted_on_that_line() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    fit = fit_two_stage(2 + 3 * x, [0.1] * 4, x)
    predicted = predict_at(fit, [10.0])
    assert predicted.value[0] == pytest.approx(32.0)
    assert predicted.ci_low[0] < 32 < predicted.ci_high[0]
    assert predicted.pi_low[0] <= predicted.ci_low[0]


def test_subgroups_with_their_own_spread_are_pooled_apart() -> None:
    groups = compare_subgroups(Y, V, LABELS)
    old = fit_two_stage([0.1, 0.5, 0.3], [0.04, 0.09, 0.05])
    assert groups.fits["old"].coef[0] == pytest.approx(old.coef[0])
    assert groups.df == 1


def test_subgroups_with_one_spread_are_a_regression_on_dummies() -> None:
    groups = compare_subgroups(Y, V, LABELS, shared_spread=True)
    fit = fit_two_stage(Y, V, np.array([[0.0], [0.0], [1.0], [0.0], [1.0], [1.0]]))
    assert groups.shared is not None
    assert groups.shared.tau2 == pytest.approx(fit.tau2)
    assert groups.p == pytest.approx(fit.qm_p)


def test_one_label_is_no_subgroup() -> None:
    with pytest.raises(NotPoolable, match="two different labels"):
        compare_subgroups(Y, V, ["old"] * 6)
