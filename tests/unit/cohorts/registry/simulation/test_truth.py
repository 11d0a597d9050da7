"""What is true by construction in a simulated registry, and what must follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.registry.simulation import decisions
from stepdown.cohorts.registry.simulation.chunk import Chunk, simulate_chunk
from stepdown.cohorts.registry.simulation.leaving import CANCER, SORTS
from stepdown.cohorts.registry.simulation.parameters import Eligible, Settings
from stepdown.cohorts.registry.simulation.people import YEAR
from stepdown.cohorts.registry.simulation.state import NEVER
from stepdown.cohorts.registry.simulation.truth import Truth, find_first, simulate_truth
from stepdown.ms.errors import UserError

SETTINGS = Settings(people=4000, seed=11)
QUIET = Eligible(age_min=45, years_without_relapse=2)


def truth(outcome: Any = "relapse", eligible: Eligible = QUIET, **settings: Any) -> Truth:
    return simulate_truth(replace(SETTINGS, **settings), eligible, outcome=outcome)


def live(**settings: Any) -> Chunk:
    world = replace(SETTINGS, **settings)
    return simulate_chunk(world, 0, world.people)


def stopped(chunk: Chunk) -> dict[str, Any]:
    """The elective stops: reasons 0 and 1."""
    rows = chunk.state.rows["treatments"].join()
    elective = (rows["stop"] != NEVER) & (rows["reason"] <= 1)
    return {name: values[elective] for name, values in rows.items()}


@pytest.mark.parametrize("outcome", ["relapse", "any_activity", "death"])
def test_where_stopping_has_no_effect_both_lives_are_the_same(outcome: Any) -> None:
    found = truth(outcome, effect_of_stopping=0, effect_of_stepping_down=0)
    assert found.people > 500
    assert found.difference == 0
    assert found.risk_begin > 0


def test_stopping_does_harm_where_it_has_an_effect() -> None:
    found = truth()
    assert found.difference > 3 * found.standard_error > 0
    assert found.risk_begin - found.risk_continue == pytest.approx(found.difference)


def test_rebound_drugs_do_more_harm_than_those_that_last() -> None:
    rebound = truth(eligible=replace(QUIET, therapies=("natalizumab",)))
    lasting = truth(eligible=replace(QUIET, therapies=("ocrelizumab", "rituximab")))
    assert rebound.difference > lasting.difference + 0.05


def test_the_older_lose_less_by_stopping() -> None:
    young = truth(eligible=Eligible(age_max=40, years_without_relapse=1))
    old = truth(eligible=Eligible(age_min=60, years_without_relapse=1))
    assert young.difference > old.difference + 0.05


def test_both_lives_are_the_same_until_the_index_visit() -> None:
    lives = [live(policy=policy, eligible=QUIET, years_beyond=2.0) for policy in ("begin", "continue")]
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
    deciding = replace(QUIET, index="decision")
    found, every = truth(eligible=deciding), truth()
    assert 0 < found.people < every.people


def test_a_comparison_that_nobody_enters_is_said() -> None:
    with pytest.raises(UserError, match="nobody"):
        truth(eligible=Eligible(age_min=120))


def test_a_time_of_grace_lets_people_stop_later_and_all_in_time() -> None:
    graced = replace(QUIET, grace_days=365)
    days = []
    for eligible in (QUIET, graced):
        chunk = live(policy="begin", eligible=eligible, years_beyond=2.5, stopping_odds=8.0)
        rows = stopped(chunk)
        first = np.full(SETTINGS.people, 10**9)
        np.minimum.at(first, rows["person"], np.where(
            rows["stop"] >= chunk.state.indexed[rows["person"]], rows["stop"], 10**9))
        index = chunk.state.indexed
        days.append((first - index)[(index != NEVER) & (chunk.state.end - index > 400)])
    assert (days[0] == 0).all()
    assert np.mean(days[1]) > 0
    assert np.mean(days[1] <= 365) > 0.9


def test_the_odds_of_stopping_can_be_raised() -> None:
    usual, often = (len(stopped(live(stopping_odds=odds))["stop"]) for odds in (1.0, 8.0))
    assert often > 3 * usual


def test_the_true_weights_give_back_the_true_risk_of_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what is on file decides who stops: weighted by it, those who do stop stand for all."""
    chances: list[tuple[Any, Any]] = []
    original = decisions.find_chance_to_stop

    def remember(state: Any, seen: Any, settings: Any, level: Any = None) -> Any:
        chance = original(state, seen, settings, level)
        if level is not None:
            return chance
        chances.append((seen.day.copy(), chance))
        return chance

    monkeypatch.setattr(decisions, "find_chance_to_stop", remember)
    eligible = replace(QUIET, last_scan_quiet=True)
    settings = replace(SETTINGS, people=20_000, stopping_odds=10.0, eligible=eligible, years_beyond=2.5)
    chunk = simulate_chunk(settings, 0, settings.people)
    index = chunk.state.indexed
    chance = np.ones(settings.people)
    for day, each in chances:
        chance = np.where(day == index, each, chance)
    rows = stopped(chunk)
    stops = np.zeros(settings.people, bool)
    np.logical_or.at(stops, rows["person"], rows["stop"] == index[rows["person"]])
    first = find_first(chunk, "relapse")
    relapsed = (first != NEVER) & (first - index <= 2 * YEAR)
    weights = stops / chance
    weighted = np.sum(weights * relapsed) / np.sum(weights)
    naive = relapsed[stops].mean()
    found = simulate_truth(settings, eligible)
    standard_error = np.sqrt(np.sum((weights * (relapsed - weighted)) ** 2)) / np.sum(weights)
    assert abs(weighted - found.risk_begin) < 2.5 * standard_error < 0.05
    assert naive < found.risk_begin - 0.04


@pytest.mark.parametrize("strategy", ["step-down", "extend"])
def test_where_a_milder_treatment_has_no_effect_both_lives_are_the_same(strategy: Any) -> None:
    eligible = replace(QUIET, strategy=strategy)
    none = truth("relapse", eligible, effect_of_stopping=0, effect_of_stepping_down=0)
    assert none.people > 100 and none.difference == 0 < none.risk_begin


def test_stepping_down_does_less_harm_than_stopping_after_a_drug_with_rebound() -> None:
    harm = {strategy: truth(eligible=replace(QUIET, strategy=strategy, therapies=("natalizumab",)),
                            people=20_000).difference for strategy in ("stop", "step-down", "extend")}
    assert harm["stop"] > harm["step-down"] + 0.05 > harm["extend"]


def test_checkpoint_inhibitors_follow_a_cancer_and_bring_adverse_events() -> None:
    chunk = live(people=20_000)
    rows = chunk.state.rows["events"].join()
    given, severe = (rows["person"][rows["event"] == SORTS.index(name)] for name in (
        "cancer-immunotherapy", "adverse-event"))
    grades = rows["grade"][rows["event"] == SORTS.index("adverse-event")]
    assert 100 < len(given) == len(set(given)) < (rows["event"] == CANCER).sum()
    assert set(severe) <= set(given) and set(grades) == {1, 2, 3}
