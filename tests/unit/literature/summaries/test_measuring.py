"""The figure of a finding, and intervals by their closed forms."""

from __future__ import annotations

import math

import pytest

from stepdown.evidence.study import Effect
from stepdown.literature.summaries.measuring import (
    exact_rate_interval,
    exact_share_interval,
    measure,
    to_yearly_hazard,
)
from stepdown.literature.summaries.writing import make_summary
from unit.evidence.invented_studies import finding, rate, ratio, study


def test_exact_intervals_of_none_and_all_have_closed_forms() -> None:
    assert exact_share_interval(0, 20) == pytest.approx((0.0, 100 * (1 - 0.025 ** (1 / 20))))
    assert exact_share_interval(20, 20) == pytest.approx((100 * 0.025 ** (1 / 20), 100.0))


def test_exact_interval_of_a_rate_without_events_has_a_closed_form() -> None:
    """No event in T person-years: the upper end is -ln(0.025) / T."""
    assert exact_rate_interval(0, 50.0) == pytest.approx((0.0, -100 * math.log(0.025) / 50))


def test_a_printed_interval_is_kept() -> None:
    found = measure(
        finding(report="proportion", events=None, proportion=0.3, proportion_low=0.2, proportion_high=0.4)
    )
    assert found is not None
    assert (found.estimate, found.low, found.high) == pytest.approx((30, 20, 40))
    assert (found.events, found.n, found.worked_out) == (None, 40, False)


def test_a_plain_share_of_printed_people_is_a_count_worked_out() -> None:
    found = measure(finding(report="proportion", events=None, proportion=0.3))
    assert found is not None
    assert (found.events, found.n, found.worked_out) == (12, 40, True)


def test_a_pooled_or_estimated_share_is_never_told_as_a_count() -> None:
    """A share of a meta-analysis or of Kaplan and Meier times its people is no number of people."""
    pooled = finding(report="survival", events=None, proportion=0.3, proportion_low=0.2, proportion_high=0.4)
    told = " ".join(claim.text for claim in make_summary(study("invented", pooled)).claims)
    assert "The figure rests on 40 people." in told
    assert "12 of 40" not in told


def test_a_share_without_people_has_no_interval() -> None:
    found = measure(finding(report="proportion", events=None, n=None, proportion=0.3))
    assert found is not None
    assert found.width is None


def test_a_rate_without_person_years_or_interval_has_none() -> None:
    assert measure(rate()).width is None  # type: ignore[union-attr]


def test_a_range_that_does_not_hold_its_own_value_is_no_figure() -> None:
    assert measure(ratio(effect=Effect("HR", 0.15, "continue", -0.23, -0.06))) is None


def test_a_share_becomes_a_constant_hazard() -> None:
    """10 of 100 over two years is -ln(0.9) / 2 a year."""
    found = measure(
        finding(events=None, proportion=0.1, proportion_low=0.1, proportion_high=0.1, report="proportion")
    )
    assert found is not None
    hazard = -100 * math.log(0.9) / 2
    assert to_yearly_hazard(found, 2.0) == pytest.approx((hazard, hazard))
    assert to_yearly_hazard(found, None) is None
