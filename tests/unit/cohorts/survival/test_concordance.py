"""The concordance against R's (survival 3.5-3), and against counting pair by pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invented_follow_up import read_rows
from stepdown.cohorts.survival import fit_cox, measure_concordance, predict_log_hazard

ALL, FIRST = read_rows(), read_rows(one_row_a_person=True)


def test_the_concordance_of_a_fit_is_that_of_r() -> None:
    """coxph(Surv(time, event) ~ group + age)$concordance"""
    x = np.column_stack([FIRST.group == "stop", FIRST.age])
    score = predict_log_hazard(fit_cox(FIRST.time, FIRST.event, x), x)
    found = measure_concordance(FIRST.time, FIRST.event, score)
    assert (found.value, found.standard_error) == pytest.approx((0.6, 0.101211595097837), rel=1e-9)


def test_late_entry_weights_and_persons_are_those_of_r() -> None:
    """coxph(Surv(entry, time, event) ~ group + age, weights = weight, cluster = person)$concordance"""
    x = np.column_stack([ALL.group == "stop", ALL.age])
    options = {"entry": ALL.entry, "weights": ALL.weight, "cluster": ALL.person}
    found = measure_concordance(ALL.time, ALL.event, predict_log_hazard(
        fit_cox(ALL.time, ALL.event, x, **options), x), **options)
    assert (found.value, found.standard_error) == pytest.approx(
        (0.6273975588491718, 0.0835127350749083), rel=1e-9)


def test_strata_are_those_of_r() -> None:
    """coxph(Surv(entry, time, event) ~ age + dose + strata(clinic), weights = weight, cluster = 1:15)"""
    x, options = np.column_stack([ALL.age, ALL.dose]), {
        "entry": ALL.entry, "weights": ALL.weight, "strata": ALL.clinic}
    found = measure_concordance(ALL.time, ALL.event, predict_log_hazard(
        fit_cox(ALL.time, ALL.event, x, **options), x), **options)
    assert (found.value, found.standard_error) == pytest.approx(
        (0.636767110488204, 0.203755924027747), rel=1e-9)


Row = tuple[int, int, bool, int, int]
ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5), st.booleans(), st.integers(0, 3),
                          st.integers(1, 3)), min_size=1, max_size=12)


def count_pair_by_pair(rows: list[Row]) -> list[float]:
    counts = [0.0, 0.0, 0.0]
    for entry_i, stay_i, event_i, score_i, weight_i in rows:
        for entry_j, stay_j, event_j, score_j, weight_j in rows:
            left_i, left_j = entry_i + stay_i, entry_j + stay_j
            later = left_j > left_i or (left_j == left_i and not event_j)
            if event_i and later and entry_j < left_i:
                place = 0 if score_i > score_j else 1 if score_i < score_j else 2
                counts[place] += weight_i * weight_j
    return counts


@settings(max_examples=200)
@given(ROWS)
def test_sorting_bit_by_bit_counts_what_pair_by_pair_counts(rows: list[Row]) -> None:
    entry, stay, event, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    found = measure_concordance(entry + stay, event, score, entry=entry, weights=weight)
    assert [found.concordant, found.discordant, found.tied] == pytest.approx(count_pair_by_pair(rows))


def test_without_a_pair_to_compare_it_is_unknown() -> None:
    found = measure_concordance([1, 2], [0, 0], [3, 4])
    assert np.isnan(found.value) and np.isnan(found.standard_error)
