"""Estimands, trimming, subgroups and missing covariates as a protocol asks for them, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.cohorts.analysis.estimating import estimate_outcome
from stepdown.cohorts.analysis.results import OutcomeResult
from unit.cohorts.analysis.invented_table import invent_protocol, invent_table

#: 10 mild people, of whom 8 stop and nobody relapses; 10 active ones, of whom 5 stop and 4 of them relapse,
#: as do 2 of the other 5. Stopping adds nothing to the risk of the mild and 0.4 to that of the active.
MILD = [{"acted": 0}] * 8 + [{}] * 2
ACTIVE = [{"acted": 0, "event": 300}] * 4 + [{"acted": 0}] + [{"event": 300}] * 2 + [{}] * 3
IS_ACTIVE = [0.0] * 10 + [1.0] * 10


def estimate(rows: list[dict[str, float]], covariates: dict[str, list[Any]],
             labels: dict[str, list[Any]] | None = None, **parts: Any) -> OutcomeResult:
    protocol = invent_protocol(covariates=tuple(covariates), **parts)
    return estimate_outcome(invent_table(rows, covariates, labels), protocol.outcomes[0], protocol).outcome


@pytest.mark.parametrize(("estimand", "share"), [
    ("ate", 1 / 2), ("ate-stabilised", 1 / 2), ("att", 5 / 13), ("overlap", 2.5 / (1.6 + 2.5))])
def test_each_estimand_stands_for_its_own_people(estimand: str, share: float) -> None:
    """The difference is 0.4 times the share of active people among those that the estimand stands for."""
    found = estimate(MILD + ACTIVE, {"active": IS_ACTIVE}, weights={"estimand": estimand})
    assert found.contrasts[-1].risk_difference.value == pytest.approx(0.4 * share, abs=1e-6)


def test_trimming_leaves_out_those_who_nearly_all_do_the_same() -> None:
    found = estimate(MILD + ACTIVE, {"active": IS_ACTIVE}, weights={"estimand": "ate", "trim": [0.05, 0.7]})
    assert found.contrasts[-1].risk_difference.value == pytest.approx(0.4, abs=1e-6)


def test_subgroups_are_weighed_by_themselves_and_say_how_alike_their_groups_are() -> None:
    labels = {"kind": ["mild"] * 10 + ["active"] * 10}
    found = estimate(MILD + ACTIVE, {}, labels, subgroups=[{"name": "kind", "fact": "sex"}])
    differences = {each.label: each.risk_difference.value for each in found.subgroups}
    assert differences == pytest.approx({"active": 0.4, "mild": 0.0}, abs=1e-6)
    assert all(each.largest_imbalance == 0 for each in found.subgroups)


def test_complete_cases_stand_beside_what_is_marked() -> None:
    """The activity of one mild person who goes on is not known; those left give the same difference."""
    known: list[float] = [*IS_ACTIVE[:8], float("nan"), *IS_ACTIVE[9:]]
    found = estimate(MILD + ACTIVE, {"active": known}, weights={"estimand": "att"})
    assert found.complete_cases is not None
    assert found.complete_cases.risk_difference.value == pytest.approx(0.4 * 5 / 13, abs=1e-6)


def test_what_another_covariate_tells_is_imputed_as_it_was() -> None:
    """A second covariate says the same, so that each unknown value is drawn from people like them."""
    rows, same = (MILD + ACTIVE) * 5, IS_ACTIVE * 5
    unknown = [float("nan") if number % 7 == 3 else value for number, value in enumerate(same)]
    imputed = estimate(rows, {"active": unknown, "same": same}, weights={"estimand": "ate"},
                       missing={"method": "multiple-imputation", "imputations": 3})
    assert imputed.contrasts[-1].risk_difference.value == pytest.approx(0.2, abs=1e-6)
    assert imputed.complete_cases is not None


def test_where_everybody_had_the_event_the_risk_is_known_to_the_end() -> None:
    found = estimate([{"acted": 0, "event": 300}] * 6 + [{"event": 200}] * 2 + [{}] * 8, {})
    assert found.contrasts[-1].risk_difference.value == pytest.approx(1 - 2 / 10)
    assert found.event_free_years_difference is not None
    assert found.event_free_years_difference.value < 0
