"""Censoring weights and clones: against R, by hand, and against a truth that was put in."""

from __future__ import annotations

import numpy as np
import pytest

from invented_follow_up import read_rows
from stepdown.cohorts.survival import FollowUpError, estimate_survival, estimate_survival_by
from stepdown.cohorts.weighting import clone_people, cut_follow_up, find_censoring_weights

ROWS = read_rows()
LOST = 1 - ROWS.event


@pytest.mark.parametrize(("method", "covariates", "weight"), [
    ("cox", {"age": ROWS.age}, 1.09634453541219),
    ("pooled-logistic", {"age": ROWS.age, "time": ROWS.time}, 1.91204232256132)])
def test_the_second_row_of_a_person_is_weighed_as_in_r(
        method: str, covariates: dict[str, object], weight: float) -> None:
    """validation/survival/weighting.R"""
    found = find_censoring_weights(ROWS.person, ROWS.entry, ROWS.time, LOST, covariates,  # type: ignore[arg-type]
                                   method=method)
    assert found.weights[1] == pytest.approx(weight, rel=1e-8)
    assert found.weights[0] == 1 and (found.weights >= 1).all()


def test_those_left_stand_for_those_lost() -> None:
    """By hand: of four quiet people one is lost by year 1, of four active ones two: 3 for 4, 2 for 4."""
    person, active = np.repeat(np.arange(8), 2), np.repeat(np.arange(8) >= 4, 2)
    start, stop = np.tile([0.0, 1.0], 8), np.tile([1.0, 2.0], 8)
    lost = np.isin(person, [0, 4, 5]) & (start == 0)
    kept = (start == 0) | ~np.isin(person, [0, 4, 5])
    rows = (values[kept] for values in (person, start, stop, lost))
    second = start[kept].astype(float)
    found = find_censoring_weights(*rows, {"active": active[kept], "second": second,
                                           "both": active[kept] * second})
    expected = np.where(second == 0, 1.0, np.where(active[kept], 2.0, 4 / 3))
    assert found.weights == pytest.approx(expected, rel=1e-6)


def test_the_order_of_rows_does_not_matter_and_arms_are_apart() -> None:
    mixed = np.random.default_rng(4).permutation(15)
    options = {"method": "cox"}
    plain = find_censoring_weights(ROWS.person, ROWS.entry, ROWS.time, LOST, ROWS.age,  # type: ignore[arg-type]
                                   arm=ROWS.clinic, **options)
    other = find_censoring_weights(ROWS.person[mixed], ROWS.entry[mixed], ROWS.time[mixed], LOST[mixed],
                                   ROWS.age[mixed], arm=ROWS.clinic[mixed], **options)  # type: ignore[arg-type]
    assert other.weights == pytest.approx(plain.weights[mixed])


def test_with_the_same_covariates_above_and_below_stabilised_weights_are_one() -> None:
    found = find_censoring_weights(ROWS.person, ROWS.entry, ROWS.time, LOST, ROWS.age, numerator=ROWS.age,
                                   method="cox", truncate=(0.01, 0.99))
    assert found.is_stabilised and found.weights == pytest.approx(1)


def test_nobody_lost_weighs_one_each() -> None:
    found = find_censoring_weights([1, 2], [0, 0], [3, 4], [0, 0], [[1], [2]])
    assert found.weights.tolist() == [1, 1]


@pytest.mark.parametrize(("arrays", "options", "sentence"), [
    (([1, 1], [0, 1], [2, 3], [0, 1]), {}, "start in row 1.*earlier row"),
    (([1, 2], [0, 0], [2, 3], [1, 1]), {}, "nobody stays in view"),
    (([1, 2], [0, 0], [2, 3], [0, 1]), {"method": "kaplan-meier"}, "pooled-logistic, cox")])
def test_rows_that_cannot_be_weighed_are_refused(
        arrays: tuple[list[float], ...], options: dict[str, str], sentence: str) -> None:
    with pytest.raises(FollowUpError, match=sentence):
        find_censoring_weights(*arrays, [[1], [2]], **options)  # type: ignore[arg-type]


def test_each_person_is_copied_into_both_arms_and_leaves_by_the_rules() -> None:
    """Stopped in time; stopped too late; never stopped; had the event before either."""
    clones = clone_people(time=[9, 9, 9, 1], event=[1, 0, 1, 1], stopped_at=[2, 5, np.nan, np.nan], grace=3)
    assert clones.arm.tolist() == ["continue"] * 4 + ["stop"] * 4
    assert clones.row.tolist() == [0, 1, 2, 3] * 2
    assert clones.time.tolist() == [2, 5, 9, 1, 9, 3, 3, 1]
    assert clones.event.tolist() == [False, False, True, True, True, False, False, True]
    assert clones.left.tolist() == [True, True, False, False, False, True, True, False]


def test_an_event_at_the_very_time_of_leaving_still_counts() -> None:
    clones = clone_people(time=[3, 3], event=[1, 0], stopped_at=[np.nan, 3], grace=3)
    assert clones.event[2] and not clones.left[2]
    assert clones.left[1] and not clones.left[3]
    with pytest.raises(FollowUpError, match="stopped_at has 1 rows"):
        clone_people([1, 2], [0, 0], [1], 3)
    with pytest.raises(FollowUpError, match="above 0"):
        clone_people([1, 2], [0, 0], [1, 1], 0)


def test_rows_cut_in_pieces_join_to_the_rows_they_were() -> None:
    cut = cut_follow_up([3, 1, 2.5], [1, 0, 1], [1, 2], entry=[0, 0.5, 1])
    assert cut.row.tolist() == [0, 0, 0, 1, 2, 2]
    assert cut.start.tolist() == [0, 1, 2, 0.5, 1, 2]
    assert cut.stop.tolist() == [1, 2, 3, 1, 2, 2.5]
    assert cut.event.tolist() == [False, False, True, False, False, True]


def simulate_grace(people: int, seed: int) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    """Invented: active disease (half of people) makes events twice as likely and stopping half as likely."""
    random = np.random.default_rng(seed)
    active = random.random(people) < 0.5
    event = random.exponential(1 / np.where(active, 0.4, 0.2))
    stopped = random.exponential(1 / np.where(active, 0.5, 1.0))
    return active, event, np.where(stopped < event, stopped, np.nan)


def test_cloning_and_weighting_find_no_effect_where_none_was_put_in() -> None:
    """Stopping does nothing here; the naive comparison says it protects, the weighted one does not."""
    active, event, stopped = simulate_grace(20000, seed=1)
    time, seen = np.minimum(event, 2.0), event <= 2
    stopped[stopped >= 2] = np.nan
    truth = estimate_survival(time, seen).at([2]).survival[0]
    clones = clone_people(time, seen, stopped, grace=1.0)
    cut = cut_follow_up(clones.time, clones.event, np.arange(0.1, 2, 0.1))
    own = clones.row[cut.row]
    ends = np.append(cut.row[1:] != cut.row[:-1], True)
    left = ends & clones.left[cut.row]
    found = find_censoring_weights(own, cut.start, cut.stop, left, {"active": active[own]},
                                   arm=clones.arm[cut.row], method="cox")
    curves = estimate_survival_by(clones.arm[cut.row], cut.stop, cut.event, entry=cut.start,
                                  weights=found.weights)
    weighted = [curve.at([2]).survival[0] for curve in curves.values()]
    plain = estimate_survival_by(clones.arm, clones.time, clones.event)
    naive = [curve.at([2]).survival[0] for curve in plain.values()]
    assert weighted == pytest.approx([truth, truth], abs=0.015)
    assert naive[1] - naive[0] > 0.02
