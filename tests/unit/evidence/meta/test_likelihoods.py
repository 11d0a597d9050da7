"""Each likelihood is the textbook's, and its derivatives are those of its values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.meta.hypergeometric import to_hypergeometric
from stepdown.evidence.meta.likelihoods import (
    BinomialCloglog,
    BinomialLogit,
    Likelihood,
    NormalIdentity,
    PoissonLog,
    Stacked,
    Tempered,
)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


ROWS: dict[str, Likelihood] = {
    "cloglog": BinomialCloglog(column(3, 0, 8), column(20, 9, 8), np.log(column(2.0, 0.5, 1.0))),
    "poisson": PoissonLog(column(4, 0, 11), np.log(column(30, 12, 50))),
    "normal": NormalIdentity(column(-1.0, 0.2, 2.0), column(0.3, 0.5, 1.0)),
    "logit": BinomialLogit(column(3, 0, 8), column(20, 9, 8), column(0.0, 0.4, -0.3)),
    "hypergeometric": to_hypergeometric(
        column(3, 0, 5), column(20, 9, 8), column(7, 2, 8), column(21, 9, 12)
    ),
}
ROWS["tempered"] = Tempered(ROWS["cloglog"], column(0.5, 1.0, 0.25))


@pytest.mark.parametrize("kind", ROWS)
@given(eta=st.lists(st.floats(-4, 1.5), min_size=3, max_size=3))
def test_slope_and_bend_are_the_derivatives_of_the_value(kind: str, eta: list[float]) -> None:
    at, step = np.array(eta), 1e-5
    _, slope, bend = ROWS[kind].terms(at)
    up, down = ROWS[kind].terms(at + step), ROWS[kind].terms(at - step)
    assert np.allclose((up[0] - down[0]) / (2 * step), slope, rtol=1e-5, atol=1e-5)
    assert np.allclose((up[1] - down[1]) / (2 * step), bend, rtol=1e-5, atol=1e-5)
    assert np.all(bend <= 0)


def test_counts_are_binomial_with_a_constant_hazard() -> None:
    """By hand: hazard 0.1 for 2 years gives p = 1 - exp(-0.2); 3 of 20 events."""
    p = 1 - math.exp(-0.2)
    value = BinomialCloglog(column(3), column(20), np.log(column(2.0))).terms(np.log(column(0.1)))[0]
    assert value[0] == pytest.approx(3 * math.log(p) + 17 * math.log(1 - p))


def test_the_conditional_likelihood_sums_to_one_over_all_tables() -> None:
    """Tables with 6 and 9 people and 5 events have 0 to 5 events in the first arm."""
    eta = np.array([0.7])
    chances = [
        math.exp(
            to_hypergeometric(column(x), column(6), column(5 - x), column(9)).terms(eta)[0][0]
            + math.log(math.comb(6, x) * math.comb(9, 5 - x) / math.comb(15, 5))
        )
        for x in range(6)
    ]
    assert sum(chances) == pytest.approx(1.0)


def test_extreme_hazards_give_finite_numbers() -> None:
    for eta in (-300.0, 300.0):
        assert all(np.all(np.isfinite(term)) for term in ROWS["cloglog"].terms(np.full(3, eta)))


def test_rows_of_different_kinds_keep_their_order() -> None:
    mixed = Stacked(
        ((PoissonLog(column(4), np.log(column(30))), (1,)), (NormalIdentity(column(-1.0), column(0.3)), (0,)))
    )
    value, slope, _ = mixed.terms(column(-1.0, math.log(4 / 30)))
    assert value[0] == 0
    assert slope == pytest.approx([0.0, 0.0], abs=1e-12)
