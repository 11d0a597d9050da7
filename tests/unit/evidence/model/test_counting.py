"""Counts from risks: plain binomial where the risk is sure, wider where it is not."""

from __future__ import annotations

from math import comb, log

import numpy as np
import pytest

from stepdown.evidence.model.counting import chance_up_to, log_chance_of, predict_count

SURE = np.array([0.1])


def test_a_sure_risk_gives_the_binomial_distribution() -> None:
    """Ten people at 10 %: 0.9^10 for none, and so on."""
    exact = [comb(10, k) * 0.1**k * 0.9 ** (10 - k) for k in range(11)]
    assert [chance_up_to(k, 10, SURE) for k in range(11)] == pytest.approx(np.cumsum(exact))
    assert log_chance_of(2, 10, SURE) == pytest.approx(log(exact[2]))


def test_the_interval_of_ten_people_at_a_tenth() -> None:
    """0.349 none, 0.736 up to one, 0.930 up to two, 0.987 up to three."""
    count = predict_count(10, SURE)
    assert (count.median, count.low80, count.high80, count.low95, count.high95) == (1, 0, 2, 0, 3)


def test_an_unsure_risk_gives_a_wider_count() -> None:
    sure, unsure = predict_count(100, np.array([0.3])), predict_count(100, np.array([0.1, 0.3, 0.5]))
    assert unsure.low80 < sure.low80 and unsure.high80 > sure.high80


def test_nobody_has_fewer_events_than_none_and_all_have_at_most_all() -> None:
    assert chance_up_to(-1, 10, SURE) == 0
    assert chance_up_to(10, 10, SURE) == 1
    assert log_chance_of(0, 5, np.array([0.0])) == pytest.approx(0, abs=1e-9)
