"""Trials by the calendar find the effect that two lives of the same people have; the naive way another."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.cohorts.analysis.estimating import estimate_outcome
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.study import Choice, find_analysis_table

#: Nothing that is decided changes anything, and more stop than usual, mostly those who are quiet anyway.
WORLD = Settings(people=60_000, seed=7, stopping_odds=10.0, effect_of_stopping=0.0,
                 effect_of_stepping_down=0.0)


def read_protocol() -> Protocol:
    """The shipped protocol with a trial on the first day of each quarter."""
    raw = read_shipped("stopping-at-50").model_dump()
    raw["outcomes"] = [each for each in raw["outcomes"] if each["kind"] == "relapse"]
    raw["subgroups"], raw["index"] = [], {"event": "calendar", "every_months": 3, "trials": "all"}
    raw["strategies"][0]["grace_days"] = 91
    raw["covariates"] = [*raw["covariates"], {"name": "calendar_year", "fact": "calendar_year"}]
    return Protocol.model_validate(raw)


@pytest.mark.validate
def test_trials_by_the_calendar_find_no_effect_where_there_is_none(tmp_path: Path) -> None:
    protocol = read_protocol()
    simulate_registry(WORLD, tmp_path / "invented", lambda _: None)
    (tmp_path / "stages").mkdir()
    data = find_analysis_table(protocol, tmp_path / "invented", Choice(), tmp_path / "stages").table
    contrast = estimate_outcome(data, protocol.outcomes[0], protocol).outcome.contrasts[-1]
    assert contrast.risk_difference.low < 0 < contrast.risk_difference.high
    assert abs(contrast.risk_difference.value) < 0.005
    assert contrast.crude_risk_difference.high < 0
