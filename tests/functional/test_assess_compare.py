"""``stepdown assess --compare-with``: an earlier answer of the same person, or a sentence that it is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FIRST, OTHER = EXAMPLES / "01-injectable-stable-61.json", EXAMPLES / "05-rituximab-stable-24.json"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = main(["assess", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def earlier(run: Run, tmp_path: Path) -> Path:
    run(FIRST, "--format", "json", "-o", tmp_path / "answer.json")
    return tmp_path / "answer.json"


def test_without_a_change_it_says_that_nothing_moved(run: Run, earlier: Path) -> None:
    code, out, _ = run(FIRST, "--compare-with", earlier)
    assert code == 0 and "Nothing moved" in out and "in between\n" in out and "- none" in out


def test_another_day_is_told_as_a_reason_beside_the_studies(run: Run, earlier: Path) -> None:
    out = run(FIRST, "--compare-with", earlier, "--at", "2027-11-01")[1]
    assert "may have moved with them" in out.replace("\n", " ") and "- age: " in out.replace("  - ", "- ")


def test_as_json_each_change_names_its_studies(run: Run, earlier: Path) -> None:
    moved = json.loads(run(FIRST, "--compare-with", earlier, "--format", "json", "--at", "2027-11-01")[1])
    assert moved["studies"] == [] and moved["facts_moved_too"] and moved["person"] == "invented-01"
    assert all(change["moved_by"] == [] for change in moved["changes"])


def test_an_older_answer_is_compared_and_said_to_name_no_studies(run: Run, earlier: Path) -> None:
    written = json.loads(earlier.read_text("utf-8"))
    del written["evidence"]["studies"]
    earlier.write_text(json.dumps(written), "utf-8")
    out = run(FIRST, "--compare-with", earlier)[1]
    assert "does not say on which studies it rested" in out.replace("\n", " ")


def test_what_cannot_be_set_beside_gets_one_sentence(run: Run, earlier: Path, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text('{"options": []}', "utf-8")
    for arguments, words in (
        ((OTHER, "--compare-with", earlier), "for somebody else"),
        ((FIRST, "--compare-with", tmp_path / "no.json"), "not an answer of this version"),
        ((FIRST, "--compare-with", tmp_path / "nowhere.json"), "there is no such file; stepdown assess FILE"),
        ((FIRST, "--compare-with", earlier, "--format", "html"), "as text or json"),
        ((FIRST, "--compare-with", earlier, "--for", "patient"), "as text or json"),
        ((FIRST, "--library", tmp_path / "nowhere"), "no folder is there"),
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "") and words in err
