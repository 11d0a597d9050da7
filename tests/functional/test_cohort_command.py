"""``stepdown cohort`` on an invented registry, from the list of protocols to the folder of results."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import yaml

from stepdown.cohorts.protocol.reading import read_protocol, read_shipped_text
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.stages import open_stages
from stepdown.cohorts.study import Choice, run_cohort
from stepdown.cohorts.writing import EXACT
from stepdown.interfaces.cli import main
from stepdown.ms.errors import UserError

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


def start(protocol: Path, registry: Path, out: Path) -> subprocess.Popen[bytes]:
    arguments = ["cohort", "run", protocol, "--registry", registry, "-o", out]
    program = f"from stepdown.interfaces.cli import main; main({[*map(str, arguments)]})"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def kill_and_finish(run: Run, protocol: Path, registry: Path, out: Path, moments: Iterable[float]) -> str:
    """The exact results of a run that was killed at each of some moments (seconds) and then finished."""
    for moment in moments:
        process = start(protocol, registry, out)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        process.kill()
        process.wait()
    assert run("run", protocol, "--registry", registry, "-o", out)[0] == 0
    return (out / EXACT).read_text()


def test_a_run_killed_in_the_middle_is_finished_with_the_same_result(run: Run, registry: Path,
                                                                     tmp_path: Path) -> None:
    protocol = write_protocol(tmp_path)
    run("run", protocol, "--registry", registry, "-o", tmp_path / "whole")
    killed = kill_and_finish(run, protocol, registry, tmp_path / "killed", (3.0,))
    assert killed == (tmp_path / "whole" / EXACT).read_text()
    assert sorted(path.name for path in (tmp_path / "killed").iterdir()) == sorted(
        path.name for path in (tmp_path / "whole").iterdir())


@pytest.mark.validate
def test_fifty_kills_at_any_moment_leave_the_same_result(run: Run, registry: Path, tmp_path: Path) -> None:
    protocol, out = write_protocol(tmp_path), tmp_path / "killed"
    run("run", protocol, "--registry", registry, "-o", tmp_path / "whole")
    moments = np.random.default_rng(50).uniform(0.5, 12, 50)
    for ten in np.split(moments, 5):
        killed = kill_and_finish(run, protocol, registry, out, ten.tolist())
        assert killed == (tmp_path / "whole" / EXACT).read_text()
        shutil.rmtree(out)


def test_stages_that_are_complete_are_taken_up_and_go_when_all_is_done(run: Run, registry: Path,
                                                                       tmp_path: Path) -> None:
    protocol, work = read_protocol(write_protocol(tmp_path)), tmp_path / "out" / ".stages"
    first, _ = run_cohort(protocol, registry, Choice(), work)
    kept = next(work.rglob("outcome-*.json"))
    kept.write_text(kept.read_text().replace('"kind": "', '"kind": "kept "'[:-1]), encoding="utf-8")
    again, _ = run_cohort(protocol, registry, Choice(), work)
    assert [each.kind.startswith("kept ") for each in again.outcomes].count(True) == 1
    assert first.data_fingerprint == again.data_fingerprint
    run("run", write_protocol(tmp_path), "--registry", registry, "-o", tmp_path / "out")
    assert not work.exists()


def test_stages_of_another_program_are_not_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protocol = read_protocol(write_protocol(tmp_path))
    with open_stages(tmp_path, protocol, "data", "duckdb") as before:
        monkeypatch.setattr("stepdown.cohorts.stages.fingerprint_program", lambda: "another")
    with open_stages(tmp_path, protocol, "data", "duckdb") as after:
        assert before != after


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    protocol = read_protocol(write_protocol(tmp_path))
    with open_stages(tmp_path / ".stages", protocol, "data", "duckdb"), \
            pytest.raises(UserError, match="another run of the same protocol is at work"), \
            open_stages(tmp_path / ".stages", protocol, "data", "duckdb"):
        pass


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


def test_a_landmark_cohort_with_a_negative_control_runs_from_the_command(run: Run, registry: Path,
                                                                         tmp_path: Path) -> None:
    """Everybody enters two years after a drug was begun; the report shows how the answer moves."""
    shipped = yaml.safe_load(read_shipped_text("stopping-at-50"))
    shipped |= {"index": {"event": "landmark", "months_after_start": 24}, "bootstrap": {"replicates": 20},
                "population": [{"name": "adult", "fact": "age", "at_least": 18}], "covariates": shipped[
                    "covariates"][:4], "subgroups": [], "outcomes": [
                    {"name": "relapse", "kind": "relapse"},
                    {"name": "hospital", "kind": "hospital", "negative_control": True}]}
    shipped["strategies"][0]["grace_days"] = 365
    protocol, out = tmp_path / "landmark.yaml", tmp_path / "out"
    protocol.write_text(yaml.safe_dump(shipped), encoding="utf-8")
    code, _, told = run("run", protocol, "--registry", registry, "-o", out)
    assert code == 0, told
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "moves with the choices of the analysis" in page and "A negative control" in page
    assert "a landmark day after the start of a treatment" in page


@pytest.mark.parametrize("key", ["fine_gray", "e_value", "sequential_trials"])
def test_what_a_protocol_does_not_offer_is_refused_in_a_sentence(run: Run, registry: Path, tmp_path: Path,
                                                                 key: str) -> None:
    code, _, said = run("check", write_protocol(tmp_path, **{key: True}), "--registry", registry)
    assert code == 2 and f"{key}: there is no such key" in said and len(said.splitlines()) == 1


def test_spark_without_java_says_what_it_needs(tmp_path: Path, registry: Path) -> None:
    program = ("import sys; from stepdown.interfaces.cli import main; sys.exit(main(['cohort', 'check', "
               f"'stopping-at-50', '--registry', '{registry}', '--engine', 'spark']))")
    nowhere = {"PATH": str(tmp_path), "JAVA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    found = subprocess.run([sys.executable, "-c", program], env=nowhere, capture_output=True, text=True,
                           check=False)
    assert found.returncode == 1 and "Java is missing or too old" in found.stderr
    assert "Traceback" not in found.stderr


def test_an_impossible_criterion_is_refused(run: Run, registry: Path, tmp_path: Path) -> None:
    criterion = {"name": "x", "fact": "age", "at_least": 60, "less_than": 50}
    never = write_protocol(tmp_path, population=[criterion])
    code, _, said = run("check", never, "--registry", registry)
    assert code == 2 and "nobody can be at least 60 and less than 50" in said


def test_another_database_by_its_address_gives_the_same_counts(run: Run, registry: Path,
                                                               tmp_path: Path) -> None:
    address = f"duckdb://{tmp_path / 'stages.ddb'}"
    asked = ("check", "stopping-ocrelizumab", "--registry", registry)
    assert run(*asked, "--engine", address)[1] == run(*asked)[1]


@pytest.mark.parametrize(("address", "told"), [
    ("sqlite://", "sqlite: this database cannot do all that a cohort asks"),
    ("mysql://who:secret@nowhere/there", "its part for it is not installed"),
    ("postgres://who:secret@nowhere/there", "is the address right?"),
    ("abacus://x", "no such database can be opened"), ("abacus", "there is no such engine")])
def test_a_database_that_cannot_is_told_so_in_a_sentence(run: Run, registry: Path, address: str,
                                                         told: str) -> None:
    code, _, said = run("check", "stopping-ocrelizumab", "--registry", registry, "--engine", address)
    assert code == 2 and told in said and "secret" not in said and len(said.splitlines()) == 1
