"""Until when people are followed: two years end on the second anniversary, and what happens on it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.analysis.follow_up import DEATH, EVENT, HORIZON, LOST, REASONS, follow
from stepdown.cohorts.protocol.model import Outcome
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


def follow_one(kind: Any, row: dict[str, float],
               **parts: Any) -> tuple[list[str], list[float], dict[str, int]]:
    """Why and when the follow-up of one person ends, and who is left out."""
    protocol = invent_protocol()
    table = invent_table([{"acted": 0.0, **row}])
    followed = follow(replace(table, **parts), Outcome(name="relapse", kind=kind), protocol)
    reasons = [REASONS[code] for code in followed.reason]
    return reasons, followed.time.tolist(), {why: count for why, count in followed.left_out.items() if count}


@pytest.mark.parametrize("kind", ["mri_activity", "any_activity", "no_evidence_of_disease_activity_lost"])
def test_who_is_not_scanned_is_not_followed_as_quiet(kind: str) -> None:
    unseen = "no MRI after the index day that tells of activity"
    assert follow_one(kind, {}) == ([], [], {unseen: 1})
    assert follow_one(kind, {"scan": 300.0}) == (["not scanned any more"], [300.0], {})
    assert follow_one(kind, {"scan": 900.0}) == (["end of follow-up"], [730.5], {})


def test_what_comes_after_the_last_scan_is_not_counted_and_what_the_scan_shows_is() -> None:
    assert follow_one("any_activity", {"scan": 300.0, "event": 400.0})[0] == ["not scanned any more"]
    assert follow_one("any_activity", {"scan": 300.0, "event": 300.0})[0] == ["event"]
    assert follow_one("relapse", {"event": 400.0})[0] == ["event"]


def test_whose_relapse_row_was_set_apart_is_not_free_of_relapses() -> None:
    apart = np.array([True])
    why = "a relapse row of theirs was set apart at import"
    assert follow_one("relapse", {}, relapses_apart=apart) == ([], [], {why: 1})
    assert follow_one("death", {}, relapses_apart=apart)[2] == {}
