"""Risks, their weights and their errors: against the public functions of the field's form, and by nudging."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.analysis import comparing
from stepdown.cohorts.analysis.comparing import Prepared, find_weights, sample_risks
from stepdown.cohorts.analysis.hazard import find_hazard_ratio
from stepdown.cohorts.analysis.intervals import Estimates
from stepdown.cohorts.survival import estimate_incidence, fit_cox
from stepdown.cohorts.weighting import cut_follow_up, find_censoring_weights
from unit.cohorts.analysis.invented_study import build_protocol, draw_study, prepare_study

KINDS: list[dict[str, Any]] = [
    {}, {"grace_days": 180}, {"weights": {"estimand": "att", "censoring": False}},
    {"weights": {"estimand": "overlap", "step_days": 60}}, {"weights": {"estimand": "ate-stabilised"}}]


def prepared(parts: dict[str, Any], trials: int = 600) -> Prepared:
    return prepare_study(build_protocol(**parts), draw_study(trials))


def list_pieces(study: Prepared, side: int) -> tuple[np.ndarray, ...]:
    """Follow-up of a group as rows cut at the starts of intervals: row, start, stop, cause, weight."""
    panel, weighed = study.panels[side], find_weights(study)
    cut = cut_follow_up(panel.time, panel.cause > 0, panel.begins[1:])
    kept = cut.stop > cut.start  # not the index day of those who leave on it
    row, start, stop = cut.row[kept], cut.start[kept], cut.stop[kept]
    pairs = zip(np.searchsorted(panel.begins, start), row, strict=True)
    staying = np.array([weighed.staying[side][k][0, each] for k, each in pairs])
    cause = np.where(cut.event[kept], panel.cause[row], 0)
    return row, start, stop, cause, staying, weighed.rows[panel.row[row]]


@pytest.mark.parametrize("parts", KINDS)
def test_the_risks_are_those_of_a_weighted_curve_of_cut_follow_up(parts: dict[str, Any]) -> None:
    study = prepared(parts)
    found = sample_risks(study)
    for side in (0, 1):
        _, start, stop, cause, staying, rows = list_pieces(study, side)
        curve = estimate_incidence(stop, cause, entry=start, weights=staying * rows)
        assert found.values[0, side, :-1] == pytest.approx(curve.at(study.days).probability[0], rel=1e-9)
        assert found.values[0, side, -1] * 365.25 == pytest.approx(curve.find_mean_times(study.until)[0])


def test_weights_for_staying_are_those_of_a_pooled_logistic_model_of_a_table_of_pieces() -> None:
    study = prepared({})
    panel = study.panels[1]  # nobody leaves the target strategy: being lost is the only way out of view
    row, start, stop, _, staying, _ = list_pieces(study, 1)
    k = np.searchsorted(panel.begins, start)
    pairs = zip(k, row, strict=True)
    states = np.array([panel.tables[place][panel.states[place][each]] for place, each in pairs])
    lost = (panel.reason[row] == 3) & (stop == panel.time[row])
    table = np.column_stack([panel.base[row, 1:], states])
    expected = find_censoring_weights(row, start, stop, lost, table)
    assert staying == pytest.approx(expected.weights, rel=1e-6)


@pytest.mark.parametrize("parts", KINDS)
def test_the_hazard_ratio_is_that_of_a_robust_cox_model_of_cut_follow_up(parts: dict[str, Any]) -> None:
    study = prepared(parts)
    pieces = [list_pieces(study, side) for side in (0, 1)]
    _, start, stop, cause, staying, rows = (np.concatenate(both) for both in zip(*pieces, strict=True))
    target = np.repeat([0.0, 1.0], [len(pieces[0][0]), len(pieces[1][0])])
    person = np.concatenate([study.person[study.panels[side].row[pieces[side][0]]] for side in (0, 1)])
    fit = fit_cox(stop, cause == 1, {"target": target}, entry=start, weights=staying * rows, cluster=person)
    found = find_hazard_ratio(study, find_weights(study), (1, 1))
    assert (found.value, found.low, found.high) == pytest.approx(
        (fit.hazard_ratios[0], fit.lower[0], fit.upper[0]), rel=1e-7)


@pytest.mark.parametrize("parts", KINDS)
def test_the_influence_of_a_person_is_how_the_results_move_when_they_count_a_little_more(
        parts: dict[str, Any]) -> None:
    study = prepared(parts | {"bootstrap": {"up_to_rows": 0}}, trials=300)
    found, little, weighed = sample_risks(study), 1e-5, study.weighed
    paths = comparing._find_paths(study, np.ones((1, len(weighed.rows))), weighed.rows[None], weighed.staying)
    each = np.array([list(comparing._move_weighted(study, paths[0], weighed.rows, weighed.staying)),
                     list(comparing._move_crude(study, paths[1]))])
    for person in (3, 40, 77, 149):
        times = 1 + little * (study.person == person)[None].astype(np.float64)
        paths = comparing._find_paths(study, times, *comparing._weigh(study, times, again=True))
        moved = (comparing._read_paths(study, paths)[0] - found.values) / little
        assert moved == pytest.approx(each[..., person], rel=2e-3, abs=2e-6)


@pytest.mark.parametrize("parts", KINDS)
def test_resampling_and_influence_agree_on_the_error(parts: dict[str, Any]) -> None:
    by_influence, resampled = (
        Estimates.of(prepared(parts | {"bootstrap": {"replicates": 400, "up_to_rows": limit}}))
        for limit in (0, 10_000))
    first, second = by_influence.find_difference(7), resampled.find_difference(7)
    assert second.high - second.low == pytest.approx(first.high - first.low, rel=0.2)


def test_where_nobody_of_a_group_has_the_event_the_risk_is_not_taken_as_none() -> None:
    found = Estimates.of(prepare_study(build_protocol(), draw_study(never=True)))
    risk, difference = found.find_risk(1, 7), found.find_difference(7)
    assert risk.value == 0 and 0.005 < risk.high < 0.1 and "exact" in risk.why
    assert difference.low < difference.value < difference.high
    assert difference.high - difference.value >= risk.high
    assert found.find_ratio(7).value == 0 and found.find_ratio(7).high > 0
