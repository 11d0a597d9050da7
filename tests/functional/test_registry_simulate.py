"""``stepdown registry simulate`` as somebody runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.interfaces.cli import main
from stepdown.interfaces.cli._progress import draw_bar


def test_a_registry_is_written_and_its_rows_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "invented"
    assert main(["registry", "simulate", "--people", "50", "--seed", "1", "-o", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.out.split()[:2] == ["patients", "50"]
    assert "these people are invented" in printed.err
    assert (folder / "visits.parquet").is_file()


def test_a_folder_in_use_is_a_fault_of_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    assert main(["registry", "simulate", "--people", "5", "--seed", "1", "-o", str(tmp_path)]) == 2
    assert "name a new or empty folder" in capsys.readouterr().err


def test_a_bar_shows_what_is_done_of_the_whole() -> None:
    assert draw_bar("people", 50, 200) == "people [########......................]  25% of 200"
