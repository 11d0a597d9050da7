"""``stepdown registry audit`` as somebody runs it, where the truth is shifted and where it is not."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from stepdown.cohorts.audit.writing import EXACT, EXACT_CHARTS
from stepdown.cohorts.registry.simulation.parameters import Settings, Shift
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.interfaces.cli import main


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry in which hazards after stopping rise in 2019, and as little else as it takes."""
    home = tmp_path_factory.mktemp("audit")
    shift = Shift(hazard=2.5, since=date(2019, 1, 1))
    simulate_registry(Settings(people=2000, seed=5, stopping_odds=6.0, shift=shift), home / "registry")
    return home


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    """The folder of its audit, a picture beside it."""
    out = home / "out"
    arguments = ["--outcome", "relapse", "-o", str(out), "--plot", str(home / "audit.png")]
    assert main(["registry", "audit", "--registry", str(home / "registry"), *arguments]) == 0
    return out


@pytest.mark.validate
def test_the_chart_speaks_after_hazards_rose_and_not_before(folder: Path) -> None:
    published = json.loads((folder / "audit.json").read_text("utf-8"))
    part = next(part for part in published["parts"] if part["step"] == "stop")
    (more, fewer) = part["drift"]["charts"]
    assert part["horizons"][1]["verdict"]["word"] == "not trusted"
    assert more["signal"]["seen"] >= more["signal"]["since"] >= "2018-Q4" and fewer["signal"] is None


@pytest.mark.validate
def test_the_folder_has_what_may_be_published_and_apart_what_may_not(folder: Path, home: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"audit.json", "report.html", EXACT, EXACT_CHARTS}
    exact = json.loads((folder / EXACT).read_text("utf-8"))
    assert "Not for release" in exact["note"] and exact["parts"][0]["horizons"][0]["ratio"]["observed"] > 4
    assert (home / "audit.png").stat().st_size > 10_000


@pytest.mark.validate
def test_the_page_stands_alone_and_says_the_verdict_in_words(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert "not a medical device" in page and "should not be trusted here: more events" in page
    assert not re.search(r"(src|href)=\"https?:", page) and page.count("data:image/svg+xml") >= 3


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--registry", "nowhere"], "there is no such folder"),
    (["--registry", "registry", "--plot", "audit.gif"], "ending in .svg, .png or .pdf"),
    (["--registry", "registry", "-o", "registry/visits.parquet"], "is a file; give a folder"),
])
def test_faults_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str],
                                 sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    simulate_registry(Settings(people=5, seed=5), tmp_path / "registry")
    monkeypatch.chdir(tmp_path)
    assert main(["registry", "audit", *arguments]) == 2
    assert sentence in capsys.readouterr().err
