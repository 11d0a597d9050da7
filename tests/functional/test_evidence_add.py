"""``stepdown evidence copy`` and ``add``: a library of one's own, and a ready study file that enters it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stepdown.evidence.reading import library_folder, read_folder
from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]
#: An invented study whose only outcome no pool takes: nothing has to be fitted for it.
STUDY = '''id = "{id}"
title = "An invented study"
design = "cohort"
disease = "MS"
topic = "stopping"
read = "full-text"
published = "2026"
added = "2026-11-30"
urls = ["https://registry.example/report"]
limits = "Invented."

[[findings]]
id = "falls"
outcome = "other:falls"
strategy = "stop"
report = "counts"
definition = "a fall"
locator = "table 1"
groups = ["anti-cd20"]
events = {events}
n = 20
'''


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = main(["evidence", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    run("copy", tmp_path / "library")
    return tmp_path / "library"


def write(folder: Path, study_id: str = "invented2026", events: int = 3) -> Path:
    path = folder / "study.toml"
    path.write_text(STUDY.format(id=study_id, events=events), "utf-8")
    return path


def test_a_copy_holds_every_study_as_it_is(library: Path) -> None:
    names = [item.name for item in library_folder().iterdir() if item.name.endswith(".toml")]
    ours = {name: (library_folder() / name).read_bytes() for name in names}
    assert {path.name: path.read_bytes() for path in library.iterdir()} == ours


def test_a_copy_is_not_made_over_something(run: Run, library: Path) -> None:
    code, _, err = run("copy", library)
    assert code == 2 and "name a new or empty folder" in err


def test_a_ready_study_enters_under_its_id_with_a_line_in_its_log(
    run: Run, library: Path, tmp_path: Path
) -> None:
    code, out, err = run("add", write(tmp_path), "--library", library)
    assert (code, out) == (0, "no pool changes\n") and "invented2026.toml added" in err
    assert read_folder(library)["invented2026"].changes[-1].what == "added from study.toml"


@pytest.mark.parametrize(
    ("study_id", "events", "words"),
    [
        ("corboy2023", 3, "the library has it already"),
        ("invented2026", 30, "invented2026"),
        ("Bad Id", 3, "write lower-case letters"),
    ],
)
def test_a_study_with_faults_or_a_taken_id_does_not_enter(
    run: Run, library: Path, tmp_path: Path, study_id: str, events: int, words: str
) -> None:
    before = sorted(library.iterdir())
    code, _, err = run("add", write(tmp_path, study_id, events), "--library", library)
    assert code == 2 and words in err and sorted(library.iterdir()) == before


def test_a_file_that_is_not_there_gets_one_sentence(run: Run, library: Path, tmp_path: Path) -> None:
    code, _, err = run("add", tmp_path / "nowhere.toml", "--library", library)
    assert code == 2 and "no text file is there" in err


def test_an_own_study_is_listed_shown_and_checked_in_its_library(
    run: Run, library: Path, tmp_path: Path
) -> None:
    run("add", write(tmp_path), "--library", library)
    assert "invented2026" in run("list", "--library", library)[1] and "invented2026" not in run("list")[1]
    assert run("show", "invented2026", "--library", library)[0] == 0 and run("show", "invented2026")[0] == 2
    assert f"{len(read_folder(library))} studies, no fault" in run("check", "--library", library)[2]
