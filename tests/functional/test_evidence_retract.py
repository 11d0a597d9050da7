"""``stepdown evidence retract``: every estimate and option that changes is named, and one file is marked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from stepdown.evidence.reading import library_folder, read_folder
from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ONE = ("--people", str(EXAMPLES / "01-injectable-stable-61.json"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(command: str, *arguments: str) -> tuple[int, str, str]:
        people = () if "--people" in arguments else ONE
        code = main(["evidence", command, *arguments, *people])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library that may be written."""
    return Path(shutil.copytree(str(library_folder()), tmp_path / "library"))


def test_retract_prints_what_changes_and_marks_the_file(run: Run, library: Path) -> None:
    code, out, err = run("retract", "corboy2023", "--on", "2026-01-02", "--library", str(library))
    assert code == 0 and err == "stepdown: corboy2023.toml: marked as retracted\n"
    assert "relapse, stop, chosen elective-stable, randomised: injectable, teriflunomide, fumarate\n" in out
    assert "; 2 studies) -> " in out and "; 1 study)" in out
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
    assert out.startswith("risks of one person: no longer moved by mri_active\n")


def test_a_study_in_no_pool_changes_nothing_and_is_marked_all_the_same(run: Run, library: Path) -> None:
    code, out, _ = run("retract", "gutzmer2017", "--library", str(library))
    assert (code, out) == (0, "no pool changes, and no option\n")
    assert read_folder(library)["gutzmer2017"].retracted == date.today().isoformat()


def test_each_option_whose_numbers_change_is_named_with_its_person(run: Run) -> None:
    out = run("retract", "corboy2023", "--dry-run")[1]
    lines = [line for line in out.splitlines() if line.startswith("option Stop, no other drug: relapse")]
    assert len(lines) == 3 and all(line.endswith("[01-injectable-stable-61.json]") for line in lines)
    assert "within 2 years, of 100: " in lines[1] and " -> " in lines[1]


def test_rules_that_cite_the_study_are_named_for_judging_anew(run: Run) -> None:
    out = run("retract", "corboy2023", "--dry-run")[1]
    assert "rules that cite it, to be judged anew: " in out and "injectable-stop-trials" in out


def test_pml_figures_the_score_and_words_on_cancer_drugs_that_go_are_said(run: Run) -> None:
    out = run("retract", "uptodate_pml_table", "--dry-run", "--people",
              str(EXAMPLES / "02-natalizumab-jcv-high-38.json"))[1]  # fmt: skip
    assert "natalizumab: PML in months 49-72, of 1,000: " in out and "-> unknown" in out
    assert "fact viaadisc points: known -> unknown" in run("retract", "bsteh2021", "--dry-run")[1]


@pytest.mark.validate
def test_without_people_options_are_compared_for_invented_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evidence", "retract", "corboy2023", "--dry-run"]) == 0
    assert "[on glatiramer-acetate, 62 years; on teriflunomide, 62 years" in capsys.readouterr().out


def test_a_person_file_with_errors_is_refused_before_anything_is_printed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    path.write_text('{"birth_date": "soon"}', "utf-8")
    code, out, _ = run("retract", "corboy2023", "--dry-run", "--people", str(path))
    assert (code, out) == (2, "")


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


@pytest.mark.validate
def test_a_library_that_may_not_be_written_is_named_with_the_way_out(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    code, _, err = run("retract", "corboy2023", "--library", str(library))
    assert code == 2 and "copy it and name the copy with --library" in err
    assert run("retract", "corboy2023", "--dry-run", "--library", str(library))[0] == 0


@pytest.mark.parametrize("day", ["soon", "20260102", "2026-13-01", "2999-01-01", "tomorrow"])
def test_a_day_of_retraction_is_a_day_up_to_today(
    run: Run, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if day == "tomorrow":  # of the moment it is asked: a run of tests may go past midnight
        day = (date.today() + timedelta(days=1)).isoformat()
    with pytest.raises(SystemExit):
        run("retract", "corboy2023", "--dry-run", "--on", day)
    assert "write a day up to today as YYYY-MM-DD" in capsys.readouterr().err


def test_a_retraction_before_the_study_was_published_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "retract", "corboy2023", "--dry-run", "--on", "2019-01-01"]) == 2
    assert "was published in 2023" in capsys.readouterr().err
