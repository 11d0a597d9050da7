"""Clone, censor, weight as a protocol asks for it: risks that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.cohorts.analysis.comparing import prepare, sample_risks
from stepdown.cohorts.analysis.covariates import build_design
from stepdown.cohorts.analysis.estimating import estimate_outcome
from stepdown.cohorts.analysis.follow_up import follow
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Protocol
from unit.cohorts.analysis.invented_table import invent_protocol, invent_table


def find(table: AnalysisTable, protocol: Protocol) -> tuple[np.ndarray, np.ndarray]:
    """The risks of comparator and target at the end of follow-up, weighted and crude."""
    followed = follow(table, protocol.outcomes[0], protocol)
    prepared = prepare(table, followed, build_design(table.covariates, protocol), protocol)
    weighted, crude = sample_risks(prepared).values[:, :, len(prepared.days) - 1]
    return weighted, crude


def test_those_who_stopped_within_the_grace_period_stand_for_everybody() -> None:
    """20 entries, 4 stop (at 0, 0, 50, 100); of them one relapses on day 300, of the others four.

    Nobody relapses within the period, so that the risk of stopping is 1 of 4. Of those who went on the two
    who stopped on the index day are out of it from then on, and the two later ones when they stop: 4 of 16.
    """
    rows = [{"acted": 0, "event": 300}, {"acted": 0}, {"acted": 50}, {"acted": 100}]
    rows += [{"event": 300}] * 4 + [{}] * 12
    weighted, _ = find(invent_table(rows), invent_protocol(grace_days=180))
    assert weighted[1] == pytest.approx(1 / 4)
    assert weighted[0] == pytest.approx(4 / 16)


def test_a_relapse_within_the_grace_period_belongs_to_both_strategies() -> None:
    """10 entries, one relapses on day 10 before doing anything: 0.1 in both, and nobody after it."""
    rows = [{"event": 10}] + [{"acted": 20}] * 3 + [{}] * 6
    weighted, _ = find(invent_table(rows), invent_protocol(grace_days=180))
    assert weighted[1] == pytest.approx(0.1) == weighted[0]


def test_weights_at_the_end_of_the_period_undo_who_stopped() -> None:
    """Half are mild (no relapse), half active (all relapse on day 400). 6 of 10 mild and 2 of 10 active stop.

    Each mild stopper stands for 10/6, each active one for 10/2: 10 of 20 relapse under either strategy.
    """
    mild = [{"acted": 0}] * 6 + [{}] * 4
    active = [{"acted": 0, "event": 400}] * 2 + [{"event": 400}] * 8
    table = invent_table(mild + active, {"active": [0.0] * 10 + [1.0] * 10})
    weighted, crude = find(table, invent_protocol(grace_days=90, covariates=("active",)))
    assert crude[1] == pytest.approx(2 / 8)
    assert weighted[1] == pytest.approx(0.5, abs=1e-6)
    assert weighted[0] == pytest.approx(0.5, abs=1e-6)


def test_who_does_neither_has_left_the_strategy_of_going_on() -> None:
    """Ten go on, five of them do something else on day 100 and relapse on day 200: these do not count."""
    rows = [{"acted": 1}] * 5 + [{"left": 100, "event": 200}] * 5 + [{}] * 5
    table, protocol = invent_table(rows), invent_protocol(grace_days=30)
    followed = follow(table, protocol.outcomes[0], protocol)
    going_on = ~followed.target
    assert not (followed.reason[going_on] == 0).any()
    assert list(followed.time[going_on][5:10]) == [100] * 5


def test_few_who_did_it_get_no_interval_and_a_warning() -> None:
    """Three of 100 stop, nobody of them relapses: what resampling would call certain is not."""
    rows = [{"acted": 5}] * 3 + [{"event": 300}] * 20 + [{}] * 77
    estimated = estimate_outcome(invent_table(rows), invent_protocol().outcomes[0],
                                 invent_protocol(grace_days=90))
    going_on = next(group for group in estimated.outcome.groups if group.name == "continue")
    stopping = next(group for group in estimated.outcome.groups if group.name == "stop")
    assert (stopping.followers, stopping.follower_events) == (3, 0)
    assert stopping.risk.value == 0 and stopping.risk.high > 0.5 and "exact" in stopping.risk.why
    assert np.isfinite(going_on.risk.low)
    assert any("Fewer than one entry in 20" in text for text in estimated.outcome.warnings)


def test_a_grace_period_needs_weights_for_those_who_leave() -> None:
    with pytest.raises(ValueError, match="only weights can make up for"):
        invent_protocol(grace_days=90, weights={"censoring": False})
