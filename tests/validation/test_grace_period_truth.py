"""Where stepping down changes nothing, copies with weights find nothing; the naive way finds something."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.cohorts.analysis.estimating import estimate_outcome
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.study import Choice, find_analysis_table

#: More step down than usual, so that what few people do is not what decides.
WORLD = Settings(people=100_000, seed=77, stopping_odds=10.0, effect_of_stopping=0.0,
                 effect_of_stepping_down=0.0)


@pytest.mark.validate
def test_a_grace_period_finds_no_effect_where_there_is_none(tmp_path: Path) -> None:
    shipped = read_shipped("stepping-down-from-high-efficacy")
    relapse = tuple(each for each in shipped.outcomes if each.kind == "relapse")
    first = shipped.index.model_copy(update={"trials": "first"})
    protocol = shipped.model_copy(update={"outcomes": relapse, "subgroups": (), "index": first})
    simulate_registry(WORLD, tmp_path / "invented", lambda _: None)
    (tmp_path / "stages").mkdir()
    data = find_analysis_table(protocol, tmp_path / "invented", Choice(), tmp_path / "stages").table
    contrast = estimate_outcome(data, relapse[0], protocol).outcome.contrasts[-1]
    assert contrast.risk_difference.low < 0 < contrast.risk_difference.high
    assert contrast.crude_risk_difference.high < 0
