"""Who took a step, of whom a prediction is asked, and how they are followed: one invented person an edge."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from stepdown.cohorts.audit.asked import find_refused
from stepdown.cohorts.audit.following import ENDED, OUTCOMES, watch
from stepdown.cohorts.audit.steps import Steps, find_steps
from stepdown.cohorts.study import Choice
from stepdown.ms.errors import UserError
from unit.cohorts.audit.invented_steps import LOOKED_AT, NAMES, find_row, write


def test_only_steps_inside_an_observation_period_are_found(steps: Steps) -> None:
    without = {NAMES[number] for number in set(range(len(NAMES))) - set(steps.table.person.tolist())}
    assert without == {"went on", "outside"}


@pytest.mark.parametrize(("name", "strategy", "left", "target"), [
    ("stopped", "stop", "teriflunomide", ""),
    ("switched", "switch", "natalizumab", "teriflunomide"),
    ("spaced out", "extend", "natalizumab", ""),
    ("began again", "stop", "teriflunomide", ""),
])
def test_a_step_is_told_by_what_is_on_file(steps: Steps, name: str, strategy: str, left: str,
                                           target: str) -> None:
    row = find_row(steps, name)
    assert (steps.strategy[row], steps.left_drug[row], steps.target[row]) == (strategy, left, target)


@pytest.mark.parametrize(("name", "reason"), [
    ("stopped", ""),
    ("no age", ""),
    ("switched", ""),
    ("spaced out", ""),
    ("stronger", "a change to a drug as strong or stronger: no step down"),
    ("nmosd", "another disease: NMOSD or antibodies to aquaporin-4"),
    ("aquaporin", "another disease: NMOSD or antibodies to aquaporin-4"),
    ("no diagnosis", "the diagnosis is not known to be MS"),
    ("child", "under 18"),
    ("year of birth", "may be under 18: the birth date is not known closely enough"),
    ("other drug", "the drug is not known, or was begun the same day"),
    ("year of stop", "the day of the step is known to the month or year only"),
])
def test_a_prediction_is_asked_only_of_those_it_speaks_for(steps: Steps, name: str, reason: str) -> None:
    assert find_refused(steps)[find_row(steps, name)] == reason


def test_facts_are_those_of_the_day_with_what_is_unknown(steps: Steps) -> None:
    row = find_row(steps, "stopped")
    assert steps.age_low[row] == steps.age_high[row] == 50
    assert steps.quiet_low[row] == pytest.approx(4 + 5 / 12) and np.isnan(steps.quiet_high[row])
    assert np.isnan(steps.mri[row]) and np.isnan(steps.age_low[find_row(steps, "no age")])


@pytest.mark.parametrize(("name", "days", "ended"), [
    ("stopped", 730.5, "end of follow-up"),
    ("relapsed", 365, "event"),
    ("began again", 100, "step undone: a drug begun, stopped or changed"),
    ("switched", 200, "step undone: a drug begun, stopped or changed"),
])
def test_people_are_followed_until_the_step_is_undone(steps: Steps, name: str, days: float,
                                                      ended: str) -> None:
    watched = watch(steps, find_refused(steps) == "", "relapse", 2)
    (place,) = np.flatnonzero(watched.row == find_row(steps, name))
    assert watched.time[place] * 365.25 == pytest.approx(days)
    assert ENDED[watched.reason[place]] == ended


def test_followed_on_after_a_new_drug_the_relapse_counts(steps: Steps) -> None:
    watched = watch(steps, find_refused(steps) == "", "relapse", 2)
    (place,) = np.flatnonzero(watched.row == find_row(steps, "began again"))
    assert not watched.event[place] and watched.event_through[place]
    assert watched.time_through[place] * 365.25 == pytest.approx(150)


def test_within_a_year_counts_what_comes_by_the_anniversary(steps: Steps) -> None:
    watched = watch(steps, find_refused(steps) == "", "relapse", 1)
    (place,) = np.flatnonzero(watched.row == find_row(steps, "relapsed"))
    assert watched.event[place]


def test_who_cannot_be_followed_is_counted_by_reason(steps: Steps) -> None:
    chosen = (find_refused(steps) == "") & ~np.isin(steps.table.person, [NAMES.index(name)
                                                                          for name in LOOKED_AT])
    relapse, scans, worse = (watch(steps, chosen, name, 2).left_out for name in (*OUTCOMES[:2], OUTCOMES[3]))
    assert relapse == {"nobody can say whether an episode or scan came before or after": 1}
    assert sum(scans.values()) == sum(worse.values()) == chosen.sum()


def test_as_of_a_day_nothing_later_is_known(folder: Path) -> None:
    found = find_steps(folder, Choice(), date(2016, 12, 31))
    watched = watch(found.steps, find_refused(found.steps) == "", "relapse", 2)
    assert found.at == date(2016, 12, 31) and not watched.event.any()
    assert watched.time.max() * 365.25 == pytest.approx((date(2016, 12, 31) - date(2016, 6, 1)).days)


@pytest.mark.validate
def test_spark_finds_the_steps_that_duckdb_finds(folder: Path, steps: Steps) -> None:
    pytest.importorskip("pyspark")
    other = find_steps(folder, Choice("spark"), None).steps
    for name in (each.name for each in fields(Steps) if each.name not in ("table", "scans", "scores")):
        one, two = getattr(steps, name), getattr(other, name)
        assert np.array_equal(one, two, equal_nan=one.dtype.kind == "f"), name
    for name, days in steps.table.outcomes.items():
        assert np.array_equal(days, other.table.outcomes[name], equal_nan=True), name
    for one, two in ((steps.scans, other.scans), (steps.scores, other.scores)):
        assert np.array_equal(one.row, two.row) and np.array_equal(one.after, two.after)


def test_a_registry_without_treatments_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "registry")
    (folder / "treatments.parquet").unlink()
    with pytest.raises(UserError, match=r"no treatments\.parquet"):
        find_steps(folder, Choice(), None)
