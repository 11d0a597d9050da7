"""Until when people are followed: two years end on the second anniversary, and what happens on it counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stepdown.cohorts.analysis.follow_up import DEATH, EVENT, HORIZON, LOST, follow
from unit.cohorts.analysis.invented_table import invent_protocol, invent_table

#: 1 June 2013 and 1 June 2015: two years later 730 and, over 29 February 2016, 731 days have passed.
PLAIN, LEAP = 15_857, 16_587


@pytest.mark.parametrize(("index_day", "row", "reason"), [
    (PLAIN, {"event": 730.0}, EVENT), (PLAIN, {"event": 731.0}, HORIZON),
    (LEAP, {"event": 731.0}, EVENT), (LEAP, {"event": 732.0}, HORIZON),
    (LEAP, {"death": 731.0}, DEATH), (LEAP, {"death": 732.0}, HORIZON),
    (PLAIN, {"end": 730.0}, HORIZON), (PLAIN, {"end": 729.0}, LOST),
    (LEAP, {"end": 731.0}, HORIZON), (LEAP, {"end": 730.0}, LOST),
])
def test_the_second_anniversary_is_the_last_day_of_two_years(index_day: int, row: dict[str, float],
                                                            reason: int) -> None:
    protocol = invent_protocol()
    table = replace(invent_table([{"acted": 0.0, **row}, {}]), index_day=np.full(2, index_day))
    followed = follow(table, protocol.outcomes[0], protocol)
    first = followed.row == 0
    assert followed.reason[first].tolist() == [reason]
    assert followed.time[first] <= 2 * 365.25
