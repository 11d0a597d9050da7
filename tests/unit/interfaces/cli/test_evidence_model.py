"""``stepdown evidence predict`` and ``calibrate``: what they print, and with which exit code they end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stepdown.evidence.model import calibration
from stepdown.evidence.model.calibration import LeftOut
from stepdown.interfaces.cli import main

ARM = {
    "outcome": "relapse",
    "strategy": "stop",
    "therapies": ["fingolimod"],
    "disease": "MS",
    "course": "RRMS",
    "n": 60,
    "time_years": 1,
    "age_mean": 45,
    "age_min": None,
    "age_max": None,
    "stable_years_mean": None,
    "stable_years_min": 2,
    "mri_active": False,
}
ROW = LeftOut(
    "a", "f", "relapse", "stop", "first-line", "estimated", 10, 100, 0.1, 0.4, 0.5, 20, 30, 18, -2, -3, -2.5
)
GOOD = tuple(
    replace(ROW, study=str(e), events=e, predicted=e / 100, pit_low=p, pit_high=p + 0.01)
    for e, p in ((5, 0.05), (10, 0.3), (20, 0.6), (40, 0.8))
)
BAD = tuple(replace(row, log_score=-9) for row in GOOD)


def predict(folder: Path, arm: object) -> tuple[int, Path]:
    path = folder / "arm.json"
    path.write_text(arm if isinstance(arm, str) else json.dumps(arm), encoding="utf-8")
    return main(["evidence", "predict", str(path)]), path


def test_a_known_arm_gets_a_risk_and_a_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = predict(tmp_path, ARM)
    answer = json.loads(capsys.readouterr().out)
    risk, count = answer["risk"], answer["count"]
    assert (code, answer["status"]) == (0, "estimated")
    assert 0 <= risk["low"] <= risk["low80"] <= risk["mean"] <= risk["high80"] <= risk["high"] <= 1
    assert (
        0 <= count["low95"] <= count["low80"] <= count["median"] <= count["high80"] <= count["high95"] <= 60
    )


@pytest.mark.parametrize("disease", ["NMOSD", "MOGAD"])
def test_another_disease_is_refused_without_a_number(
    disease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = predict(tmp_path, {**ARM, "disease": disease})
    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["status"], answer["risk"], answer["count"]) == (0, "refused", None, None)


def test_an_arm_of_nulls_with_outcome_strategy_and_disease_is_extrapolated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"outcome": "relapse", "strategy": "stop", "disease": "MS"}
    code, _ = predict(tmp_path, {**dict.fromkeys(ARM), **given})
    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["status"], answer["count"]) == (0, "extrapolated", None)
    assert answer["risk"]["high"] - answer["risk"]["low"] > 0.4


@pytest.mark.parametrize("content", [{**ARM, "n": -1}, "{", "[]", {**ARM, "dose": 1}])
def test_a_faulty_file_is_one_sentence_and_exit_2(
    content: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = predict(tmp_path, content)
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith("stepdown: arm.json: ") and printed.err.count("\n") == 1


def test_a_file_that_is_not_there_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "predict", str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(("rows", "code"), [(GOOD, 0), (BAD, 1)])
def test_calibration_ends_by_whether_the_targets_are_reached(
    rows: tuple[LeftOut, ...], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calibration, "leave_out_each", lambda *_: rows)
    assert main(["evidence", "calibrate"]) == code
    printed = capsys.readouterr().out
    assert "coverage of 80 %" in printed
    assert ("NOT reached" in printed) == bool(code)


def test_calibration_as_json_holds_targets_and_arms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calibration, "leave_out_each", lambda *_: GOOD)
    main(["evidence", "calibrate", "--format", "json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert answer["reached"] and len(answer["rows"]) == 4
    assert {row["reached"] for row in answer["targets"]} == {True}


def test_calibration_is_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.setattr(calibration, "leave_out_each", lambda *_: GOOD)
    assert main(["evidence", "calibrate", "--plot", str(tmp_path / "found.svg")]) == 0
    assert (tmp_path / "found.svg").stat().st_size > 1000


def test_a_picture_that_cannot_be_written_is_told_before_the_long_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.setattr(calibration, "leave_out_each", lambda *_: pytest.fail("it ran"))
    assert main(["evidence", "calibrate", "--plot", "found.doc"]) == 2
    assert ".svg, .png or .pdf" in capsys.readouterr().err


def test_a_run_that_breaks_down_is_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise FloatingPointError

    monkeypatch.setattr(calibration, "leave_out_each", fail)
    assert main(["evidence", "calibrate"]) == 2
    assert "could not run" in capsys.readouterr().err
