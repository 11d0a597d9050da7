"""Many sets of studies at once give what each gives alone; roots solve their equations."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.heterogeneity import fit_weighted
from stepdown.evidence.meta.many_sets import (
    find_intervals_of_sets,
    find_tau2_of_sets,
    refit_sets,
    weigh,
)
from stepdown.evidence.meta.refusals import NotPoolable, UnknownChoice
from stepdown.evidence.meta.two_stage import fit_sets, fit_two_stage

ITERATED = ("REML", "ML", "PM", "EB")


def draw_sets(count: int, k: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(7)
    v = np.exp(random.uniform(-6, 2, (count, k)))
    return random.normal(0, np.sqrt(v + random.choice([0.0, 0.05, 1.0], (count, 1)))), v


@pytest.mark.parametrize("method", ["FE", "DL", *ITERATED])
def test_each_row_gives_what_it_gives_alone(method: str) -> None:
    y, v = draw_sets(40, 8)
    together = find_tau2_of_sets(y, v, method)
    alone = [find_tau2_of_sets(y[i : i + 1], v[i : i + 1], method).tau2[0] for i in range(40)]
    assert together.converged.all()
    assert together.tau2 == pytest.approx(alone, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("k", [2, 3, 20])
def test_the_reml_root_makes_the_score_zero_or_lies_at_zero_with_the_score_below(k: int) -> None:
    y, v = draw_sets(300, k)
    tau2 = find_tau2_of_sets(y, v, "REML").tau2
    at = weigh(y, v, tau2)
    trace, information = at.traces
    step = (at.squared_score - trace) / information
    inside = tau2 > 0
    assert (np.abs(step) <= 1e-9 * (tau2 + v.min(axis=1)))[inside].all()
    assert (step[~inside] <= 0).all()


def test_traces_are_those_of_the_projection() -> None:
    y, v = draw_sets(1, 6)
    general = fit_weighted(y[0], v[0], np.ones((6, 1)), 0.3)
    at = weigh(y, v, np.array([0.3]))
    p = np.diag(general.weight) - np.outer(general.weight, general.weight) / general.weight.sum()
    assert (at.traces[0][0], at.traces[1][0]) == (pytest.approx(np.trace(p)), pytest.approx(np.trace(p @ p)))
    assert at.cubed_score[0] == pytest.approx(y[0] @ p @ p @ p @ y[0])


def test_intervals_of_many_sets_meet_the_quantiles() -> None:
    y, v = draw_sets(50, 9)
    low, high = find_intervals_of_sets(y, v, 0.95)
    inside = low > 0
    assert weigh(y, v, low).q[inside] == pytest.approx(17.53454614, rel=1e-8)
    assert weigh(y, v, high).q[high > 0] == pytest.approx(2.17973075, rel=1e-8)


@pytest.mark.parametrize("test", ["z", "knha", "adhoc"])
def test_refits_are_the_pools_of_each_row(test: str) -> None:
    y, v = draw_sets(30, 7)
    refits, pools = refit_sets(y, v, "REML", test), fit_sets(y, v, "REML", test)
    for name in ("coef", "se", "ci_low", "ci_high"):
        assert getattr(refits, name) == pytest.approx([getattr(pool, name)[0] for pool in pools], rel=1e-12)
    one = fit_two_stage(y[3], v[3], None, "REML", test)
    assert refits.tau2[3] == pytest.approx(one.tau2, rel=1e-10)


def test_estimates_that_are_all_alike_have_no_spread() -> None:
    refits = refit_sets(np.full((2, 5), 0.3), np.full((2, 5), 0.1))
    assert list(refits.tau2) == [0.0, 0.0]
    assert refits.coef == pytest.approx([0.3, 0.3])


def test_what_cannot_be_refitted_is_refused() -> None:
    with pytest.raises(NotPoolable, match="a row for each set"):
        refit_sets(np.zeros(3), np.ones(3))
    with pytest.raises(NotPoolable, match="more than 0"):
        refit_sets(np.zeros((1, 3)), np.zeros((1, 3)))
    with pytest.raises(UnknownChoice, match="FE, DL"):
        refit_sets(np.zeros((1, 3)), np.ones((1, 3)), "SJ")
