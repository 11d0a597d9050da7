"""``stepdown evidence``: what an editor of the library sees."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stepdown.evidence.reading import read_study
from stepdown.interfaces.cli import main
from stepdown.interfaces.cli._study_text import write_study, write_study_row

STUDY = """
id = "invented2024"
title = "An invented trial of stopping"
design = "rct"
disease = "MS"
read = "abstract"
published = "2024"
added = "2026-11-21"
topic = "stopping"
limits = "It is invented."
urls = ["https://example.org/invented"]
overlaps = ["corboy2023"]

[[findings]]
id = "relapse-stop"
outcome = "relapse"
strategy = "stop"
report = "counts"
definition = "any relapse"
locator = "abstract"
events = 3
n = 45
"""

Run = Any


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(["evidence", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


def test_the_list_names_a_study_on_its_line_and_the_sum_beside_it(run: Run) -> None:
    code, out, err = run("list", "--topic", "stopping")
    line = next(line for line in out.splitlines() if line.startswith("corboy2023 "))
    assert code == 0
    assert "rct" in line and " 259 " in line
    assert "findings, library " in err


def test_the_list_of_a_topic_holds_no_study_of_another(run: Run) -> None:
    studies = json.loads(run("list", "--topic", "stepping-down", "--format", "json")[1])["studies"]
    assert {row["topic"] for row in studies} == {"stepping-down"}
    assert "ridose2025" in {row["id"] for row in studies}


def test_a_study_is_shown_with_its_source_its_limits_and_its_findings(run: Run) -> None:
    code, out, _ = run("show", "zanghi_ppms2023")
    assert code == 0
    assert "PMID 37876043" in out and "limits: " in out
    assert "worsening-extended: confirmed_worsening, extend ocrelizumab" in out
    assert "2 of 25; 8%; 0.83 years (median-follow-up)" in out


def test_a_finding_that_enters_no_pool_says_why(run: Run) -> None:
    out = run("show", "ridose2025")[1]
    assert "HR 0.93 (0.44 to 1.98), p 0.853" in out
    assert "not pooled: the direction of the ratio is unclear" in out
    assert "misprinted: " in out


def test_a_study_as_json_has_every_field_of_a_finding(run: Run) -> None:
    study = json.loads(run("show", "ryerson2019", "--format", "json")[1])["study"]
    finding = study["findings"][0]
    assert finding["effect"]["low"] == 0.01 and finding["events"] is None
    assert study["population"]["n"] == 35521


def test_an_id_that_is_nearly_right_gets_a_suggestion(run: Run) -> None:
    code, out, err = run("show", "corboy2024")
    assert (code, out) == (2, "")
    assert "did you mean corboy2023" in err


def test_an_id_that_is_like_none_is_told_where_all_ids_are(run: Run) -> None:
    code, _, err = run("show", "zzzzzz")
    assert code == 2
    assert "stepdown evidence list prints all ids" in err


def test_the_library_as_it_stands_has_no_fault(run: Run) -> None:
    code, out, err = run("check")
    assert (code, out) == (0, "")
    assert "no fault" in err


def test_a_sound_file_may_overlap_with_the_library(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "invented2024.toml"
    path.write_text(STUDY, "utf-8")
    assert run("check", str(path)) == (0, "", "stepdown: 1 study, no fault\n")


def test_every_fault_of_a_file_is_printed_with_its_place(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "invented2024.toml"
    path.write_text(STUDY.replace("events = 3", "events = 46").replace("corboy2023", "corboy1923"), "utf-8")
    code, out, err = run("check", str(path))
    assert code == 2
    assert out.splitlines() == [
        "invented2024: overlaps: 'corboy1923' is no other study of the library",
        "invented2024/relapse-stop: events: 46 events are more than 45 people"]
    assert err == "stepdown: 1 study, 2 faults\n"


def test_faults_as_json_keep_study_finding_and_field(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "invented2024.toml"
    path.write_text(STUDY.replace("n = 45", ""), "utf-8")
    code, out, _ = run("check", str(path), "--format", "json")
    answer = json.loads(out)
    assert code == 2 and answer["ok"] is False
    assert [(row["study"], row["finding"], row["field"]) for row in answer["faults"]] == [
        ("invented2024", "relapse-stop", "n")]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_is_no_text_is_one_sentence(run: Run, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "missing.toml"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run("check", str(path))
    assert (code, out) == (2, "")
    assert "missing.toml: no text file is there" in err


def test_a_retracted_study_says_so_first_and_in_the_list() -> None:
    study = replace(read_study(STUDY, "invented2024.toml"), retracted="2026-01-02", overlaps=(), limits="")
    assert write_study(study).splitlines()[1] == "RETRACTED 2026-01-02: enters no pool"
    assert write_study_row(study).endswith("  [retracted 2026-01-02]")


def test_people_without_a_count_of_events_are_still_shown(run: Run) -> None:
    assert "823 people; 26 per 100 person-years (12 to 48); 2.7 years" in run("show", "zhu2023")[1]


def test_people_and_times_that_are_unknown_are_said_to_be(run: Run) -> None:
    out = run("show", "starvaggi2023")[1]
    assert "20 of an unknown number of people" in out
    assert "time unknown" in out
