"""``stepdown literature gate``: what an editor sees."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main


@pytest.mark.parametrize("study", ["coerver2024ocr", "mogad_korea2025", "zhu2023", "yano2019"])
def test_what_summarise_prints_is_accepted(
    study: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["literature", "summarise", study]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(capsys.readouterr().out))
    assert main(["literature", "gate", "-", "--study", study]) == 0
    assert capsys.readouterr().err == "stepdown: accepted\n"


def test_each_objection_names_its_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("People with MS can safely stop ocrelizumab.\n", encoding="utf-8")
    given = ["literature", "gate", str(text), "--study", "coerver2024ocr"]
    assert main(given) == 2
    told = capsys.readouterr()
    assert '"safely" may not stand in a summary\n    People with MS can safely stop ocrelizumab.' in told.out
    assert "rejected" in told.err
    assert main([*given, "--format", "json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["accepted"] is False
    assert {one["kind"] for one in answer["objections"]} >= {"word", "missing"}


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["literature", "gate", "nowhere.txt", "--study", "coerver2024ocr"]) == 2
    assert "nowhere.txt: no text file is there" in capsys.readouterr().err
