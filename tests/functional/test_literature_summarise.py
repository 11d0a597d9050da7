"""``stepdown literature summarise``: one study in plain words, in three formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

STUDY = """
id = "invented2024"
title = "An invented trial of stopping"
design = "rct"
disease = "MS"
read = "abstract"
published = "2024"
added = "2026-11-21"
topic = "stopping"

[[findings]]
id = "relapse-stop"
outcome = "relapse"
strategy = "stop"
report = "counts"
definition = "any invented relapse"
locator = "abstract"
groups = ["injectable"]
events = 3
n = 45
"""


def test_text_has_the_figure_and_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["literature", "summarise", "mogad_korea2025"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("MOGAD: ")
    assert "10 of 41 people" in " ".join(told.split())
    assert "10.1177/13524585251320046" in told
    assert max(map(len, told.splitlines())) <= 80


def test_json_says_what_each_sentence_stands_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["literature", "summarise", "corboy2023", "--format", "json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    claims = [claim for chunk in answer["summary"]["chunks"] for claim in chunk["claims"]]
    assert claims[0]["source"] == "corboy2023#any-activity-stop-2y"
    assert all(claim["source"] for claim in claims)
    assert answer["reading"]["grade"] <= 6


def test_a_page_goes_to_a_file(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert main(["literature", "summarise", "corboy2023", "--format", "html", "-o", str(page)]) == 0
    assert "<h1>MS: " in page.read_text(encoding="utf-8")


def test_a_library_of_one_s_own_is_summarised_and_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = STUDY.replace("any invented relapse", "<script>alert(1)</script>")
    (tmp_path / "invented2024.toml").write_text(text, encoding="utf-8")
    given = ["literature", "summarise", "invented2024", "--library", str(tmp_path)]
    assert main([*given, "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_a_study_without_a_number_is_refused_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["literature", "summarise", "aan2018"]) == 2
    assert "stepdown evidence show aan2018" in capsys.readouterr().err


def test_an_unknown_study_gets_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["literature", "summarise", "corby2023"]) == 2
    assert "corboy2023" in capsys.readouterr().err
