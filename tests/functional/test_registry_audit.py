"""``stepdown registry audit`` as somebody runs it, where the truth is shifted and where it is not."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.audit.writing import EXACT, EXACT_CHARTS
from stepdown.cohorts.registry.simulation.parameters import Settings, Shift
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.interfaces.cli import main

SINCE = date(2019, 1, 1)


def simulate(folder: Path, **shift: Any) -> Path:
    settings = Settings(people=2500, seed=5, stopping_odds=6.0, shift=Shift(**shift))
    return simulate_registry(settings, folder).folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("audit")
    simulate(home / "plain")
    simulate(home / "shifted", hazard=2.5, since=SINCE)
    return home


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    """The folder of an audit of the registry that is as was assumed, with the text beside it."""
    out = home / "out"
    arguments = ["--outcome", "relapse", "-o", str(out), "--plot", str(home / "audit.png")]
    assert main(["registry", "audit", "--registry", str(home / "plain"), *arguments]) == 0
    return out


def find_stop(published: dict[str, Any]) -> dict[str, Any]:
    return next(part for part in published["parts"] if part["step"] == "stop")


def test_where_the_truth_is_as_assumed_no_chart_speaks(folder: Path) -> None:
    part = find_stop(json.loads((folder / "audit.json").read_text("utf-8")))
    assert {row["verdict"]["word"] for row in part["horizons"]} <= {"agrees", "cannot tell"}
    assert [chart["signal"] for chart in part["drift"]["charts"]] == [None, None]


def test_where_hazards_rise_the_chart_speaks_after_it(home: Path,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--outcome", "relapse", "--format", "json"]
    assert main(["registry", "audit", "--registry", str(home / "shifted"), *arguments]) == 0
    part = find_stop(json.loads(capsys.readouterr().out))
    (more, _) = part["drift"]["charts"]
    assert part["horizons"][1]["verdict"]["word"] == "not trusted"
    assert more["signal"] and more["signal"]["seen"] >= "2019-Q1"


def test_the_folder_has_what_may_be_published_and_apart_what_may_not(folder: Path, home: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"audit.json", "report.html", EXACT, EXACT_CHARTS}
    exact = json.loads((folder / EXACT).read_text("utf-8"))
    assert "Not for release" in exact["note"] and exact["parts"][0]["horizons"][0]["ratio"]["observed"] > 4
    assert (home / "audit.png").stat().st_size > 10_000


def test_the_page_stands_alone_and_says_the_verdict_in_words(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert "not a medical device" in page and "Do the predictions hold here?" in page
    assert not re.search(r"(src|href)=\"https?:", page) and page.count("data:image/svg+xml") >= 3
    assert "agrees with the people here" in page or "too few to tell" in page


def test_a_day_before_anything_happened_leaves_nothing_to_compare(
        home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--at", "2013-01-15", "--outcome", "relapse"]
    assert main(["registry", "audit", "--registry", str(home / "plain"), *arguments]) == 0
    assert "steps on file: stop 0" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--registry", "nowhere"], "there is no such folder"),
    (["--registry", "plain", "--plot", "audit.gif"], "ending in .svg, .png or .pdf"),
    (["--registry", "plain", "-o", "plain/visits.parquet"], "is a file; give a folder"),
])
def test_faults_are_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str],
                                 sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(home)
    assert main(["registry", "audit", *arguments]) == 2
    assert sentence in capsys.readouterr().err
