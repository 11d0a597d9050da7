"""The horizon alone: the rules with their numbers stand in tests/spec/carrying.toml."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evidence.carrying import judge_horizon
from stepdown.evidence.vocabulary import GROUPS

YEARS = st.floats(0.01, 20.0)
STRATEGIES = st.sampled_from(("continue", "extend", "switch", "stop"))
ORDER = ("estimated", "extrapolated", "unknown")


@given(years=YEARS, longer=YEARS, watched=YEARS, group=st.sampled_from(GROUPS), strategy=STRATEGIES)
def test_a_later_time_is_never_better_known(
    years: float, longer: float, watched: float, group: str, strategy: str
) -> None:
    sooner, later = sorted((years, longer))
    statuses = [judge_horizon(time, watched, group, strategy)[0] for time in (sooner, later)]
    assert ORDER.index(statuses[0]) <= ORDER.index(statuses[1])


@given(years=YEARS, watched=YEARS, group=st.sampled_from(GROUPS), strategy=STRATEGIES)
def test_nothing_is_estimated_beyond_the_time_watched_nor_carried_beyond_twice_it(
    years: float, watched: float, group: str, strategy: str
) -> None:
    status, reason = judge_horizon(years, watched, group, strategy)
    assert (status == "estimated") is (years <= watched + 1e-9)
    assert status == "unknown" or years <= 2 * watched + 1e-9
    assert bool(reason) is (status != "estimated")


@pytest.mark.parametrize("group", ["natalizumab", "s1p", "anti-cd20", "alemtuzumab", "cladribine"])
@pytest.mark.parametrize("strategy", ["stop", "switch"])
def test_leaving_these_drugs_is_never_extrapolated(group: str, strategy: str) -> None:
    assert judge_horizon(1.1, 1.0, group, strategy)[0] == "unknown"
