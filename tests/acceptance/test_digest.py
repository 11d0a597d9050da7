"""Files as editors and readers bring them: what comes out, or one sentence and exit 2."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
pytest.importorskip("isal")

from stepdown.interfaces.cli import main

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "digest" / "cases.toml").read_text("utf-8")
)["case"]


def test_there_are_twenty_cases() -> None:
    assert [case["id"] for case in CASES] == [f"{number:02}" for number in range(1, 21)]


def mark_long(case: dict[str, Any]) -> Any:
    """A case that builds the site of the whole library runs with the long ones."""
    is_long = any("digest build" in command and "--library" not in command for command in case["run"])
    return pytest.param(case, id=str(case["id"]), marks=[pytest.mark.validate] if is_long else [])


@pytest.mark.parametrize("case", map(mark_long, CASES))
def test_what_users_bring_comes_out_as_they_need_it(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case["files"].items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    *before, last = [command.split() for command in case["run"]]
    assert [main(command) for command in before] == [0] * len(before)
    capsys.readouterr()
    assert main(last) == case.get("exit", 0)
    told = " ".join("".join(capsys.readouterr()).replace("! ", "").split())
    if "of" in case:
        told = " ".join(Path(case["of"]).read_text("utf-8").split())
    assert [wanted for wanted in case.get("says", ()) if wanted not in told] == []
    assert [refused for refused in case.get("never", ()) if refused in told] == []
    places = [told.find(part) for part in case.get("order", ())]
    assert places == sorted(places) and -1 not in places
