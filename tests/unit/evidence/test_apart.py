"""Trials and observational studies are pooled apart; together they are weighed by risk of bias."""

from __future__ import annotations

import pytest

from stepdown.evidence.apart import choose_pool, combine, find_concern, pool_apart
from stepdown.evidence.cells import Cell, Gathered, gather
from stepdown.evidence.pool import OBSERVATIONAL, RANDOMISED, Pool, kind_of
from stepdown.evidence.study import Appraisal, Study
from unit.evidence.invented_studies import finding, study

CELL = Cell("relapse", "stop", "injectable", selection="elective-stable")


def appraised(name: str, *concerns: str, **changes: object) -> Study:
    rows = tuple(Appraisal(f"domain-{i}", concern, "invented") for i, concern in enumerate(concerns))
    return study(name, finding(), appraisal=rows, **changes)


def test_only_a_trial_itself_is_randomised() -> None:
    kinds = {design: kind_of(study("one", design=design)) for design in ("rct", "rct-extension", "cohort")}
    assert kinds == {"rct": RANDOMISED, "rct-extension": OBSERVATIONAL, "cohort": OBSERVATIONAL}


@pytest.mark.parametrize(("concerns", "worst"), [
    (("low", "high", "some"), "high"), (("low", "some", "unknown"), "some"), (("low", "unknown"), "unknown"),
    (("low", "low"), "low"), ((), "unknown"),
])  # fmt: skip
def test_a_study_is_as_good_as_its_worst_domain_and_unknown_is_never_low(
    concerns: tuple[str, ...], worst: str
) -> None:
    assert find_concern(appraised("one", *concerns)) == worst


def test_each_kind_has_a_pool_of_its_own() -> None:
    studies = [appraised("trial", "low", design="rct"), appraised("cohort", "high")]
    apart = pool_apart(CELL, gather(CELL, studies))
    assert [(kind, pool.pooled.k) for kind, pool in apart.pools] == [(RANDOMISED, 1), (OBSERVATIONAL, 1)]
    assert apart.alternative is not None and apart.alternative.pool.pooled.k == 2


def test_one_kind_alone_needs_no_alternative() -> None:
    apart = pool_apart(CELL, gather(CELL, [appraised("one", "low"), appraised("two", "low")]))
    assert [pool.pooled.k for _, pool in apart.pools] == [2] and apart.alternative is None


def test_the_study_with_more_risk_of_bias_weighs_less_and_the_interval_grows() -> None:
    gathered = gather(CELL, [appraised("trial", "low", design="rct"), appraised("cohort", "high")])
    found = combine(CELL, gathered)
    weight = {row.study: row.weight for row in found.weighed}
    assert weight["cohort"] < 0.5 < weight["trial"]
    assert found.pool.pooled.high - found.pool.pooled.low > found.full_weight.high - found.full_weight.low


def test_without_risk_of_bias_the_alternative_is_the_plain_pool() -> None:
    gathered = gather(CELL, [appraised("trial", "low", design="rct"), appraised("cohort", "low")])
    found = combine(CELL, gathered)
    assert found.pool.pooled.estimate == pytest.approx(found.full_weight.estimate)


@pytest.mark.parametrize(("trial", "cohort", "answering"), [
    (2.0, 2.0, RANDOMISED), (1.0, 2.0, RANDOMISED), (2.0, 5.0, OBSERVATIONAL), (2.5, 5.0, RANDOMISED),
])  # fmt: skip
def test_the_kind_that_reaches_more_times_answers_and_the_trials_on_a_tie(
    trial: float, cohort: float, answering: str
) -> None:
    """Carried to twice the time watched: two years reach to four, two and a half to five."""
    studies = [
        study("trial", finding(time_years=trial), design="rct"),
        study("cohort", finding(time_years=cohort)),
    ]
    pool = choose_pool(pool_apart(CELL, gather(CELL, studies)))
    assert isinstance(pool, Pool) and pool.design == answering and pool.pooled.k == 1


def test_nothing_answers_where_nothing_can_be_pooled() -> None:
    assert isinstance(choose_pool(pool_apart(CELL, gather(CELL, []))), Gathered)
