"""Somebody with an EDSS of 10 on file: no option, no plan, no page in the person's hand; one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main

SENTENCE = "No option is worked out for somebody who has died"


@pytest.fixture
def person(tmp_path: Path, checkout: Path) -> str:
    kept = json.loads((checkout / "examples" / "02-natalizumab-jcv-high-38.json").read_text(encoding="utf-8"))
    path = tmp_path / "person.json"
    path.write_text(json.dumps(kept | {"edss": [{"date": kept["recorded_on"], "score": 10}]}))
    return str(path)


@pytest.mark.parametrize("form", ["text", "html", "fhir", "json"])
def test_the_answer_is_one_sentence_and_no_option(
    person: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", person, "--format", form]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert SENTENCE in printed
    for offered in ("Options side by side", 'id="option-1"', "CarePlan/", '"standing"'):
        assert offered not in printed


@pytest.mark.parametrize(
    "asked", [("assess", "--for", "patient"), ("care-plan",), ("care-plan", "--format", "fhir"),
              ("care-plan", "--for", "person", "--format", "html")],
)  # fmt: skip
def test_no_page_and_no_plan_is_written(
    person: str, asked: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    command, *more = asked
    assert main([command, person, *more]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and SENTENCE in printed.err and printed.err.count("\n") == 1


def test_an_answer_after_death_is_followed_by_nothing(
    person: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", person, "--format", "json", "-o", str(tmp_path / "answer.json")]) == 0
    capsys.readouterr()
    assert main(["follow-up", str(tmp_path / "answer.json"), "--person", person]) == 0
    assert "this person has died" in capsys.readouterr().out
