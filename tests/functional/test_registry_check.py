"""``stepdown registry check`` as somebody runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main
from unit.cohorts.registry.invented_registry import change, write_registry


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["registry", "check", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_sound_registry_passes_and_its_gaps_are_listed(tmp_path: Path, capsys: Any) -> None:
    code, out, _ = run(capsys, str(write_registry(tmp_path)))
    assert code == 0
    assert "no error\n" in out
    assert "visits.edss" in out and "1 of 2" in out
    assert "labs                           0   no file: unknown for everybody" in out


def test_an_error_is_exit_code_2_and_names_rows_without_values(tmp_path: Path, capsys: Any) -> None:
    folder = write_registry(tmp_path, **change("visits", edss=[25.0, 2.5]))
    code, out, err = run(capsys, str(folder))
    assert code == 2
    assert "error: visits.edss: must be a score of the scale: 1 row (1)" in out
    assert "25.0" not in out + err


def test_the_same_as_json(tmp_path: Path, capsys: Any) -> None:
    code, out, _ = run(capsys, str(write_registry(tmp_path)), "--format", "json")
    told = json.loads(out)
    assert (code, told["ok"], told["rows"]["patients"]) == (0, True, 3)
    assert told["violations"][0]["rule"] == "never-observed"


def test_the_same_as_a_page(tmp_path: Path, capsys: Any) -> None:
    code, out, _ = run(capsys, str(write_registry(tmp_path)), "--format", "html")
    assert code == 0 and out.startswith("<!DOCTYPE html>")


def test_a_folder_that_is_no_registry_is_said(tmp_path: Path, capsys: Any) -> None:
    code, _, err = run(capsys, str(tmp_path))
    assert code == 2 and "this is no registry" in err
