"""``stepdown cohort`` on an invented registry, from the list of protocols to the folder of results."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from stepdown.cohorts.protocol.reading import read_shipped_text
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.writing import EXACT
from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry") / "invented"
    simulate_registry(Settings(people=600, seed=3), folder, lambda _: None)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: object) -> tuple[int, str, str]:
        code = main(["cohort", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err
    return command


def write_protocol(folder: Path, **parts: object) -> Path:
    value = yaml.safe_load(read_shipped_text("stopping-ocrelizumab")) | parts
    value["bootstrap"] = {"replicates": 20}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(value), encoding="utf-8")
    return path


def test_the_shipped_protocols_are_listed_and_printed(run: Run) -> None:
    assert "stopping-at-50" in run("protocols")[1]
    assert run("protocols", "stopping-at-50")[1] == read_shipped_text("stopping-at-50")


def test_a_protocol_that_does_not_ship_is_told_which_do(run: Run) -> None:
    code, _, said = run("protocols", "stopping-at-5")
    assert code == 2 and "stopping-at-50" in said


def test_a_check_counts_people_and_says_nothing_of_outcomes(run: Run, registry: Path) -> None:
    code, said, _ = run("check", "stopping-at-50", "--registry", registry)
    assert code == 0 and "aged-50-or-more" in said and "unknown" in said
    assert "relapse within" not in said and "risk" not in said


def test_a_run_writes_what_may_be_published_and_marks_what_may_not(run: Run, registry: Path,
                                                                     tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said, _ = run("run", write_protocol(tmp_path), "--registry", registry, "-o", out)
    assert code == 0 and "relapse" in said
    published, exact = (json.loads((out / name).read_text()) for name in ("results.json", EXACT))
    group, true = (each["outcomes"][0]["groups"][0] for each in (published, exact))
    assert "not for release" in exact["note"].lower()
    assert group["trials"] % 5 == 0 and abs(group["trials"] - true["trials"]) <= 2
    assert (out / "attrition.csv").read_text().startswith("name,")
    assert "SELECT" in (out / "stages.sql").read_text()


def test_an_interrupted_run_is_finished_with_the_same_result(run: Run, registry: Path,
                                                             tmp_path: Path) -> None:
    protocol = write_protocol(tmp_path)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run("run", protocol, "--registry", registry, "-o", whole)
    run("run", protocol, "--registry", registry, "-o", broken)
    for stage in list((broken / ".stages").rglob("outcome-*.json"))[1:]:
        stage.unlink()
    (broken / EXACT).unlink()
    run("run", protocol, "--registry", registry, "-o", broken)
    assert (broken / EXACT).read_text() == (whole / EXACT).read_text()


def test_nobody_left_shows_where_they_went(run: Run, registry: Path, tmp_path: Path) -> None:
    nobody = write_protocol(tmp_path, population=[{"name": "very-old", "fact": "age", "at_least": 110}])
    code, _, said = run("check", nobody, "--registry", registry)
    assert code == 2 and "nobody is left after the criterion very-old" in said and "candidate-days" in said


def test_a_table_that_an_outcome_needs_must_be_there(run: Run, registry: Path, tmp_path: Path) -> None:
    poorer = tmp_path / "poorer"
    poorer.mkdir()
    for name in ("patients", "observation_periods", "treatments", "relapses", "visits"):
        (poorer / f"{name}.parquet").write_bytes((registry / f"{name}.parquet").read_bytes())
    code, _, said = run("check", "stopping-ocrelizumab", "--registry", poorer)
    assert code == 2 and "there is no mri.parquet, which the outcome mri_activity needs" in said


def test_the_report_is_one_page_with_methods_and_figures(run: Run, registry: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("run", write_protocol(tmp_path), "--registry", registry, "-o", out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Methods" in page and "cumulative incidences" in page and "confirmed 24 weeks later" in page
    assert page.count("data:image/svg+xml") >= 3 and "http" not in page.replace("http-equiv", "")
