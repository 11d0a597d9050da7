"""Trials and observational studies are pooled apart; together they are weighed by risk of bias."""

from __future__ import annotations

import pytest

from stepdown.evidence.apart import OBSERVATIONAL, RANDOMISED, combine, find_concern, kind_of, pool_apart
from stepdown.evidence.cells import Cell, gather
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
    assert apart.alternative is not None and apart.alternative.pooled.k == 2


def test_one_kind_alone_needs_no_alternative() -> None:
    apart = pool_apart(CELL, gather(CELL, [appraised("one", "low"), appraised("two", "low")]))
    assert [pool.pooled.k for _, pool in apart.pools] == [2] and apart.alternative is None


def test_the_study_with_more_risk_of_bias_weighs_less_and_the_interval_grows() -> None:
    members = gather(CELL, [appraised("trial", "low", design="rct"), appraised("cohort", "high")]).members
    found = combine(members)
    weight = {row.study: row.weight for row in found.weighed}
    assert weight["cohort"] < 0.5 < weight["trial"]
    assert found.pooled.high - found.pooled.low > found.full_weight.high - found.full_weight.low


def test_without_risk_of_bias_the_alternative_is_the_plain_pool() -> None:
    members = gather(CELL, [appraised("trial", "low", design="rct"), appraised("cohort", "low")]).members
    found = combine(members)
    assert found.pooled.estimate == pytest.approx(found.full_weight.estimate)
