"""What only a scan or a visit can show is counted as far as somebody looked, and no further."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from stepdown.cohorts.audit.following import ENDED, Watched, watch
from stepdown.cohorts.audit.looks import Looks, join_looks
from stepdown.cohorts.audit.steps import Steps, find_steps
from stepdown.cohorts.study import Choice
from unit.cohorts.audit.invented_steps import FIRST, STOP, days_after, on, person, relapse, write


def scan(days: int, active: bool = False) -> dict[str, Any]:
    return {"date": days_after(days), "date_precision": "day", "region": "brain", "any_new_t2": active,
            "any_enlarging_t2": False, "any_gd_enhancing": False}


def score(days: int, edss: float) -> dict[str, Any]:
    return {"date": STOP + timedelta(days), "date_precision": "day", "edss": edss, "during_relapse": False}


BASE = [scan(-400), scan(-30)]
PEOPLE: dict[str, dict[str, list[dict[str, Any]]]] = {
    "no scan before": {"mri": [scan(-400), scan(200)]},
    "no scan after": {"mri": BASE},
    "quiet": {"mri": [*BASE, scan(350), scan(600)]},
    "a little late": {"mri": [*BASE, scan(380, True)]},
    "much too late": {"mri": [*BASE, scan(500, True)]},
    "relapse, then a scan": {"mri": [*BASE, scan(300)], "relapses": [relapse(days_after(250))]},
    "relapse after the last scan": {"mri": [*BASE, scan(300)], "relapses": [relapse(days_after(320))]},
    "worse, confirmed": {"visits": [score(0, 2), score(200, 3.5), score(400, 3.5)]},
    "worse at the end": {"visits": [score(0, 2), score(200, 2), score(400, 3.5), score(500, 3.5)]},
}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    people = {}
    for name, rows in PEOPLE.items():
        people[name] = person(on("teriflunomide", FIRST, STOP))
        for table, values in rows.items():
            setattr(people[name], table, values)
    return find_steps(write(tmp_path_factory.mktemp("looks") / "registry", people), Choice(), None).steps


def find(watched: Watched, name: str) -> tuple[float, str] | None:
    """Days followed and why they ended; None for somebody who could not be followed."""
    place = np.flatnonzero(watched.row == list(PEOPLE).index(name))
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
    assert find(watched, name) == expected


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
