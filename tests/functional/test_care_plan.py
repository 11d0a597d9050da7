"""``stepdown care-plan`` from a file to each form, and the sentences for what it cannot do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main

AUDIENCES = ("clinician", "person", "caregiver", "team", "gp")


@pytest.fixture
def person(checkout: Path) -> str:
    return str(checkout / "examples" / "severe" / "01-spms-wheelchair-58.json")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_for_each_reader_is_printed(
    person: str, audience: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["care-plan", person, "--for", audience]) == 0
    told = capsys.readouterr()
    assert told.out and not told.err
    assert max(map(len, told.out.splitlines())) <= 80


def test_json_and_fhir_hold_the_whole_plan(person: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["care-plan", person, "--format", "json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert main(["assess", person, "--format", "json"]) == 0
    assert written["care_plan"] == json.loads(capsys.readouterr().out)["care_plan"]
    assert main(["care-plan", person, "--format", "fhir"]) == 0
    kinds = [entry["resource"]["resourceType"] for entry in json.loads(capsys.readouterr().out)["entry"]]
    assert kinds == ["Patient", "CarePlan", "Goal", "Goal", "CareTeam", "Provenance"]


def test_the_limit_of_severe_is_an_argument(person: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["care-plan", person, "--severe-from", "8"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Not severe. Severe means EDSS 8 or more" in told


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--format", "json", "--for", "caregiver"], "holds the whole plan, private parts too"),
        (["--format", "pdf"], "add -o FILE.pdf"),
        (["--clinic", "nowhere.toml"], "There is no clinic file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    person: str, more: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["care-plan", person, *more]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0.5", "six", "11"])
def test_a_limit_that_is_no_edss_is_refused(
    person: str, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["care-plan", person, "--severe-from", limit])
    assert stop.value.code == 2 and "write an EDSS" in capsys.readouterr().err


def test_a_file_with_an_error_is_said_and_no_plan_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text('{"diagnosis": "MS", "age": 50, "caregiver": {"present": false, "hours_a_day": 3}}')
    assert main(["care-plan", str(file)]) == 2
    told = capsys.readouterr()
    assert not told.out and "caregiver.present" in told.err


def test_the_page_for_the_team_is_written_as_html_and_pdf(
    person: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("weasyprint", reason="the extra 'pdf' is not installed")
    page, paper = tmp_path / "team.html", tmp_path / "team.pdf"
    assert main(["care-plan", person, "--for", "team", "--format", "html", "-o", str(page)]) == 0
    assert main(["care-plan", person, "--for", "team", "--format", "pdf", "-o", str(paper)]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert paper.read_bytes().startswith(b"%PDF-")
    assert "wrote" in capsys.readouterr().err
