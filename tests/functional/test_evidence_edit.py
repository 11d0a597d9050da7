"""``stepdown evidence new`` and ``edit``: from a skeleton to a recorded study, with and without an editor."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from stepdown.evidence.reading import library_folder, read_folder
from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library that may be written."""
    return Path(shutil.copytree(str(library_folder()), tmp_path / "library"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], library: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("EDITOR", raising=False)

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(["evidence", *arguments, "--library", str(library)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def set_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make EDITOR a program that puts one text in place of another."""

    def write_editor(old: str, new: str) -> None:
        script = tmp_path / "editor.py"
        lines = ("import pathlib, sys", "p = pathlib.Path(sys.argv[1])",
                 f"p.write_text(p.read_text('utf-8').replace({old!r}, {new!r}), 'utf-8')")  # fmt: skip
        script.write_text("\n".join(lines), "utf-8")
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")

    return write_editor


def test_a_new_study_is_a_file_to_fill_in(run: Run, library: Path) -> None:
    code, _, err = run("new", "smith2027")
    assert code == 0 and "smith2027.toml written; fill it in, then: stepdown evidence edit smith2027" in err
    assert 'id = "smith2027"' in (library / "smith2027.toml").read_text("utf-8")


def test_a_study_that_is_there_and_an_odd_id_are_refused(run: Run) -> None:
    assert run("new", "corboy2023")[0] == 2
    assert "is there already" in run("new", "corboy2023")[2]
    assert "an id has lower-case letters" in run("new", "../Smith")[2]


def test_an_unfinished_study_lists_what_is_missing_and_is_not_recorded(run: Run, library: Path) -> None:
    run("new", "smith2027")
    code, out, err = run("edit", "smith2027", "--what", "entered")
    assert (code, out) == (2, "") and "smith2027: title: is empty" in err
    assert "[[changes]]\non" not in (library / "smith2027.toml").read_text("utf-8")


def test_an_editor_changes_a_study_and_the_change_is_named_and_recorded(
    run: Run, library: Path, set_editor: Callable[[str, str], None]
) -> None:
    set_editor("events = 3\nn = 131\nproportion = 0.023", "events = 6\nn = 131\nproportion = 0.046")
    code, out, err = run("edit", "corboy2023")
    assert code == 0
    assert "recorded: finding relapse-stop-2y: changed events, proportion" in err
    assert "relapse, stop, chosen elective-stable, randomised: injectable, teriflunomide, fumarate" in out
    (change,) = read_folder(library)["corboy2023"].changes
    assert change.on == date.today().isoformat()


def test_a_fault_made_in_the_editor_keeps_the_file_and_the_draft(
    run: Run, library: Path, set_editor: Callable[[str, str], None]
) -> None:
    before = (library / "corboy2023.toml").read_bytes()
    set_editor("events = 3\n", "events = 30\n")
    code, _, err = run("edit", "corboy2023")
    assert code == 2 and "the text is kept as corboy2023.draft" in err
    assert (library / "corboy2023.toml").read_bytes() == before
    set_editor("events = 30\n", "events = 3\n")
    assert "nothing changed" in run("edit", "corboy2023")[2]
    assert not (library / "corboy2023.draft").exists()


def test_a_file_replaces_a_study(run: Run, library: Path, tmp_path: Path) -> None:
    text = (library / "corboy2023.toml").read_text("utf-8")
    (tmp_path / "new.toml").write_text(text.replace("19 MS centres, USA", "19 centres in the USA"), "utf-8")
    code, out, err = run("edit", "corboy2023", "--from", str(tmp_path / "new.toml"))
    assert (code, out) == (0, "no pool changes\n") and "recorded: changed setting" in err


def test_a_file_changed_by_hand_needs_words_and_shows_what_the_study_moves(run: Run, library: Path) -> None:
    assert "say what was changed in corboy2023.toml" in run("edit", "corboy2023")[2]
    code, out, _ = run("edit", "corboy2023", "--what", 'a "slip"')
    assert code == 0 and "1 study) -> " in out and "2 studies)" in out
    assert read_folder(library)["corboy2023"].changes[-1].what == 'a "slip"'


@pytest.mark.parametrize("text", ["id = ", "", 'id = "other"'])
def test_a_text_that_is_no_such_study_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "new.toml").write_text(text, "utf-8")
    code, out, err = run("edit", "corboy2023", "--from", str(tmp_path / "new.toml"))
    assert (code, out) == (2, "") and "corboy2023.toml" in err


def test_a_file_that_cannot_be_read_is_replaced_as_a_new_one(run: Run, library: Path, tmp_path: Path) -> None:
    good = library / "corboy2023.toml"
    (tmp_path / "good.toml").write_text(good.read_text("utf-8"), "utf-8")
    good.write_text("id = ", "utf-8")
    code, _, err = run("edit", "corboy2023", "--from", str(tmp_path / "good.toml"))
    assert code == 0 and "recorded: entered, and checked" in err


def test_another_id_than_that_of_the_file_is_a_fault(run: Run, library: Path) -> None:
    other = library / "bose2023.toml"
    assert "the file is called corboy2023.toml" in run("edit", "corboy2023", "--from", str(other))[2]


def test_what_cannot_be_read_or_run_is_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no text file is there" in run("edit", "corboy2023", "--from", str(tmp_path / "no.toml"))[2]
    assert "has no study 'nobody'" in run("edit", "nobody")[2]
    monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
    assert "could not be run to its end" in run("edit", "corboy2023")[2]
