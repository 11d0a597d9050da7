"""What only a scan or a visit can show is counted as far as somebody looked, and no further."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.cohorts.audit.following import ENDED, Watched, watch
from stepdown.cohorts.audit.looks import Looks, join_looks
from stepdown.cohorts.audit.steps import Steps
from unit.cohorts.audit.invented_steps import find_row


def find(steps: Steps, watched: Watched, name: str) -> tuple[float, str] | None:
    """Days followed and why they ended; None for somebody who could not be followed."""
    place = np.flatnonzero(watched.row == find_row(steps, name))
    if not place.size:
        return None
    return round(float(watched.time[place[0]]) * 365.25, 6), ENDED[watched.reason[place[0]]]


LOOKED = "nobody looked any more, or late enough to confirm it"


@pytest.mark.parametrize(("outcome", "years", "name", "expected"), [
    ("mri_activity", 1, "no scan before", None),
    ("mri_activity", 1, "no scan after", None),
    ("mri_activity", 1, "quiet", (350, LOOKED)),
    ("mri_activity", 2, "quiet", (600, "not scanned any more")),
    ("mri_activity", 1, "a little late", (380, "event")),
    ("mri_activity", 1, "much too late", None),
    ("any_activity", 1, "relapse, then a scan", (250, "event")),
    ("any_activity", 1, "relapse after the last scan", (300, "not scanned any more")),
    ("confirmed_worsening", 2, "worse, confirmed", (200, "event")),
    ("confirmed_worsening", 2, "worse at the end", (200, LOOKED)),
])
def test_people_are_followed_to_their_last_look(steps: Steps, outcome: str, years: int, name: str,
                                                expected: tuple[float, str] | None) -> None:
    watched = watch(steps, np.ones(len(steps), dtype=bool), outcome, years)
    assert find(steps, watched, name) == expected


def test_everybody_who_is_not_followed_has_a_reason(steps: Steps) -> None:
    everybody = np.ones(len(steps), dtype=bool)
    for outcome in ("mri_activity", "any_activity", "confirmed_worsening"):
        watched = watch(steps, everybody, outcome, 1)
        assert len(watched.row) + sum(watched.left_out.values()) == len(steps)


def test_parts_of_a_registry_are_joined_in_order_of_their_steps() -> None:
    one = (np.array([0, 0, 2]), np.array([10.0, 20.0, 5.0]))
    looks = join_looks([one, one], [3, 3])
    last = looks.find_last(np.array([0, 1, 2, 3, 5]), np.array([15.0, 99.0, 5.0, 20.0, 4.0]))
    assert np.array_equal(last, [10.0, np.nan, 5.0, 20.0, np.nan], equal_nan=True)


def test_only_a_look_that_a_later_one_confirms_can_show_worsening() -> None:
    looks = Looks(np.array([0, 0, 0, 1]), np.array([10.0, 100.0, 300.0, 50.0])).keep_confirmable(168)
    assert (looks.row.tolist(), looks.after.tolist()) == ([0, 0], [10.0, 100.0])


def test_without_any_look_nobody_was_looked_at() -> None:
    none = Looks(np.zeros(0, dtype=np.intp), np.zeros(0))
    assert np.isnan(none.find_last(np.array([0]), np.array([9.0]))).all()
    assert none.keep_confirmable(168).row.size == none.of(np.array([0]), np.array([9.0]))[0].size == 0
