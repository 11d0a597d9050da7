"""What is true by construction in a simulated registry, and what must follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.registry.simulation.chunk import Chunk, simulate_chunk
from stepdown.cohorts.registry.simulation.parameters import Eligible, Settings
from stepdown.cohorts.registry.simulation.people import YEAR
from stepdown.cohorts.registry.simulation.state import NEVER
from stepdown.cohorts.registry.simulation.truth import Truth, simulate_truth
from stepdown.ms.errors import UserError

SETTINGS = Settings(people=4000, seed=11)
QUIET = Eligible(age_min=45, years_without_relapse=2)


def truth(outcome: Any = "relapse", eligible: Eligible = QUIET, **settings: Any) -> Truth:
    return simulate_truth(replace(SETTINGS, **settings), eligible, outcome=outcome)


def live(**settings: Any) -> Chunk:
    return simulate_chunk(replace(SETTINGS, **settings), 0, SETTINGS.people)


def stopped(chunk: Chunk) -> dict[str, Any]:
    """The elective stops: reasons 0 and 1."""
    rows = chunk.state.rows["treatments"].join()
    elective = (rows["stop"] != NEVER) & (rows["reason"] <= 1)
    return {name: values[elective] for name, values in rows.items()}


@pytest.mark.parametrize("outcome", ["relapse", "any_activity", "death"])
def test_where_stopping_has_no_effect_both_lives_are_the_same(outcome: Any) -> None:
    found = truth(outcome, effect_of_stopping=0)
    assert found.people > 500
    assert found.difference == 0
    assert found.risk_stop > 0


def test_stopping_does_harm_where_it_has_an_effect() -> None:
    found = truth()
    assert found.difference > 3 * found.standard_error > 0
    assert found.risk_stop - found.risk_continue == pytest.approx(found.difference)


def test_rebound_drugs_do_more_harm_than_those_that_last() -> None:
    rebound = truth(eligible=replace(QUIET, therapies=("natalizumab",)))
    lasting = truth(eligible=replace(QUIET, therapies=("ocrelizumab", "rituximab")))
    assert rebound.difference > lasting.difference + 0.05


def test_the_older_lose_less_by_stopping() -> None:
    young = truth(eligible=Eligible(age_max=40, years_without_relapse=1))
    old = truth(eligible=Eligible(age_min=60, years_without_relapse=1))
    assert young.difference > old.difference + 0.05


def test_both_lives_are_the_same_until_the_index_visit() -> None:
    lives = [live(policy=policy, eligible=QUIET, years_beyond=2.0) for policy in ("stop", "continue")]
    assert np.array_equal(lives[0].state.indexed, lives[1].state.indexed)
    index = lives[0].state.indexed
    before = []
    for one in lives:
        rows = one.state.rows["relapses"].join()
        early = rows["onset"] <= np.where(index == NEVER, 10**9, index)[rows["person"]]
        before.append({name: values[early] for name, values in rows.items()})
    assert all(np.array_equal(before[0][name], before[1][name]) for name in before[0])


def test_those_who_stop_are_older_unless_it_is_a_lottery() -> None:
    ages = []
    for confounding in (1.0, 0.0):
        chunk = live(confounding=confounding)
        rows = stopped(chunk)
        of_all = np.mean(chunk.people.entry - chunk.people.birth) / YEAR
        ages.append(np.mean((rows["start"] - chunk.people.birth[rows["person"]]) / YEAR) - of_all)
    assert ages[0] > 3
    assert abs(ages[1]) < 2


def test_a_relapse_brings_people_to_the_clinic_unless_visits_are_regular() -> None:
    visits = [live(informative_visits=flag).state.rows["visits"].join() for flag in (True, False)]
    assert visits[0]["during_relapse"].sum() > 2 * visits[1]["during_relapse"].sum()


def test_nobody_is_seen_after_the_end_of_observation() -> None:
    chunk = live()
    for name, date in (("visits", "date"), ("mri", "date"), ("relapses", "onset"), ("events", "date")):
        rows = chunk.state.rows[name].join()
        assert (rows[date] <= chunk.state.end[rows["person"]]).all()
        assert (rows[date] >= chunk.people.entry[rows["person"]]).all()


def test_the_index_can_be_the_decision_to_stop() -> None:
    deciding = replace(QUIET, index="decision-to-stop")
    found, every = truth(eligible=deciding), truth()
    assert 0 < found.people < every.people


def test_a_comparison_that_nobody_enters_is_said() -> None:
    with pytest.raises(UserError, match="nobody"):
        truth(eligible=Eligible(age_min=120))
