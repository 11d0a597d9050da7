"""After a step down: the path for one person and that for a registry say the same, row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from parity.watched_people import Row, draw_person, watch_registry, write_registry
from spec.test_watch import AT, ROWS, expected_of, tell, view_of
from stepdown.cohorts.engines import Engine, open_engine
from stepdown.patients.watching import URGENCIES, watch

#: Lists of a person file that are a table of a registry under the same name.
_LISTS = ("relapses", "mri", "labs")


def find_faults(engine: Engine, rows: list[Row], folder: Path) -> list[str]:
    """The rows of which a registry does not say what is expected."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(name for name in _LISTS if row["person"].get(name) == "absent")].append(row)
    faults = []
    for absent, group in groups.items():
        place = write_registry([view_of(row) for row in group], folder / f"without-{len(absent)}", absent)
        found, standings = watch_registry(engine, place, date.fromisoformat(AT))
        wanted_standings = Counter(row["standing"] for row in group if ":" not in row["standing"])
        faults += [f"{name}: {standings[name]} people, not {wanted_standings[name]}"
                   for name in {*standings, *wanted_standings} if standings[name] != wanted_standings[name]]
        for number, row in enumerate(group):
            wanted, seen = expected_of(row, found.get(number, {}))
            wanted.pop("next", None)  # only the list says what to do next
            seen.pop("next", None)
            known = wanted["standing"].split(":")[0] in ("stepped-down", "not-judged")
            if (wanted != seen) if known else number in found:
                faults.append(f"{row['name']}: {wanted} but {seen}")
    return faults


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Of the rows of the table, and of people drawn by lot; in one registry, for a registry costs seconds.

    The row of somebody whom nobody asked needs a registry without tables, and is run with the long ones.
    """
    rows = [row for row in ROWS if "absent" not in row["person"].values()]
    with open_engine(threads=1) as engine:
        return find_faults(engine, [*rows, *draw_rows(3, 250)], tmp_path_factory.mktemp("watched") / "all")


def test_every_row_of_the_watch_on_a_registry(faults: list[str]) -> None:
    assert not [fault for fault in faults if " of seed " not in fault]


def test_people_drawn_by_lot_get_the_same_from_both(faults: list[str]) -> None:
    assert not [fault for fault in faults if " of seed " in fault]


def test_people_drawn_by_lot_stand_in_every_way() -> None:
    rows = draw_rows(3, 250)
    assert {row["standing"].split(":")[0] for row in rows} == {
        "stepped-down", "on-treatment", "not-judged", "other-disease", "no-treatment", "died"}
    steps = [row for row in rows if "step" in row]
    assert {row["step"][0] for row in steps} == {"stop", "switch", "extend", "no-further-course"}
    assert {row["urgency"] for row in steps} == set(URGENCIES)


@pytest.mark.validate
def test_every_row_of_the_watch_on_spark(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    with open_engine("spark") as engine:
        assert not find_faults(engine, ROWS, tmp_path)


@cache
def draw_rows(seed: int, people: int) -> list[Row]:
    """People drawn by lot, with what the path for one person says of them as what is expected."""
    rng, rows = np.random.default_rng(seed), []
    for number in range(people):
        row: Row = {"name": f"person {number} of seed {seed}", "person": draw_person(rng)}
        rows.append(row | tell(watch(view_of(row))))
    return rows


@pytest.mark.validate
def test_every_row_with_and_without_tables_on_a_registry(tmp_path: Path) -> None:
    with open_engine(threads=2) as engine:
        assert not find_faults(engine, ROWS, tmp_path)


@pytest.mark.validate
def test_many_people_drawn_by_lot_get_the_same_from_both(tmp_path: Path) -> None:
    with open_engine(threads=2) as engine:
        for seed in range(20):
            assert not find_faults(engine, draw_rows(seed, 1000), tmp_path / str(seed))
