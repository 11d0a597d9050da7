"""Differences and ratios of risks: resampled ones against one resample at a time, and against each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from invented_follow_up import read_rows
from stepdown.cohorts.estimates import compare_risks, estimate_risks
from stepdown.cohorts.estimates.resampling import ResampledRisks, draw_people
from stepdown.cohorts.survival import FollowUpError, estimate_incidence
from stepdown.cohorts.survival.follow_up import read_follow_up
from stepdown.cohorts.weighting import find_treatment_weights, fit_logistic

ALL, ROWS = read_rows(), read_rows(one_row_a_person=True)
STOPPED = ROWS.group == "stop"


def invent_people(people: int, seed: int) -> tuple[NDArray[np.float64], ...]:
    """Older people stop more often and relapse less; stopping doubles the hazard of relapse."""
    random = np.random.default_rng(seed)
    age = random.normal(0, 1, people)
    treated = random.random(people) < 1 / (1 + np.exp(-age))
    event = random.exponential(1 / (0.2 * np.exp(0.7 * treated - 0.5 * age)))
    left = random.uniform(1, 6, people)
    return age, treated, np.minimum(event, left), event <= left


def test_each_resample_is_the_curve_of_its_people_repeated() -> None:
    rows = read_follow_up(ALL.time, ALL.cause, ALL.entry, ALL.weight, ALL.person, causes=True)
    times = np.array([4.0, 8.0, 11.0])
    often = next(draw_people(14, 6, seed=3, width=15))[:, rows.cluster]
    found = ResampledRisks(rows, 2, times).find(often * rows.weight)
    for line, drawn in zip(found, often.astype(int), strict=True):
        repeated = [np.repeat(x, drawn) for x in (ALL.time, ALL.cause, ALL.entry, ALL.weight)]
        curve = estimate_incidence(repeated[0], repeated[1], entry=repeated[2], weights=repeated[3])
        assert line == pytest.approx(np.nan_to_num(curve.at(times).probability[1], nan=line[-1]))


def test_people_are_drawn_as_often_as_there_are_people_and_the_same_each_time() -> None:
    first, again = (np.vstack(list(draw_people(50, 20, seed=7, width=2_000_000))) for _ in range(2))
    assert first.shape == (20, 50) and (first == again).all()
    assert (first.sum(axis=1) == 50).all()


def test_the_same_seed_gives_the_same_interval_and_another_a_close_one() -> None:
    _, treated, time, event = invent_people(400, seed=1)
    first, again, other = (compare_risks(time, event, treated, 2, seed=seed)[0] for seed in (5, 5, 6))
    assert first == again
    assert other.difference.lower == pytest.approx(first.difference.lower, abs=0.01)


def test_resampling_and_influence_agree_in_a_large_sample() -> None:
    _, treated, time, event = invent_people(3000, seed=2)
    drawn, summed = (compare_risks(time, event, treated, [1, 3], method=method)
                     for method in ("bootstrap", "influence"))
    for one, other in zip(drawn, summed, strict=True):
        assert one.difference.value == other.difference.value
        assert one.difference.lower == pytest.approx(other.difference.lower, abs=0.005)
        assert one.ratio.upper == pytest.approx(other.ratio.upper, rel=0.03)


def weigh_anew(age: NDArray[np.float64], treated: NDArray[np.float64]) -> Callable[..., NDArray[np.float64]]:
    def reweigh(often: NDArray[np.float64]) -> NDArray[np.float64]:
        score = fit_logistic(treated, {"age": age}, weights=often).probabilities
        return find_treatment_weights(treated, score).weights
    return reweigh


def test_weights_fitted_anew_in_each_resample_narrow_the_interval() -> None:
    """Weights taken as given are known to be too wide (Lunceford and Davidian, Stat Med 2004;23:2937)."""
    age, treated, time, event = invent_people(1500, seed=3)
    reweigh = weigh_anew(age, treated)
    weights = reweigh(np.ones(1500))
    options = {"weights": weights, "resamples": 200}
    fitted = compare_risks(time, event, treated, 3, reweigh=reweigh, **options)[0]
    given = compare_risks(time, event, treated, 3, **options)[0]
    assert fitted.difference.value == given.difference.value > 0.15
    widths = [found.difference.upper - found.difference.lower for found in (fitted, given)]
    assert 0.7 < widths[0] / widths[1] < 1


def test_a_person_in_both_groups_is_drawn_with_all_rows() -> None:
    twice = [np.concatenate([x, x]) for x in (ROWS.time, ROWS.event, ROWS.person)]
    for method in ("bootstrap", "influence"):
        found = compare_risks(twice[0], twice[1], np.repeat([0, 1], 14), 8, person=twice[2], method=method)[0]
        assert found.difference.lower == pytest.approx(0, abs=1e-12)
        assert found.difference.upper == pytest.approx(0, abs=1e-12)
        assert (found.ratio.lower, found.ratio.upper) == pytest.approx((1, 1))


def test_a_group_without_events_gets_an_interval_from_exact_bounds() -> None:
    """By hand: 0 of 10 against 5 of 10 by year 1, nobody lost; the bounds are those of each risk."""
    event = np.repeat([0, 1, 0], [10, 5, 5])
    found = compare_risks(np.where(event, 0.5, 2.0), event, np.repeat([1, 0], 10), 1)[0]
    untreated = estimate_risks(np.where(event, 0.5, 2.0)[10:], event[10:], 1)[0]
    upper = 1 - 0.025 ** (1 / 10)
    assert found.method == "exact bounds" and found.seed is None
    assert found.difference.value == -0.5
    assert found.difference.upper == pytest.approx(-0.5 + np.hypot(upper, 0.5 - untreated.lower))
    assert (found.ratio.value, found.ratio.lower) == (0, 0)
    assert found.ratio.upper == pytest.approx(upper / untreated.lower)
    assert "treated: nobody had the event" in found.warnings[0]


def test_no_events_at_all_leave_the_ratio_unknown() -> None:
    found = compare_risks(np.full(20, 2.0), np.zeros(20), np.repeat([0, 1], 10), 1)[0]
    assert np.isnan(found.ratio.value)
    assert found.difference.lower < 0 < found.difference.upper


def test_beyond_follow_up_the_contrast_is_unknown() -> None:
    found = compare_risks(ROWS.time, ROWS.event, STOPPED, 30)[0]
    assert np.isnan(found.difference.value) and np.isnan(found.ratio.lower)
    assert "nobody was followed to this time" in found.warnings[0]


@pytest.mark.parametrize(("options", "sentence"), [
    ({"treated": np.ones(14)}, "no two groups"), ({"method": "jackknife"}, "bootstrap, influence"),
    ({"treated": [0, 1]}, "treated has 2 rows"), ({"weights": STOPPED}, "weigh nothing")])
def test_what_cannot_be_compared_is_refused_in_one_sentence(
        options: dict[str, object], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        compare_risks(ROWS.time, ROWS.event, **({"treated": STOPPED, "at": 5} | options))  # type: ignore[arg-type]
