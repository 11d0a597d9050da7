"""``stepdown evidence history``: a line for each study that came or went."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stepdown.evidence.reading import library_folder
from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]
STOP = ("--outcome", "relapse", "--strategy", "stop", "--group", "injectable")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(["evidence", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


def test_each_study_stands_on_its_line_with_the_pool_after_it(run: Run) -> None:
    """corboy2023: 3 of 131 in two years."""
    code, out, _ = run("history", *STOP, "--selection", "elective-stable")
    assert code == 0
    head, first, second = out.split("\n\n")[0].splitlines()
    assert head == (
        "relapse, stop injectable; people chosen: elective-stable; randomised; "
        "by day published, in events per 100 person-years"
    )
    assert first == "  2023-07     + corboy2023   1.16 (0.238 to 3.39), 1 study"
    assert second.startswith("  2025-02     + coerver2025  ") and second.endswith(", 2 studies")
    assert "+ kaminsky2020  nothing to pool; not in the pool: the interval is narrower" in out


def test_as_json_values_are_those_of_the_pools(run: Run) -> None:
    last = json.loads(run("history", *STOP, "--format", "json")[1])["histories"][0]["steps"][-1]
    pool = json.loads(run("pool", *STOP, "--format", "json")[1])["questions"][0]["pools"][0]
    rate = pool["rate_per_100_person_years"]
    assert last["value"] == {**rate, "studies": pool["k"]}
    assert last["members"] == [member["study"] for member in pool["members"]]


def test_a_retraction_is_a_line_with_a_minus_and_the_day_before_knows_nothing_of_it(
    run: Run, tmp_path: Path
) -> None:
    library = Path(shutil.copytree(str(library_folder()), tmp_path / "library"))
    path = library / "coerver2023.toml"
    path.write_text('retracted = "2024-01-31"\n' + path.read_text("utf-8"), "utf-8")
    where = (*STOP, "--selection", "any-reason", "--library", str(library))
    assert "2024-01-31  - coerver2023" in run("history", *where)[1]
    assert "coerver2023" not in run("pool", *where)[1]


def test_figures_changed_after_the_day_asked_are_said(run: Run, tmp_path: Path) -> None:
    library = Path(shutil.copytree(str(library_folder()), tmp_path / "library"))
    path = library / "coerver2023.toml"
    path.write_text(path.read_text("utf-8") + '\n[[changes]]\non = "2026-11-22"\nwhat = "a slip"\n', "utf-8")
    out = run("pool", *STOP, "--library", str(library), "--as-of", "2026-11-21")[1]
    assert out.startswith("figures are of today's files; changed since 2026-11-21:\n  coerver2023, 2026-")


def test_nothing_to_follow_is_said(run: Run) -> None:
    nothing = ("--outcome", "death", "--strategy", "stop", "--group", "ahsct")
    assert run("history", *nothing)[1] == "no study tells of this\n"


def test_a_bound_that_does_not_exist_is_null_in_json(run: Run, tmp_path: Path) -> None:
    """A study in which everybody relapsed has no upper bound of its rate."""
    library = Path(shutil.copytree(str(library_folder()), tmp_path / "library"))
    path = library / "coerver2023.toml"
    counted = "events = 40\nn = 130\nproportion = 0.308", "events = 130\nn = 130\nproportion = 1.0"
    path.write_text(path.read_text("utf-8").replace(*counted), "utf-8")
    where = (*STOP, "--selection", "any-reason", "--library", str(library), "--format", "json")
    steps = json.loads(run("history", *where)[1])["histories"][0]["steps"]
    assert steps[-1]["value"]["high"] is None and steps[-1]["value"]["low"] > 0


def test_a_history_is_drawn(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "history.svg"
    assert run("history", *STOP, "--plot", str(path))[0] == 0
    assert path.read_text("utf-8").startswith("<?xml")
    nothing = ("--outcome", "death", "--strategy", "stop", "--group", "ahsct")
    assert "nothing is pooled here" in run("history", *nothing, "--plot", str(path))[2]
