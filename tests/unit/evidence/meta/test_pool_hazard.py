"""Hazards of one study or many: defaults by their number, fallbacks said, no events never mean no risk."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.evidence.meta import (
    Counts,
    Excluded,
    NotPoolable,
    Rate,
    SurvivalProbability,
    UnknownChoice,
    pool_hazard,
)
from stepdown.evidence.meta.defaults import HAZARD_MEAN, HAZARD_SPREAD
from stepdown.evidence.meta.pooled import to_risk

THREE = [
    Counts("a", "1", 3, 131, 2),
    Rate("b", "1", events=20, person_years=100),
    SurvivalProbability("c", "1", 0.8, 0.7, 0.88, 1),
]
SIX = [Counts(f"s{i}", "1", events, 40 + 10 * i, 1.5) for i, events in enumerate([2, 9, 4, 20, 6, 11])]
counts = st.builds(
    lambda n, share, years: (int(n * share), n, years),
    st.integers(5, 200),
    st.floats(0, 1),
    st.floats(0.2, 5),
)


@pytest.mark.parametrize(
    ("reports", "method"),
    [
        (THREE[:1], "exact"),
        (THREE[:2], "bayesian"),
        (THREE, "bayesian"),
        (SIX[:4], "bayesian"),
        (SIX[:5], "one-stage"),
        (SIX, "one-stage"),
    ],
)
def test_the_default_method_follows_the_number_of_studies(reports: list[Counts], method: str) -> None:
    pooled = pool_hazard(reports)
    assert (pooled.asked, pooled.method, pooled.fallbacks) == (method, method, ())


def test_one_study_says_that_the_spread_between_studies_is_unknown() -> None:
    pooled = pool_hazard(THREE[:1])
    assert pooled.spread.estimate is None
    assert pooled.spread.reason == "spread between studies unknown: one study"
    assert "spread between studies is unknown" in pooled.methods_sentence


def test_one_study_gives_its_own_proportion_at_its_own_time() -> None:
    """3 of 131 in two years, with the exact interval that R's binom.test prints: 0.0047 to 0.0655."""
    estimate, low, high = pool_hazard(THREE[:1]).risk_at(2)
    assert estimate == pytest.approx(3 / 131)
    assert (low, high) == (pytest.approx(0.0047, abs=5e-5), pytest.approx(0.0655, abs=5e-5))


def test_the_risk_grows_with_time_as_a_constant_hazard_does() -> None:
    pooled = pool_hazard(THREE[:1])
    assert pooled.risk_at(4)[0] == pytest.approx(1 - (1 - 3 / 131) ** 2)


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_no_event_in_any_study_gives_an_upper_bound_that_is_not_zero(count: int) -> None:
    """By hand: exp(-h * 60 * count) = 0.025."""
    pooled = pool_hazard([Counts(f"s{i}", "1", 0, 30, 2) for i in range(count)])
    estimate, low, high = pooled.risk_at(1)
    assert (estimate, low) == (0.0, 0.0)
    assert high == pytest.approx(1 - math.exp(math.log(0.025) / (60 * count)))
    assert pooled.predicted_risk_at(1)[2] > 0


def test_no_event_in_any_study_is_a_fallback_with_its_reason() -> None:
    pooled = pool_hazard([Counts("a", "1", 0, 30, 2), Counts("b", "1", 0, 50, 1)])
    assert [(f.asked, f.ran) for f in pooled.fallbacks] == [("bayesian", "exact")]
    assert "no events" in pooled.fallbacks[0].why


def test_one_stage_that_does_not_converge_falls_back_and_says_so() -> None:
    """Events in one study and none in six: the likelihood is flat towards an endless spread."""
    sizes = [36, 40, 48, 35, 60, 50, 37]
    pooled = pool_hazard([Counts(f"s{i}", "1", 19 if i == 0 else 0, n, 1) for i, n in enumerate(sizes)])
    assert [(f.asked, f.ran) for f in pooled.fallbacks] == [("one-stage", "bayesian")]
    assert pooled.asked == "one-stage"
    assert 0 < pooled.risk_at(1)[0] < pooled.risk_at(1)[2] < 1


def test_everybody_with_the_event_gives_a_lower_bound_below_certainty() -> None:
    estimate, low, high = pool_hazard([Counts("a", "1", 5, 5, 1), Counts("b", "1", 8, 8, 2)]).risk_at(1)
    assert (estimate, high) == (1.0, 1.0)
    assert 0 < low < 1


def test_two_studies_agree_with_integration_by_brute_force() -> None:
    """The joint posterior on a dense grid of mean, spread and study values, by plain sums."""
    reports = [Counts("a", "1", 3, 60, 2), Counts("b", "1", 20, 90, 1)]
    theta, mean = np.linspace(-12, 5, 1701), np.linspace(-12, 6, 361)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    spread, weights = (
        4.5 * (nodes + 1),
        weights * np.exp(-0.5 * (4.5 * (nodes + 1) / HAZARD_SPREAD.scale) ** 2),
    )
    likelihood = [
        r.events * np.log(-np.expm1(-r.years * np.exp(theta))) - (r.n - r.events) * r.years * np.exp(theta)
        for r in reports
    ]
    density = np.zeros_like(mean)
    for tau, weight in zip(spread, weights, strict=True):
        kernel = np.exp(-0.5 * ((theta - mean[:, None]) / tau) ** 2) / tau
        density += weight * np.prod([kernel @ np.exp(one - one.max()) for one in likelihood], axis=0)
    density *= np.exp(-0.5 * ((mean - HAZARD_MEAN[0]) / HAZARD_MEAN[1]) ** 2)
    below = np.cumsum(density) / density.sum()
    expected = [np.interp(p, below - density / density.sum() / 2, mean) for p in (0.5, 0.025, 0.975)]
    pooled = pool_hazard(reports)
    assert [pooled.estimate, pooled.low, pooled.high] == pytest.approx(expected, abs=0.01)


def test_one_study_with_great_precision_pulls_nothing_else_with_it_when_spread_is_large() -> None:
    """With a spread far above the errors each study weighs the same, as in an average of log hazards."""
    reports = [
        Counts("a", "1", 2000, 100000, 1),
        Counts("b", "1", 4000, 10000, 1),
        Counts("c", "1", 300, 1000, 1),
    ]
    assert list(pool_hazard(reports).weights.values()) == pytest.approx([1 / 3] * 3, abs=0.01)


def test_a_wider_prior_gives_a_wider_interval() -> None:
    pooled = pool_hazard(THREE)
    wide = pooled.sensitivity[0]
    assert wide.prior_scale == 2 * HAZARD_SPREAD.scale
    assert wide.low < pooled.low < pooled.high < wide.high


def test_findings_of_one_study_share_its_effect() -> None:
    """The same numbers as one study of two halves, or as two studies: only the latter measures a spread."""
    halves = [Counts("a", "1", 4, 50, 1), Counts("a", "2", 6, 50, 1), Counts("b", "1", 9, 80, 2)]
    assert pool_hazard(halves).k == 2
    whole = pool_hazard([Counts("a", "1", 10, 100, 1), Counts("b", "1", 9, 80, 2)])
    assert pool_hazard(halves).estimate == pytest.approx(whole.estimate, abs=1e-6)


def test_maximum_likelihood_agrees_with_the_published_mixed_model(reference: object) -> None:
    """lme4's fit of the complementary log-log model with log-time offset; see the reference folder."""
    from csv import DictReader
    from json import loads
    from pathlib import Path

    folder = Path(str(reference)) / "reference" / "meta-analysis" / "18-fine1993-follow-up-times"
    rows = [r for r in DictReader((folder / "data.csv").open()) if r["one_per_study"] == "1"]
    expected = next(
        r
        for r in loads((folder / "expected.json").read_text())["results"]
        if r["analysis"] == "glmer-cloglog-offset"
    )
    pooled = pool_hazard(
        [Counts(r["study"], "1", int(r["ci"]), int(r["n2i"]), int(r["months"]) / 12) for r in rows]
    )
    assert pooled.estimate == pytest.approx(expected["coef"], rel=5e-4)
    assert (pooled.spread.estimate or 0) ** 2 == pytest.approx(expected["tau2"], rel=5e-4)


def test_the_interval_of_five_studies_uses_few_degrees_of_freedom() -> None:
    assert "t distribution with 4 degrees of freedom" in pool_hazard(SIX[:5]).methods_sentence


def test_the_spread_interval_holds_its_estimate() -> None:
    spread = pool_hazard(SIX).spread
    assert spread.low is not None and spread.high is not None and spread.estimate is not None
    assert 0 <= spread.low <= spread.estimate < spread.high


def test_shrunken_estimates_lie_between_the_study_and_the_pool() -> None:
    pooled = pool_hazard(SIX)
    for line in pooled.studies:
        assert line.shrunken is not None
        between = sorted([line.value, pooled.estimate])
        assert between[0] - 0.05 <= line.shrunken[0] <= between[1] + 0.05


def test_a_prediction_is_wider_than_the_mean_and_its_chances_match_its_quantiles() -> None:
    pooled = pool_hazard(THREE)
    middle, low, high = pooled.predict()
    assert low < pooled.low < pooled.high < high
    assert pooled.predictive.prob_below(low) == pytest.approx(0.025, abs=1e-4)
    assert pooled.prob_risk_below(to_risk(middle, 3), 3) == pytest.approx(0.5, abs=1e-4)


def test_a_doubtful_study_can_count_for_less() -> None:
    plain, doubted = pool_hazard(SIX), pool_hazard(SIX, down_weight={"s3": 0.1})
    assert doubted.weights["s3"] < plain.weights["s3"]
    assert any("s3" in note for note in doubted.notes)


@pytest.mark.parametrize("down_weight", [{"nobody": 0.5}, {"s1": 0.0}, {"s1": 1.5}])
def test_absurd_down_weights_are_refused(down_weight: dict[str, float]) -> None:
    with pytest.raises(NotPoolable, match="down_weight"):
        pool_hazard(SIX, down_weight=down_weight)


def test_down_weighting_one_study_leaves_the_exact_interval() -> None:
    assert pool_hazard(THREE[:1], down_weight={"a": 0.5}).method == "bayesian"


def test_what_cannot_be_pooled_says_why() -> None:
    with pytest.raises(NotPoolable, match="no finding"):
        pool_hazard([])
    with pytest.raises(NotPoolable, match="a#1 given more than once"):
        pool_hazard([THREE[0], THREE[0]])
    with pytest.raises(NotPoolable, match="exact interval needs one study"):
        pool_hazard(THREE, method="exact")


def test_an_unknown_method_is_refused_with_those_offered() -> None:
    with pytest.raises(UnknownChoice, match="exact, bayesian, one-stage"):
        pool_hazard(THREE, method="freeman-tukey")
    with pytest.raises(UnknownChoice, match="odd number"):
        pool_hazard(THREE, nodes=10)


def test_the_result_is_frozen_and_carries_what_was_left_out() -> None:
    pooled = pool_hazard(THREE, excluded=[Excluded("d", "1", "another disease")])
    assert pooled.excluded[0].reason == "another disease"
    assert pooled.sources == ("a#1", "b#1", "c#1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        pooled.estimate = 0.0  # type: ignore[misc]


def test_totals_count_what_is_reported_and_say_what_is_not() -> None:
    pooled = pool_hazard(THREE)
    assert (pooled.n, pooled.events, pooled.person_years) == (131, 23, 362)
    assert sum("not every study reports" in note for note in pooled.notes) == 2


def test_the_hash_is_that_of_the_numbers_not_of_their_order() -> None:
    assert pool_hazard(THREE).data_hash == pool_hazard(THREE[::-1]).data_hash
    changed = [Counts("a", "1", 4, 131, 2), *THREE[1:]]
    assert pool_hazard(THREE).data_hash != pool_hazard(changed).data_hash


@settings(max_examples=40)
@given(st.lists(counts, min_size=1, max_size=7))
def test_any_counts_give_an_ordered_finite_risk(rows: list[tuple[int, int, float]]) -> None:
    pooled = pool_hazard([Counts(f"s{i}", "1", e, n, t) for i, (e, n, t) in enumerate(rows)])
    estimate, low, high = pooled.risk_at(2)
    assert 0 <= low <= estimate <= high <= 1
    assert high > low
    _, low, high = pooled.predicted_risk_at(2)
    assert 0 <= low < high <= 1
