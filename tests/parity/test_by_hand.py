"""The engine against hand-written SQL for the same protocol, to the last value: two programs, one answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from parity.invented_registry import draw_people, write_registry
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.study import Choice, find_analysis_table

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def same_cohort(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield __import__("same_cohort")
    sys.modules.pop("same_cohort", None)


def test_hand_written_sql_gives_the_same_table_and_flow(same_cohort: Any, tmp_path: Path) -> None:
    registry = write_registry(draw_people(11, 2000), tmp_path / "registry")
    (tmp_path / "stages").mkdir()
    found = find_analysis_table(read_shipped("stopping-at-50"), registry, Choice(), tmp_path / "stages")
    columns, flow = same_cohort.list_columns(found)
    by_hand, its_flow = same_cohort.build_by_hand(registry, tmp_path)
    assert flow == its_flow
    assert len(columns["person_id"]) > 500
    assert same_cohort.mark(columns, flow) == same_cohort.mark(by_hand, its_flow)


def test_another_day_has_another_mark(same_cohort: Any) -> None:
    import numpy as np

    days = np.array([1.0, np.nan])
    assert same_cohort.mark({"acted": days}, []) != same_cohort.mark({"acted": days + 1}, [])
