"""Mixed models: refusals, exact agreement where two models are one, and robustness to empty studies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stepdown.evidence.meta.glmm import fit_one_arm, fit_two_arms
from stepdown.evidence.meta.refusals import UnknownChoice

EVENTS, SIZE = [3, 10, 4, 22, 7], [40, 60, 55, 90, 70]


def test_without_spread_the_pooled_log_odds_are_those_of_the_sums() -> None:
    """The same proportion in each study: no spread, and the log odds of 20 % with error 1 / sqrt(n p q)."""
    fit = fit_one_arm("PLO", [4, 8, 12], [20, 40, 60])
    assert fit.tau2 == pytest.approx(0, abs=1e-9)
    assert fit.coef[0] == pytest.approx(math.log(0.25))
    assert fit.se[0] == pytest.approx((120 * 0.2 * 0.8) ** -0.5, rel=1e-6)


def test_without_spread_the_pooled_rate_is_events_over_time() -> None:
    fit = fit_one_arm("IRLN", [2, 4, 8], [10, 20, 40])
    assert fit.coef[0] == pytest.approx(math.log(0.2))


def test_rare_events_make_counts_and_rates_agree() -> None:
    """The binomial with complementary log-log link tends to the Poisson when few have the event."""
    years = [1.0, 2.0, 1.5, 3.0, 0.5]
    n = [5000.0 * size for size in SIZE]
    counts = fit_one_arm("PCLL", EVENTS, n, years)
    rates = fit_one_arm("IRLN", EVENTS, np.array(n) * years)
    assert counts.coef[0] == pytest.approx(rates.coef[0], abs=1e-3)
    assert counts.tau2 == pytest.approx(rates.tau2, rel=1e-2)


def test_the_conditional_models_agree_when_events_are_rare() -> None:
    """The approximation of the exact conditional likelihood holds when events are few among many."""
    arms = ([3, 6, 2, 9], [4000, 5000, 3000, 8000], [8, 9, 4, 20], [4100, 4900, 3200, 7700])
    exact, near = (fit_two_arms("OR", *arms, model=model) for model in ("CM.EL", "CM.AL"))
    assert exact.coef[0] == pytest.approx(near.coef[0], abs=2e-3)


@pytest.mark.parametrize("model", ["UM.FS", "UM.RS", "CM.EL", "CM.AL"])
def test_exchanging_the_arms_turns_the_sign(model: str) -> None:
    first, second = ([3, 6, 2, 9], [40, 50, 30, 80]), ([8, 9, 4, 20], [41, 49, 32, 77])
    forth, back = (fit_two_arms("OR", *a, *b, model=model) for a, b in ((first, second), (second, first)))
    assert forth.coef[0] == pytest.approx(-back.coef[0], abs=1e-6)


def test_more_nodes_change_nothing_from_fifteen_on() -> None:
    coarse, fine = (fit_one_arm("PLO", EVENTS, SIZE, nodes=nodes) for nodes in (15, 61))
    assert coarse.coef[0] == pytest.approx(fine.coef[0], rel=1e-6)
    assert coarse.tau2 == pytest.approx(fine.tau2, rel=1e-5)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 60)), min_size=4, max_size=8))
def test_every_fit_converges_to_a_finite_result(rows: list[tuple[int, int]]) -> None:
    """Spreads of either sign are alike; a fit that swings between them never ends."""
    assume(sum(x > 0 for x, _ in rows) >= 3)
    fit = fit_one_arm("PLO", [x for x, _ in rows], [n for _, n in rows])
    assert fit.converged
    assert np.all(np.isfinite([fit.coef[0], fit.se[0], fit.tau2]))
    assert fit.se[0] > 0


def test_unknown_choices_are_refused_with_those_offered() -> None:
    with pytest.raises(UnknownChoice, match="PLO, PCLL, IRLN"):
        fit_one_arm("PFT", EVENTS, SIZE)
    with pytest.raises(UnknownChoice, match=r"UM\.FS, UM\.RS, CM\.EL"):
        fit_two_arms("IRR", EVENTS, SIZE, EVENTS, SIZE, model="CM.AL")
    with pytest.raises(UnknownChoice, match="z, t"):
        fit_one_arm("PLO", EVENTS, SIZE, test="knha")
    with pytest.raises(UnknownChoice, match="odd number"):
        fit_one_arm("PLO", EVENTS, SIZE, nodes=10)
