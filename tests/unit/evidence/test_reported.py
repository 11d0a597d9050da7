"""A finding becomes a report with its numbers, or says in words why it has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stepdown.evidence.meta.reports import Counts, Rate, SurvivalProbability
from stepdown.evidence.reported import to_report
from unit.evidence.invented_studies import finding, rate, ratio, study

STUDY = study("one")


def test_counts_keep_events_people_and_years() -> None:
    assert to_report(STUDY, finding()) == Counts("one", "relapse-stop", 4, 40, 2.0)


def test_a_percentage_of_a_printed_number_becomes_a_whole_number_of_people() -> None:
    """24 % of 78 people are 18.72, so 19."""
    share = finding(report="proportion", events=None, n=78, proportion=0.24)
    assert to_report(STUDY, share) == Counts("one", "relapse-stop", 19, 78, 2.0)


@pytest.mark.parametrize("report", ["proportion", "survival"])
def test_a_share_with_its_interval_becomes_the_probability_of_staying_free(report: str) -> None:
    """38 % (31 to 44) had the event, so 62 % (56 to 69) had not."""
    share = finding(report=report, events=None, proportion=0.38, proportion_low=0.31, proportion_high=0.44)
    found = to_report(STUDY, share)
    assert isinstance(found, SurvivalProbability)
    assert (found.p, found.low, found.high) == pytest.approx((0.62, 0.56, 0.69))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_nobody_or_everybody_is_taken_as_counts(share: float) -> None:
    interval = {"proportion_low": 0.0, "proportion_high": 1.0}
    alike = finding(report="survival", events=None, proportion=share, **interval)
    assert to_report(STUDY, alike) == Counts("one", "relapse-stop", round(40 * share), 40, 2.0)


def test_a_rate_per_100_person_years_becomes_one_per_person_year() -> None:
    found = to_report(STUDY, rate(person_years=300.0))
    assert found == Rate("one", "infection-rate", value=0.02, person_years=300.0)


def test_a_rate_without_person_years_is_used_through_its_interval() -> None:
    found = to_report(STUDY, rate(rate_low=1.0, rate_high=4.0))
    assert found == Rate("one", "infection-rate", value=0.02, low=0.01, high=0.04)


def test_a_rate_with_people_and_time_takes_their_product_as_person_years() -> None:
    found = to_report(STUDY, rate(n=50, time_years=3.0))
    assert found == Rate("one", "infection-rate", value=0.02, person_years=150.0, n=50)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"not_pooled": "the same people as in another report"}, "the same people as in another report"),
        ({"outcome": "other:quality-of-life"}, "this outcome is shown, not pooled"),
        ({"time_kind": "window"}, "a rate within a window around its peak says nothing about other times"),
        ({"time_years": None}, "how long people were watched is not reported"),
        ({"events": None}, "the number of people is not reported"),
        ({"n": None}, "the number of people is not reported"),
        ({"report": "words"}, "it is a contrast or words, not a risk over time"),
        (
            {"report": "survival", "events": None, "n": None, "proportion": 0.4},
            "the number of people is not reported",
        ),
        (
            {
                "report": "survival",
                "proportion": 0.4,
                "proportion_low": 0.3,
                "proportion_high": 0.5,
                "time_years": None,
            },
            "how long people were watched is not reported",
        ),
    ],
)
def test_what_cannot_be_pooled_says_why(changes: dict[str, Any], reason: str) -> None:
    assert to_report(STUDY, finding(**changes)) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rate": None}, "the rate is not reported"),
        ({}, "neither an interval nor the person-years of the rate are reported"),
        ({"rate_low": 1.0}, "neither an interval nor the person-years of the rate are reported"),
        ({"n": 50}, "neither an interval nor the person-years of the rate are reported"),
    ],
)
def test_a_rate_that_cannot_be_pooled_says_why(changes: dict[str, Any], reason: str) -> None:
    assert to_report(STUDY, rate(**changes)) == reason


def test_numbers_that_contradict_each_other_are_refused_in_words() -> None:
    found = to_report(STUDY, finding(events=50))
    assert isinstance(found, str) and "50 events among 40 people" in found


def test_a_ratio_is_no_risk_over_time() -> None:
    assert isinstance(to_report(STUDY, ratio()), str)


def test_a_mark_that_forbids_pooling_comes_before_any_number() -> None:
    marked = replace(finding(), not_pooled="a share of events, not of people")
    assert to_report(STUDY, marked) == "a share of events, not of people"
