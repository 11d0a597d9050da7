"""``stepdown evidence pool`` and ``retract``: what an editor of the library sees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from stepdown.evidence.reading import library_folder, read_folder
from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]
STOP = ("pool", "--outcome", "relapse", "--strategy", "stop", "--group", "injectable")
OFF_NATALIZUMAB = (*STOP[:-1], "natalizumab", "--selection", "any-reason")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(["evidence", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library that may be written."""
    return Path(shutil.copytree(str(library_folder()), tmp_path / "library"))


def pools_of(run: Run, *arguments: str) -> list[dict[str, Any]]:
    code, out, _ = run(*arguments, "--format", "json")
    assert code == 0
    return list(json.loads(out)["pools"])


def test_a_question_has_one_pool_for_each_way_people_were_chosen(run: Run) -> None:
    pools = pools_of(run, *STOP)
    assert [pool["selection"] for pool in pools] == ["elective-stable", "any-reason"]
    members = [{member["study"] for member in pool["members"]} for pool in pools]
    assert members == [{"corboy2023", "coerver2025", "bose2023"}, {"coerver2023"}]


def test_people_and_events_are_those_the_studies_print(run: Run) -> None:
    """3 of 131, 2 of 45 and 19 of 78."""
    pool = pools_of(run, *STOP, "--selection", "elective-stable")[0]
    assert (pool["k"], pool["n"], pool["events"]) == (3, 254, 24)
    assert pool["watched_years"] == 6.3
    assert sum(member["weight"] for member in pool["members"]) == pytest.approx(1)


def test_a_time_gives_the_risk_within_it_per_100_people(run: Run) -> None:
    """tysedmus2016: 45 % with a relapse within a year of the last natalizumab."""
    risk = pools_of(run, *OFF_NATALIZUMAB, "--years", "1")[0]["risk"]
    assert risk["status"] == "estimated"
    assert risk["per_100"]["estimate"] == pytest.approx(45, abs=0.5)


def test_a_time_beyond_what_may_be_carried_is_unknown_with_the_reason(run: Run) -> None:
    risk = pools_of(run, *OFF_NATALIZUMAB, "--years", "2")[0]["risk"]
    assert risk["status"] == "unknown" and risk["per_100"] is None
    out = run(*OFF_NATALIZUMAB, "--years", "2")[1]
    assert "within 2 years: unknown; people were watched for 12 months" in out


def test_the_text_names_members_what_was_left_out_method_and_sentence(run: Run) -> None:
    code, out, _ = run(*STOP, "--years", "2")
    assert code == 0
    assert out.startswith(
        "relapse, stop injectable; people chosen: elective-stable\n  3 studies, 254 people, 24 ev"
    )
    assert "in the pool: corboy2023#relapse-stop-2y (rct), 3 of 131, weight" in out
    assert "left out: kaminsky2020#relapse-hazard-ratio: the interval is narrower than" in out
    assert "method: bayesian. 3 studies were pooled in a one-stage Bayesian model" in out
    assert "per 100 people within 2 years, estimated: " in out


def test_one_study_is_given_no_prediction_in_text(run: Run) -> None:
    out = run(*STOP, "--selection", "any-reason", "--years", "2")[1]
    assert "1 study, 130 people, 40 events" in out and "another study like these" not in out


def test_what_cannot_be_pooled_is_an_answer_with_its_reasons(run: Run) -> None:
    where = ("--outcome", "reactivation", "--strategy", "stop", "--group", "injectable")
    code, out, _ = run("pool", *where)
    assert code == 0
    assert "not poolable: no finding is usable" in out
    assert "left out: bsteh2021#reactivation-low: the number of people in the group is not printed" in out


def test_what_nobody_reports_says_so(run: Run) -> None:
    where = ("--outcome", "death", "--strategy", "stop", "--group", "ahsct")
    (pool,) = pools_of(run, "pool", *where)
    assert pool["poolable"] is False and pool["reason"] == "no study in the library reports this"


def test_a_switch_leads_to_a_group_or_to_any_milder_drug(run: Run) -> None:
    where = ("pool", "--outcome", "relapse", "--strategy", "switch", "--group", "natalizumab")
    to_fumarate = pools_of(run, *where, "--to-group", "fumarate")
    assert [member["study"] for member in to_fumarate[0]["members"]] == ["zhu2023"]
    assert "to any milder drug" in run(*where, "--to-group", "milder")[1]


def test_a_drug_by_its_brand_narrows_the_pool(run: Run) -> None:
    where = ("pool", "--outcome", "serious_infection", "--strategy", "continue", "--group", "anti-cd20")
    (pool,) = pools_of(run, *where, "--therapy", "Ocrevus")
    assert [member["study"] for member in pool["members"]] == ["hauser2021"]


@pytest.mark.parametrize(("arguments", "words"), [
    (("pool", "--outcome", "relapse"), "name the question: --outcome, --strategy and --group"),
    ((*STOP, "--to-group", "fumarate"), "--to-group belongs to --strategy switch"),
    ((*STOP, "--interval-days", "42"), "--interval-days belongs to --strategy extend"),
    ((*STOP, "--method", "REML"), "--measure and --method belong to --csv"),
    ((*STOP, "--therapy", "ocrelizumb"), "did you mean ocrelizumab?"),
    ((*STOP, "--therapy", "zzzzzz"), "use its INN"),
    ((*STOP, "--therapy", "ocrelizumab"), "ocrelizumab is of the group anti-cd20, not injectable"),
    (("pool", "--outcome", "relapse", "--strategy", "switch", "--group", "s1p"), "say where the switch"),
    (("pool", "--csv", "a.csv"), "say what the file measures"),
    (("pool", "--csv", "a.csv", "--measure", "RR"), "a.csv: no such file"),
    (("pool", "--csv", "a.csv", "--measure", "RR", "--years", "2"), "--csv pools a file alone"),
])  # fmt: skip
def test_a_question_that_is_not_whole_is_one_sentence(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and words in err and err.count("\n") == 1


@pytest.mark.parametrize("years", ["0", "-1", "soon", "51", "nan"])
def test_a_time_that_is_none_is_refused(run: Run, years: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(*STOP, "--years", years)
    assert stop.value.code == 2
    assert "write a number of years above 0, at most 50" in capsys.readouterr().err


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    """Two invented trials with the same ratio of risks, 3/30 to 6/30 and 30/300 to 60/300."""
    path = tmp_path / "trials.csv"
    path.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\n", "utf-8")
    return path


def test_a_csv_file_is_pooled_by_measure_and_method(run: Run, trials: Path) -> None:
    """Both trials have a risk ratio of 0.5, so the common one is its logarithm, -0.6931."""
    code, out, _ = run("pool", "--csv", str(trials), "--measure", "RR", "--method", "FE")
    assert code == 0
    assert out.startswith("trials.csv: RR of 2 studies by FE, log scale\n  intercept: -0.6931 (")


def test_a_csv_file_says_what_another_study_would_find_and_whom_it_left_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\nc,9,90,NA,90\n", "utf-8")
    out = run("pool", "--csv", str(path), "--measure", "RR")[1]
    assert "RR of 2 studies by bayesian" in out
    assert "another study like these: " in out and "left out: c" in out


def test_the_pool_of_a_csv_file_as_json_names_its_studies(run: Run, trials: Path) -> None:
    pool = json.loads(run("pool", "--csv", str(trials), "--measure", "RR", "--format", "json")[1])
    assert [study["study"] for study in pool["studies"]] == ["a", "b"]
    assert (pool["method"], pool["k"]) == ("bayesian", 2)


def test_retract_prints_what_changes_and_marks_the_file(run: Run, library: Path) -> None:
    code, out, err = run("retract", "corboy2023", "--on", "2026-01-02", "--library", str(library))
    assert code == 0 and err == "stepdown: corboy2023.toml: marked as retracted\n"
    assert "relapse, stop, chosen elective-stable: injectable, teriflunomide, fumarate\n" in out
    assert "; 3 studies) -> " in out and "; 2 studies)" in out
    study = read_folder(library)["corboy2023"]
    assert study.retracted == "2026-01-02"
    assert study.changes[-1].what == "marked as retracted; it enters no pool"


def test_retract_touches_no_other_file(run: Run, library: Path) -> None:
    run("retract", "corboy2023", "--library", str(library))
    theirs = {path.name: path.read_bytes() for path in library.iterdir()}
    ours = {path.name: path.read_bytes() for path in Path(str(library_folder())).iterdir()}
    assert {name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name)} == {
        "corboy2023.toml"
    }


def test_a_pool_that_loses_its_only_study_becomes_unknown(run: Run, library: Path) -> None:
    out = run("retract", "muller2025", "--library", str(library))[1]
    assert "relapse, switch to any milder drug against continue: drugs not told apart" in out
    assert "ratio: 2.36 (1.79 to 3.11; 1 study) -> unknown" in out


def test_a_contrast_that_is_lost_is_said(run: Run) -> None:
    out = run("retract", "bsteh2017", "--dry-run")[1]
    assert out == "risks of one person: no longer moved by mri_active\n"


def test_a_study_in_no_pool_changes_nothing_and_is_marked_all_the_same(run: Run, library: Path) -> None:
    code, out, _ = run("retract", "aan2018", "--library", str(library))
    assert (code, out) == (0, "no pool changes\n")
    assert read_folder(library)["aan2018"].retracted == date.today().isoformat()


def test_a_dry_run_writes_nothing(run: Run, library: Path) -> None:
    code, out, err = run("retract", "corboy2023", "--dry-run", "--library", str(library))
    assert code == 0 and " -> " in out and "nothing written" in err
    assert read_folder(library)["corboy2023"].retracted is None


def test_a_second_retraction_is_refused_before_anything_is_printed(run: Run, library: Path) -> None:
    run("retract", "corboy2023", "--library", str(library))
    code, out, err = run("retract", "corboy2023", "--library", str(library))
    assert (code, out) == (2, "") and "marked as retracted on" in err


def test_an_unknown_study_and_a_folder_without_studies_are_one_sentence(
    run: Run, library: Path, tmp_path: Path
) -> None:
    assert "has no study 'nobody'" in run("retract", "nobody", "--library", str(library))[2]
    (tmp_path / "empty").mkdir()
    for folder, words in (("empty", "no study file (.toml) is there"), ("nowhere", "no folder is there")):
        code, out, err = run("retract", "corboy2023", "--library", str(tmp_path / folder))
        assert (code, out) == (2, "") and words in err


def test_a_library_that_may_not_be_written_is_named_with_the_way_out(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    code, _, err = run("retract", "corboy2023", "--library", str(library))
    assert code == 2 and "copy it and name the copy with --library" in err
    assert run("retract", "corboy2023", "--dry-run", "--library", str(library))[0] == 0


@pytest.mark.parametrize(
    "day", ["soon", "20260102", "2026-13-01", (date.today() + timedelta(days=1)).isoformat()]
)
def test_a_day_of_retraction_is_a_day_up_to_today(
    run: Run, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("retract", "corboy2023", "--dry-run", "--on", day)
    assert "write a day up to today as YYYY-MM-DD" in capsys.readouterr().err
