"""The loop, walked once as the tutorial walks it: a paper moves a pool and an answer, and is taken back.

The page shows what each command prints; here is what the walk leaves behind.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
pytest.importorskip("matplotlib")

import pyarrow.parquet as pq

from docs.running import run_fence
from page_examples import find_fences
from stepdown.evidence.cells import Cell
from stepdown.evidence.reading import has_embedded_library, read_folder
from stepdown.evidence.refitting import refit_pools, to_value
from stepdown.evidence.study import Study
from stepdown.interfaces.cli import main

Walk = Callable[[], Path]
CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "tutorial" / "the-loop.md"
PAPER, COHORT = "nemo2023", "simulated_stopping_ocrelizumab"
STOP = Cell("relapse", "stop", "anti-cd20", therapy="ocrelizumab", selection="unknown")


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Runs every example of the page in order, and gives the folder; a second time it gives the folder alone.

    The first test that asks walks, and not this fixture: coverage looks away from tests only.
    """
    folder = tmp_path_factory.mktemp("loop")
    (folder / "examples").symlink_to(CHECKOUT / "examples")

    @cache
    def run_page() -> Path:
        names: dict[str, Any] = {"__name__": "example"}
        with contextlib.chdir(folder):
            for fence in find_fences(PAGE):
                if fence.runs:
                    run_fence(fence, names)
        return folder

    return run_page


def read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return found


def find_risk(answer: dict[str, Any], option: str, outcome: str, years: int) -> dict[str, Any]:
    """One risk of an answer in JSON."""
    risks = next(each for each in answer["options"] if each["id"] == option)["risks"]
    found: dict[str, Any] = next(
        each for each in risks if (each["outcome"], each["time_years"]) == (outcome, years))
    return found


def pool(studies: dict[str, Study]) -> tuple[float, int]:
    """Relapses per 100 person-years after stopping, as pooled, and from how many studies."""
    values = [value for value in map(to_value, refit_pools(studies, [STOP]).values()) if value]
    assert len(values) == 1
    return values[0].estimate, values[0].studies


def test_the_pool_moves_towards_each_study_and_back(walk: Walk) -> None:
    """By hand, -log(1 - events / n) / years: 4 of 53 in 1.33 years are 5.9 per 100 person-years, 11 of 148 in
    3 years 2.6; the cohort has more than either (20 % in 2 years: 11), so it draws the pool up again.
    """
    walked = walk()
    studies = read_folder(walked / "my-library")
    with_paper = {**studies, PAPER: replace(studies[PAPER], retracted=None)}
    with_both = {**with_paper, COHORT: replace(studies[COHORT], retracted=None)}
    before, paper, both = (pool(each) for each in (studies, with_paper, with_both))
    assert before == (pytest.approx(5.9, abs=0.05), 1)
    assert 2.6 < paper[0] < 5.9 and paper[1] == 2
    assert paper[0] < both[0] < 11 and both[1] == 3


def test_one_answer_moves_from_unknown_to_a_number_and_back(walk: Walk) -> None:
    walked = walk()
    names = ("answer-before", "decision", "answer-after")
    before, decision, after = (read(walked, f"{name}.json") for name in names)
    then, moved = (find_risk(answer, "stop", "relapse", 2) for answer in (before, decision))
    assert then["per_100"] is None and "16 months" in then["reason"]
    assert moved["status"] == "estimated" and moved["per_100"]["estimate"] > 0
    assert any(source.startswith(f"{PAPER}#") for source in moved["sources"])
    assert after["options"] == before["options"] and after["sources"] == before["sources"]


def test_the_reviewer_decided_and_the_log_says_what_became_of_the_study(walk: Walk) -> None:
    walked = walk()
    study = read_folder(walked / "my-library")[PAPER]
    assert [(one.outcome, one.events, one.n) for one in study.findings] == [
        ("relapse", 11, 148), ("mri_activity", 17, 139), ("confirmed_worsening", 14, 148),
        ("restart", 19, 148)]
    assert study.population.age_mean == 53.4 and study.retracted == "2024-11-20"
    assert [change.what.partition(",")[0] for change in study.changes] == [
        "read from the abstract", "marked as retracted; it enters no pool"]


def test_the_person_is_followed_in_the_registry_beside_the_invented_ones(walk: Walk) -> None:
    walked = walk()
    people = pq.read_table(walked / "my-registry" / "patients.parquet").to_pylist()
    treatments = pq.read_table(walked / "my-registry" / "treatments.parquet").to_pylist()
    (person,) = (row for row in people if row["source_id"] == "invented-loop")
    stops = [str(row["stop"]) for row in treatments if row["person_id"] == person["person_id"]]
    assert len(people) == 2001 and stops == ["2017-04-01", "2023-11-15"]


def test_the_study_of_the_cohort_holds_what_was_published_and_no_count(walk: Walk) -> None:
    walked = walk()
    study = read_folder(walked / "my-library")[COHORT]
    published = read(walked / "my-cohort", "results.json")
    risks = {each["name"]: each["groups"][0]["risk"] for each in published["outcomes"]}
    finding = study.finding("relapse-stop")
    assert finding.proportion == risks["relapse"]["value"] and finding.events is None
    assert study.simulated and published["simulated"]


def test_invented_people_are_marked_wherever_their_study_is_shown(
    walk: Walk, capsys: pytest.CaptureFixture[str]
) -> None:
    walked = walk()
    library = str(walked / "my-library")
    assert main(["evidence", "show", COHORT, "--library", library]) == 0
    assert "SIMULATED: its people are invented" in capsys.readouterr().out
    assert main(["literature", "summarise", COHORT, "--library", library]) == 2
    assert "nothing is told of invented people" in capsys.readouterr().err
    assert not list(walked.glob(f"site*/summaries/{COHORT}.html"))


def test_every_page_of_a_study_that_nobody_touched_is_as_before(walk: Walk) -> None:
    walked = walk()
    names = sorted(path.name for path in (walked / "site-before" / "summaries").iterdir())
    assert len(names) > 100
    for name in names:
        assert (walked / "site-after" / "summaries" / name).read_bytes() == (
            walked / "site-before" / "summaries" / name).read_bytes(), name


def test_our_own_library_was_never_touched(walk: Walk) -> None:
    walked = walk()
    assert (walked / "my-library").is_dir() and has_embedded_library()
    folders = (CHECKOUT / "src" / "stepdown" / "evidence" / "library", walked / "my-library")
    own, copied = ({path.name: path.read_bytes() for path in each.glob("*.toml")} for each in folders)
    assert copied.keys() - own.keys() == {f"{PAPER}.toml", f"{COHORT}.toml"}
    assert all(copied[name] == text for name, text in own.items())
