"""Ratios: one as printed, a few by Bayes, five and more by REML with Knapp and Hartung's floor."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stepdown.evidence.meta import NotPoolable, Ratio, UnknownChoice, pool_ratio
from stepdown.evidence.meta.two_stage import fit_two_stage

SIX = [Ratio(f"s{i}", "1", "HR", v, v / 1.6, v * 1.6) for i, v in enumerate([0.8, 1.4, 2.2, 1.1, 3.0, 1.7])]


@pytest.mark.parametrize(
    ("count", "method"), [(1, "as-printed"), (2, "bayesian"), (4, "bayesian"), (5, "REML")]
)
def test_the_default_method_follows_the_number_of_studies(count: int, method: str) -> None:
    assert pool_ratio(SIX[:count]).method == method


def test_one_ratio_stands_as_printed_and_its_spread_is_unknown() -> None:
    pooled = pool_ratio(SIX[:1])
    assert pooled.ratio == pytest.approx((0.8, 0.5, 1.28))
    assert pooled.spread.estimate is None


def test_a_ninety_percent_interval_is_brought_to_ninety_five() -> None:
    """By hand: ln 1.6 * 1.959964 / 1.644854 on each side of ln 0.8."""
    pooled = pool_ratio([Ratio("a", "1", "HR", 0.8, 0.5, 1.28, level=0.9)])
    assert pooled.low == pytest.approx(math.log(0.8) - math.log(1.6) * 1.959964 / 1.644854, abs=1e-6)


def test_many_ratios_are_those_of_the_two_stage_method() -> None:
    fit = fit_two_stage(np.log([r.value for r in SIX]), [r.se**2 for r in SIX], method="REML", test="adhoc")
    pooled = pool_ratio(SIX)
    assert (pooled.estimate, pooled.low) == (pytest.approx(fit.coef[0]), pytest.approx(fit.ci_low[0]))
    assert pooled.predict()[1] == pytest.approx((fit.prediction_interval or (0, 0))[0])


def test_weights_sum_to_one_and_shrinkage_goes_towards_the_pool() -> None:
    for reports in (SIX[:3], SIX):
        pooled = pool_ratio(reports)
        assert sum(pooled.weights.values()) == pytest.approx(1)
        furthest = max(pooled.studies, key=lambda line: line.value)
        assert furthest.shrunken is not None and furthest.shrunken[0] < furthest.value


def test_down_weighting_widens_what_a_study_says() -> None:
    assert pool_ratio(SIX, down_weight={"s4": 0.2}).estimate < pool_ratio(SIX).estimate


def test_a_lopsided_interval_is_noted() -> None:
    pooled = pool_ratio([Ratio("a", "1", "HR", 2.0, 1.8, 9.0), *SIX])
    assert any("a#1: the interval is not symmetric" in note for note in pooled.notes)


def test_the_chance_of_benefit_in_a_new_study_lies_beside_its_quantile() -> None:
    pooled = pool_ratio(SIX[:3])
    assert pooled.prob_ratio_below(math.exp(pooled.predict()[0])) == pytest.approx(0.5, abs=1e-4)


def test_what_cannot_be_pooled_says_why() -> None:
    with pytest.raises(NotPoolable, match="HR and OR are different measures"):
        pool_ratio([SIX[0], Ratio("b", "1", "OR", 1.0, 0.5, 2.0)])
    with pytest.raises(NotPoolable, match="three-level"):
        pool_ratio([SIX[0], Ratio("s0", "2", "HR", 1.0, 0.5, 2.0)])
    with pytest.raises(NotPoolable, match="as printed needs one study"):
        pool_ratio(SIX, method="as-printed")
    with pytest.raises(UnknownChoice, match="as-printed, bayesian, REML"):
        pool_ratio(SIX, method="DL")


def test_reml_of_one_study_falls_back_and_says_so() -> None:
    assert [(f.asked, f.ran) for f in pool_ratio(SIX[:1], method="REML").fallbacks] == [
        ("REML", "as-printed")
    ]
