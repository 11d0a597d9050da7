"""A registry taken in parts gives the same table, flow and numbers of trials as all of it at once."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.invented_registry import draw_people, write_registry
from parity.test_cohort import PROTOCOL
from stepdown.cohorts import study
from stepdown.cohorts.engines import open_engine
from stepdown.cohorts.parts import cut_people
from stepdown.cohorts.registry.reading import read_registry
from stepdown.cohorts.stages import Found


def find(registry: Path, work: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> Found:
    monkeypatch.setattr(study, "cut_people", partial(cut_people, size=size))
    (work / str(size)).mkdir()
    return study.find_analysis_table(PROTOCOL, registry, study.Choice(), work / str(size))


def flatten(value: Any) -> list[np.ndarray]:
    if isinstance(value, dict):
        return [each for part in value.values() for each in flatten(part)]
    return [np.asarray(each) for each in value] if isinstance(value, tuple) else [np.asarray(value)]


def test_parts_give_the_table_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = write_registry(draw_people(3, 60), tmp_path / "registry")
    whole, parts = (find(registry, tmp_path, monkeypatch, size) for size in (1000, 25))
    assert parts.steps == whole.steps
    for each in fields(whole.table):
        for one, other in zip(flatten(getattr(whole.table, each.name)),
                              flatten(getattr(parts.table, each.name)), strict=True):
            np.testing.assert_array_equal(one, other)


def test_everybody_is_in_one_part(tmp_path: Path) -> None:
    folder = write_registry(draw_people(3, 7), tmp_path / "registry")
    with open_engine() as engine:
        parts = cut_people(engine, read_registry(engine.connection, folder), size=3)
    assert [part.before for part in parts] == [0, 3, 6]
    assert [part.stop for part in parts] == [*(part.first for part in parts[1:]), None]
