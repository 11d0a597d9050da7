"""A risk is that of the people studied, moved the right way, widened by the unknown, or unknown itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from scipy.special import betaincinv

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell, Gathered, gather
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Pool, to_pool
from stepdown.evidence.pool_risk import RiskEstimate, estimate_risk, find_pool_risk
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Finding, Population, Study
from stepdown.evidence.supposing import supposing
from unit.evidence.invented_studies import finding, rate, study

STOP = Cell("relapse", "stop", "injectable")
INFECTION = Cell("serious_infection", "continue", "injectable")
AS_STUDIED = Person(50.0, 50.0, mri_active=False)


def estimate(
    *studies: Study, cell: Cell = STOP, years: float = 2.0, person: Person = AS_STUDIED
) -> RiskEstimate:
    return estimate_risk(to_pool(cell, gather(cell, studies)), years, person)


def find_pool(*findings: Finding, cell: Cell = STOP, **changes: Any) -> Pool:
    pool = to_pool(cell, gather(cell, [study("one", *findings, **changes)]))
    assert isinstance(pool, Pool)
    return pool


def test_one_study_gives_its_own_share_with_the_exact_interval() -> None:
    """4 of 40: 10 %, Clopper-Pearson from the beta distribution."""
    risk = estimate(study("one", finding()))
    exact = (betaincinv(4, 37, 0.025), betaincinv(5, 36, 0.975))
    assert risk.estimate == pytest.approx(0.1, abs=1e-6)
    assert (risk.low, risk.high) == pytest.approx(exact, abs=1e-4)


def test_half_the_time_has_the_risk_of_a_constant_hazard() -> None:
    """1 - 0.9^(1/2) = 0.0513."""
    assert estimate(study("one", finding()), years=1.0).estimate == pytest.approx(
        1 - math.sqrt(0.9), abs=1e-6
    )


def test_one_study_says_that_the_spread_between_studies_is_unknown() -> None:
    risk = estimate(study("one", finding()))
    assert risk.studies == 1 and risk.status == "estimated"
    assert risk.reason == "one study: how much studies differ is unknown"


def test_two_studies_are_pooled_with_a_prediction_interval() -> None:
    """Two studies alike leave the middle where it is; the interval holds the spread between studies too."""
    two = estimate(study("a", finding(events=40, n=400)), study("b", finding(events=40, n=400)))
    alone = estimate(study("a", finding(events=40, n=400)))
    assert two.estimate == pytest.approx(0.1, abs=0.01)
    assert two.low is not None and alone.low is not None and two.low < alone.low
    assert two.high is not None and alone.high is not None and two.high > alone.high


def test_people_and_events_are_summed_and_unknown_where_one_study_prints_none() -> None:
    counted = study("a", finding(outcome="serious_infection", strategy="continue", selection="unknown"))
    both = estimate(counted, study("b", rate(n=60, events=6, person_years=300.0)), cell=INFECTION)
    assert (both.people, both.events) == (100, 10)
    rated = estimate(counted, study("b", rate(person_years=300.0)), cell=INFECTION)
    assert (rated.people, rated.events) == (None, None)


def test_every_source_is_named_with_those_of_the_contrasts_last() -> None:
    risk = estimate(study("one", finding()), person=Person(60.0, 60.0, mri_active=True))
    assert risk.sources == (
        "one#relapse-stop",
        "dmsr_deescalation#any-activity-by-age",
        "bsteh2017#relapse-by-enhancing-lesions",
    )


def test_nothing_reported_is_unknown_and_says_so() -> None:
    assert estimate() == RiskEstimate("unknown", "no study in the library reports this")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("a",), "reported by one study, not usable: how long people were watched is not reported"),
        (("a", "b"), "reported by 2 studies, none usable: how long people were watched is not reported"),
    ],
)
def test_reported_but_unusable_is_unknown_with_the_sources(names: tuple[str, ...], reason: str) -> None:
    risk = estimate(*(study(name, finding(time_years=None)) for name in names))
    assert (risk.status, risk.reason, risk.estimate) == ("unknown", reason, None)
    assert risk.sources == tuple(f"{name}#relapse-stop" for name in names)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(30.0, 31.0, mri_active=False), "younger than the people in these studies"),
        (Person(70.0, 71.0, mri_active=False), "older than the people in these studies"),
        (
            Person(50.0, 50.0, False, years_quiet_high=4.9),
            "quiet for less time than the people in these studies",
        ),
        (Person(50.0, 50.0, mri_active=True), "active on MRI, unlike the people in these studies"),
    ],
)
def test_a_person_unlike_those_studied_gets_an_extrapolated_risk_that_says_how(
    person: Person, words: str
) -> None:
    """The invented people are 50 on average, so 35 to 65, quiet for five years, and chosen as stable."""
    risk = estimate(study("one", finding(years_quiet_min=5.0)), person=person)
    assert risk.status == "extrapolated" and words in risk.reason


@pytest.mark.parametrize(
    "person",
    [AS_STUDIED, Person(36.0, 64.0, mri_active=False), Person(), Person(50.0, 50.0, False, 5.0, 9.0)],
)
def test_a_person_who_may_be_like_those_studied_is_not_called_outside(person: Person) -> None:
    assert estimate(study("one", finding(years_quiet_min=5.0)), person=person).status == "estimated"


def test_the_bounds_of_age_are_those_printed() -> None:
    studied = find_pool(finding(age_mean=63.0, age_min=55.0, age_max=71.0)).studied
    assert (studied.age_mean, studied.age_low, studied.age_high) == (63.0, 55.0, 71.0)


def test_a_mean_age_without_bounds_stands_for_fifteen_years_either_side() -> None:
    studied = find_pool(finding(), population=Population(age_median=48.5)).studied
    assert (studied.age_mean, studied.age_low, studied.age_high) == (48.5, 33.5, 63.5)


def test_no_printed_age_leaves_the_ages_unknown() -> None:
    studied = find_pool(finding(), population=Population()).studied
    assert (studied.age_mean, studied.age_low, studied.age_high) == (None, None, None)


def test_the_shortest_quiet_time_is_unknown_where_one_study_does_not_say() -> None:
    quiet, silent = study("a", finding(years_quiet_min=5.0)), study("b", finding())
    pools = [to_pool(STOP, gather(STOP, studies)) for studies in ([quiet], [quiet, silent])]
    assert [pool.studied.years_quiet_min for pool in pools if isinstance(pool, Pool)] == [5.0, None]


@pytest.mark.parametrize(
    ("changes", "years"),
    [
        ({"time_years": 4.0, "rate_low": 1.0, "rate_high": 4.0}, 4.0),
        ({"n": 100, "person_years": 320.0}, 3.2),
        ({"n": 100, "events": 4, "rate_low": 1.0, "rate_high": 4.0}, 2.0),
        ({"n": 100, "rate_low": 1.0, "rate_high": 4.0}, 1.0),
        ({"rate_low": 1.0, "rate_high": 4.0}, 1.0),
        ({"person_years": 320.0}, 1.0),
    ],
)
def test_people_behind_a_rate_were_watched_for_their_person_years_each(
    changes: dict[str, Any], years: float
) -> None:
    """2 per 100 person-years: 4 events are 200 person-years, so 2 years for each of 100 people."""
    assert find_pool(rate(**changes), cell=INFECTION).watched == pytest.approx(years)


def test_a_cell_is_fitted_once_for_the_same_findings_and_anew_for_others() -> None:
    cell = Cell("relapse", "stop", "injectable", selection="elective-stable")
    first = fit_pool(cell)
    others = {name: study for name, study in read_library().items() if name != "corboy2023"}
    with supposing(others):
        assert isinstance(without := fit_pool(cell), Pool) and without.pooled.k == 1
    assert fit_pool(replace(cell)) is first


def test_a_risk_of_the_library_is_that_of_its_pool() -> None:
    cell = Cell("relapse", "stop", "injectable", selection="elective-stable")
    assert find_pool_risk(cell, 1.0, AS_STUDIED) == estimate_risk(fit_pool(cell), 1.0, AS_STUDIED)


def test_a_cell_without_members_keeps_what_was_left_out() -> None:
    pool = fit_pool(Cell("relapse", "switch", "s1p", to_group="anti-cd20"))
    assert isinstance(pool, Gathered) and pool.excluded
