"""The beta-binomial model against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import betabinom, binom

from stepdown.evidence.meta.beta_binomial import find_beta_binomial_log_likelihood, fit_beta_binomial
from stepdown.evidence.meta.refusals import NotPoolable, ReportError

X, N = np.array([2.0, 9.0, 15.0, 1.0]), np.array([20.0, 30.0, 25.0, 18.0])


def test_the_likelihood_is_that_of_scipy() -> None:
    """Two parameter sets: the difference does not depend on the constants left out."""
    ours, theirs = [], []
    for mean, size in ((0.3, 4.0), (0.5, 11.0)):
        ours.append(
            find_beta_binomial_log_likelihood(X, N, np.array([math.log(mean / (1 - mean)), -math.log(size)]))
        )
        theirs.append(betabinom.logpmf(X, N, mean * size, (1 - mean) * size).sum())
    assert ours[0] - ours[1] == pytest.approx(theirs[0] - theirs[1])


def test_no_neighbour_is_likelier_than_the_fit() -> None:
    fit = fit_beta_binomial(X, N)
    for shift in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
        ratio = fit.rho / (1 - fit.rho)
        theta = np.array([fit.estimate + shift[0], math.log(ratio) + shift[1]])
        assert find_beta_binomial_log_likelihood(X, N, theta) < fit.log_likelihood


def test_studies_that_agree_give_the_binomial() -> None:
    """20 of 100 with error 1 / sqrt(n p q) on the log odds scale."""
    fit = fit_beta_binomial([4, 8, 8], [20, 40, 40])
    assert fit.rho == pytest.approx(0, abs=1e-4)
    assert fit.estimate == pytest.approx(math.log(0.25), abs=1e-4)
    assert fit.se == pytest.approx((100 * 0.16) ** -0.5, rel=1e-2)
    assert binom.pmf(20, 100, fit.proportion[0]) == pytest.approx(binom.pmf(20, 100, 0.2), rel=1e-4)


def test_what_cannot_be_fitted_says_why() -> None:
    with pytest.raises(NotPoolable, match="an event"):
        fit_beta_binomial([0, 0], [10, 20])
    with pytest.raises(ReportError, match="between 0 and n"):
        fit_beta_binomial([11, 0], [10, 20])
