"""Inverse-variance pooling: hand-worked values, laws that must hold, refusals with the allowed list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.meta.many_sets import TAU2_METHODS
from stepdown.evidence.meta.refusals import NotPoolable, UnknownChoice
from stepdown.evidence.meta.two_stage import fit_two_stage

Y, V = [0.1, 0.5, 0.9, 0.3, 0.8], [0.04, 0.09, 0.01, 0.05, 0.02]
estimates = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=3, max_size=9)


def test_fixed_effect_by_hand() -> None:
    """Weights 25 and 100: (25 * 0.2 + 100 * 0.6) / 125 = 0.52; standard error 1 / sqrt(125)."""
    fit = fit_two_stage([0.2, 0.6], [0.04, 0.01], method="FE")
    assert fit.coef[0] == pytest.approx(0.52)
    assert fit.se[0] == pytest.approx(125**-0.5)
    assert fit.q == pytest.approx(25 * 0.32**2 + 100 * 0.08**2)


def test_dersimonian_laird_by_hand() -> None:
    """Q = 3.2 with 1 df; C = 125 - 10625 / 125 = 40; tau2 = 2.2 / 40."""
    assert fit_two_stage([0.2, 0.6], [0.04, 0.01], method="DL").tau2 == pytest.approx(2.2 / 40)


@pytest.mark.parametrize("method", TAU2_METHODS)
def test_equal_variances_give_the_plain_mean(method: str) -> None:
    assert fit_two_stage([1.0, 2.0, 6.0], [0.5] * 3, method=method).coef[0] == pytest.approx(3.0)


@pytest.mark.parametrize("method", ["DL", "REML", "PM", "EB"])
def test_equal_variances_give_the_sample_variance_less_the_error(method: str) -> None:
    """A textbook identity: with equal v the estimate is var(y) - v."""
    assert fit_two_stage([1.0, 2.0, 6.0], [0.5] * 3, method=method).tau2 == pytest.approx(7.0 - 0.5)


@given(estimates, st.floats(1e-4, 1e3))
def test_results_scale_with_the_unit_of_measurement(rows: list[tuple[float, float]], unit: float) -> None:
    """An absolute threshold of convergence breaks this law."""
    y, v = np.array(rows).T
    for method in ("REML", "ML", "PM"):
        plain, scaled = (
            fit_two_stage(y, v, method=method),
            fit_two_stage(y * unit, v * unit**2, method=method),
        )
        assert scaled.coef[0] == pytest.approx(plain.coef[0] * unit, rel=1e-6, abs=1e-9 * unit)
        assert scaled.tau2 == pytest.approx(plain.tau2 * unit**2, rel=1e-4, abs=1e-9 * unit**2)


@given(estimates)
def test_the_floor_never_narrows_the_interval(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    assert fit_two_stage(y, v, test="adhoc").se[0] >= fit_two_stage(y, v, test="z").se[0] * (1 - 1e-12)


@given(estimates)
def test_the_profile_interval_holds_the_paule_mandel_estimate(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    fit = fit_two_stage(y, v, method="PM")
    assert fit.tau2_interval is not None
    assert fit.tau2_interval[0] <= fit.tau2 * (1 + 1e-9) <= fit.tau2_interval[1] * (1 + 1e-6)


def test_one_study_is_pooled_as_itself_without_a_spread() -> None:
    fit = fit_two_stage([0.4], [0.04])
    assert (fit.coef[0], fit.tau2, fit.tau2_interval, fit.i2) == (0.4, 0.0, None, 0.0)


@pytest.mark.parametrize(
    ("options", "listed"),
    [({"method": "HE"}, "FE, DL, REML, ML, PM, EB"), ({"test": "hksj"}, "z, knha, adhoc")],
)
def test_unknown_options_are_refused_with_those_offered(options: dict[str, str], listed: str) -> None:
    with pytest.raises(UnknownChoice, match=listed):
        fit_two_stage(Y, V, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("y", "v"), [([], []), ([1.0], [1.0, 2.0]), ([1.0, 2.0], [1.0, 0.0]), ([1.0, float("nan")], [1.0, 1.0])]
)
def test_estimates_that_cannot_be_pooled_are_refused(y: list[float], v: list[float]) -> None:
    with pytest.raises(NotPoolable):
        fit_two_stage(y, v)


def test_more_coefficients_than_studies_are_refused() -> None:
    with pytest.raises(NotPoolable, match="cannot carry"):
        fit_two_stage([1.0, 2.0], [1.0, 1.0], np.array([[1.0, 0.0], [0.0, 1.0]]))
