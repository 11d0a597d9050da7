"""Several findings of one study: correlation counted, robust errors by hand where they have a short form."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.meta.multilevel import build_sampling_covariance, find_robust, fit_three_level
from stepdown.evidence.meta.refusals import NotPoolable, UnknownChoice
from stepdown.evidence.meta.two_stage import fit_two_stage

Y = [0.1, 0.5, 0.9, 0.3, 0.8, 0.2, 0.7]
V = [0.04, 0.09, 0.01, 0.05, 0.02, 0.03, 0.06]
STUDY = ["a", "a", "b", "b", "c", "d", "d"]


def test_one_finding_a_study_is_the_two_level_model() -> None:
    fit = fit_three_level(Y, V, list("abcdefg"))
    plain = fit_two_stage(Y, V, method="REML")
    assert fit.coef[0] == pytest.approx(plain.coef[0], rel=1e-6)
    assert sum(fit.sigma2) == pytest.approx(plain.tau2, rel=1e-5)


def test_findings_of_one_study_correlate_as_assumed() -> None:
    """By hand: 0.6 * sqrt(0.04 * 0.09) = 0.036 within study a, nothing between studies."""
    covariance = build_sampling_covariance(np.array(V), STUDY, 0.6)
    assert covariance[0, 1] == pytest.approx(0.036)
    assert covariance[0, 2] == 0
    assert np.allclose(np.diag(covariance), V)


def test_correlated_errors_make_the_pool_less_certain() -> None:
    loose, tight = (fit_three_level(Y, [0.5] * 7, STUDY, correlation=r) for r in (0.0, 0.8))
    assert tight.se[0] > loose.se[0]


def test_the_profile_bound_lies_where_the_likelihood_has_fallen_by_half_of_384() -> None:
    fit = fit_three_level(Y, V, STUDY)
    (low, high), (_, within_high) = fit.sigma2_intervals
    assert low <= fit.sigma2[0] <= high
    assert fit.sigma2[1] <= within_high


def test_simple_robust_errors_by_hand() -> None:
    """One finding a study, equal variances: CR1 is the standard error of a mean."""
    y = np.array([0.1, 0.5, 0.9, 0.3])
    robust = find_robust(fit_three_level(y, [0.04] * 4, list("abcd")), "CR1")
    assert robust.se[0] == pytest.approx(np.std(y, ddof=1) / 2)
    assert robust.df[0] == 3


def test_cr2_of_a_mean_is_the_standard_error_of_a_mean_too() -> None:
    """In the balanced case CR2 is unbiased without a factor, with k - 1 degrees of freedom."""
    y = np.array([0.1, 0.5, 0.9, 0.3])
    robust = find_robust(fit_three_level(y, [0.04] * 4, list("abcd")), "CR2")
    assert robust.se[0] == pytest.approx(np.std(y, ddof=1) / 2)
    assert robust.df[0] == pytest.approx(3)


def test_what_cannot_be_fitted_says_why() -> None:
    with pytest.raises(NotPoolable, match="two studies"):
        fit_three_level(Y, V, ["a"] * 7)
    with pytest.raises(NotPoolable, match="one name a finding"):
        fit_three_level(Y, V, ["a"])
    with pytest.raises(NotPoolable, match="correlation"):
        fit_three_level(Y, V, STUDY, correlation=1.0)
    with pytest.raises(UnknownChoice, match="REML, ML"):
        fit_three_level(Y, V, STUDY, method="DL")
    with pytest.raises(UnknownChoice, match="CR1, CR2"):
        find_robust(fit_three_level(Y, V, STUDY), "CR0")


def test_robust_errors_need_more_studies_than_coefficients() -> None:
    fit = fit_three_level([0.1, 0.2, 0.4], [0.1] * 3, ["a", "b", "b"], moderators=np.array([1.0, 2.0, 3.0]))
    with pytest.raises(NotPoolable, match="more than 2 studies"):
        find_robust(fit)
