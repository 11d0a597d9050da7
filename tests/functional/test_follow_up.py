"""``stepdown follow-up``: what a clinic sees when it looks whether everything was done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main
from stepdown.reports.calendar_file import TITLE


@pytest.fixture
def folder(tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    person = tmp_path / "person.json"
    shutil.copy(checkout / "examples" / "02-natalizumab-jcv-high-38.json", person)
    assert main(["assess", str(person), "--format", "json", "-o", str(tmp_path / "answer.json")]) == 0
    capsys.readouterr()
    return tmp_path


def ask(folder: Path, *more: str) -> int:
    return main(["follow-up", str(folder / "answer.json"), "--person", str(folder / "person.json"), *more])


def test_text_tells_what_is_late_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ["assess", str(folder / "person.json"), "--at", "2026-01-15", "--format", "json"]
    assert main([*answer, "-o", str(folder / "answer.json")]) == 0
    assert ask(folder, "--option", "stop", "--at", "2026-11-01") == 0
    printed = capsys.readouterr().out
    assert printed.index("Overdue") < printed.index("Planned") and "Not a medical device" in printed


def test_what_came_after_the_file_is_asked_about(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(folder, "--option", "stop", "--at", "2028-01-01") == 0
    printed = capsys.readouterr()
    assert "Overdue" not in printed.out and "ask whether it was done" in printed.out
    assert "later entries are not in it" in printed.err


def test_json_holds_a_state_for_every_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(folder, "--option", "stop", "--at", "2026-12-01", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)["follow_up"]
    assert rows and all(
        row["state"] in ("done", "overdue", "due", "ask", "planned", "no-day") for row in rows
    )


def test_the_calendar_has_days_and_no_word_on_health(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(folder, "--option", "switch-ocrelizumab", "--at", "2026-12-01", "--format", "ics") == 0
    calendar = capsys.readouterr().out
    assert (
        calendar.startswith("BEGIN:VCALENDAR")
        and calendar.count("BEGIN:VEVENT") == calendar.count(TITLE) // 2
    )
    for word in ("MRI", "EDSS", "natalizumab", "ocrelizumab", "MS", "invented", "blood", "scan"):
        assert word not in calendar.replace("DTSTAMP", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "not an answer"),
        ("[1]", "not an answer"),
        ("no json", "not an answer"),
        (None, "later day than --at"),
    ],
)
def test_a_wrong_answer_gets_one_sentence(
    content: str | None, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (folder / "answer.json").write_text(content, encoding="utf-8")
    assert ask(folder, "--at", "2020-01-01") == 2
    assert message in capsys.readouterr().err


def test_signs_since_stepping_down_stand_before_the_schedule(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = json.loads((folder / "person.json").read_text())
    person["treatments"][1] |= {"stop": "2026-10-20", "still_taking": False}
    relapse = {"onset": "2026-11-15", "lasted_24h": True, "fever_or_infection": False}
    later = {"recorded_on": "2026-11-29", "relapses": [*person["relapses"], relapse]}
    (folder / "person.json").write_text(json.dumps(person | later))
    asked = ("--option", "stop", "--at", "2026-11-29")
    assert ask(folder, *asked) == 0
    printed = capsys.readouterr().out
    assert (
        printed.index("- a relapse: yes")
        < printed.index("Next: Call today: exclude PML")
        < printed.index("Planned")
    )
    assert ask(folder, *asked, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)["since_stepping_down"]
    assert found["signs"]["relapse"] == "yes" and found["signs"]["lesions"] == "no-data"


def change(folder: Path, **entries: object) -> None:
    """The person of the file after the last dose of 24 November 2026, with more on file."""
    person = json.loads((folder / "person.json").read_text())
    person["treatments"][1] |= {"stop": "2026-10-20", "still_taking": False}
    (folder / "person.json").write_text(json.dumps(person | {"recorded_on": "2026-11-29"} | entries))


def test_the_day_of_a_relapse_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    relapse = {"onset": "2026-11-15", "lasted_24h": True, "fever_or_infection": False}
    change(folder, relapses=[relapse])
    assert ask(folder, "--option", "stop", "--at", "2026-11-29") == 0
    assert "- a relapse: yes, on 2026-11-15" in capsys.readouterr().out
    assert ask(folder, "--option", "stop", "--at", "2026-11-29", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["since_stepping_down"]["sign_days"]["relapse"] == [
        "2026-11-15"
    ]


def test_a_relapse_of_somebody_who_went_on_asks_to_assess_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = json.loads((folder / "person.json").read_text())
    relapse = {"onset": "2026-11-15", "lasted_24h": True, "fever_or_infection": False}
    (folder / "person.json").write_text(
        json.dumps(person | {"recorded_on": "2026-11-29", "relapses": [relapse]})
    )
    assert ask(folder, "--option", "continue", "--at", "2026-11-29") == 0
    printed = capsys.readouterr().out
    assert "Since the decision\n- a relapse: yes, on 2026-11-15\nNext: Assess again" in printed


def test_what_is_partly_done_says_which_part(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen = "2026-11-20"
    change(folder, mri=[{"date": seen, "region": "brain"}], edss=[{"date": seen, "score": 2.0}], labs=[])
    assert ask(folder, "--option", "stop", "--at", "2026-11-29") == 0
    printed = capsys.readouterr().out
    assert f"partly done: brain MRI {seen}, EDSS {seen}; missing: blood count with lymphocytes" in printed
    assert "a day set by the team" not in printed


def test_nobody_who_has_died_is_called(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, edss=[{"date": "2026-11-20", "score": 10.0}], relapses=[])
    assert ask(folder, "--at", "2026-11-29") == 0
    printed = capsys.readouterr().out
    assert "this person has died" in printed and "Overdue" not in printed
    assert ask(folder, "--at", "2026-11-29", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["died"]["on"], found["follow_up"]) == ("died", "2026-11-20", [])
    assert ask(folder, "--at", "2026-11-29", "--format", "ics") == 0
    assert "BEGIN:VEVENT" not in capsys.readouterr().out


def test_a_file_of_another_person_ends_with_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, id="invented-somebody-else")
    assert ask(folder) == 2
    printed = capsys.readouterr()
    assert "invented-somebody-else" in printed.err and printed.out == "" and printed.err.count("\n") == 1
