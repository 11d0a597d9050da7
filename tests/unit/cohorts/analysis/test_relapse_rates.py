"""Annualised relapse rates worked out by hand: every relapse counts, and follow-up goes on after it."""

from __future__ import annotations

from dataclasses import replace
from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.analysis.comparing import prepare
from stepdown.cohorts.analysis.covariates import build_design
from stepdown.cohorts.analysis.follow_up import follow
from stepdown.cohorts.analysis.relapse_rates import find_relapse_rates
from stepdown.cohorts.analysis.results import RelapseRates
from unit.cohorts.analysis.invented_table import invent_protocol, invent_table

DAYS_PER_YEAR = 365.25


def find(rows: list[dict[str, float]], relapses: list[tuple[int, float]],
         covariates: dict[str, list[Any]] | None = None) -> RelapseRates:
    whose, day = (np.array(column) for column in zip(*relapses, strict=True))
    table = replace(invent_table(rows, covariates), relapses=(whose.astype(np.int64), day.astype(float)))
    protocol = invent_protocol(covariates=tuple(covariates or ()))
    outcome, design = protocol.outcomes[0], build_design(table.covariates, protocol)
    prepared = prepare(table, follow(table, outcome, protocol), design, protocol)
    return find_relapse_rates(table, outcome, prepared)


def test_every_relapse_counts_and_time_goes_on_after_it() -> None:
    """Ten stop: two relapses of one, one of another, in 20 years. Ten go on: one relapse in 20 years."""
    rows = [{"acted": 0}] * 10 + [{}] * 10
    found = find(rows, [(0, 100), (0, 400), (1, 50), (15, 30)])
    going_on, stopping = found.groups
    assert (stopping.relapses, going_on.relapses) == (3, 1)
    assert stopping.person_years == pytest.approx(20)
    assert stopping.rate.value == pytest.approx(3 / 20)
    assert going_on.rate.value == pytest.approx(1 / 20) and np.isnan(going_on.rate.low)
    assert found.ratio is not None and found.ratio.value == pytest.approx(3)


def test_a_relapse_after_somebody_stopped_is_none_of_going_on() -> None:
    rows = [{"acted": 0}] * 5 + [{"acted": 200}] + [{}] * 4
    found = find(rows, [(5, 100), (5, 300)])
    assert found.groups[0].relapses == 1
    assert found.groups[0].person_years == pytest.approx(8 + 200 / DAYS_PER_YEAR)


def test_the_interval_is_that_of_a_ratio_by_person() -> None:
    """Six relapses of three of ten people in 20 years: rate 0.3, residuals 2 - 0.6 (three), -0.6 (seven)."""
    rows = [{"acted": 0}] * 10 + [{}] * 10
    found = find(rows, [(person, day) for person in range(3) for day in (100, 500)])
    error = sqrt(3 * 1.4**2 + 7 * 0.6**2) / 6
    assert found.groups[1].rate.low == pytest.approx(0.3 / exp(1.959964 * error))


def test_rates_are_weighed_for_the_group() -> None:
    """Half are active and relapse once; 8 of 10 mild and 2 of 10 active stop.

    Weighed for those who stop (8 mild, 2 active) both groups have 2 relapses in 20 years.
    """
    mild = [{"acted": 0}] * 8 + [{}] * 2
    active = [{"acted": 0}] * 2 + [{}] * 8
    found = find(mild + active, [(person, 300) for person in range(10, 20)],
                 {"active": [0.0] * 10 + [1.0] * 10})
    assert [group.rate.value for group in found.groups] == pytest.approx([0.1, 0.1], abs=1e-6)
