"""Every example in README and docs is run, and what it prints is compared with what the page shows.

A page's examples run in order, in one empty folder with our examples/ in it:
- ```console: lines `$ stepdown ...` are run; the lines below must be what they print, where a line `...`
  stands for any lines; `> FILE` at the end writes the file. A fence that starts with another command
  (`$ make test`) is for the reader only.
- ```python: run as it stands, or as a doctest when it has `>>>`; the fences of a page share their names.
- any fence with `file=NAME` after its language: its text becomes that file for the examples below it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from docs.running import check_python, run_fence
from page_examples import Fence, find_fences, is_output_as_shown, split_commands

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]


#: Walked by a test of its own, which looks at what it leaves behind: tests/functional/test_loop.py.
WALKED_ELSEWHERE = CHECKOUT / "docs" / "tutorial" / "the-loop.md"
RUNNABLE = {
    page.relative_to(CHECKOUT).as_posix(): fences
    for page in PAGES
    if page != WALKED_ELSEWHERE and (fences := [fence for fence in find_fences(page) if fence.runs])
}


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader would try the examples: nothing there but examples/."""
    (tmp_path / "examples").symlink_to(CHECKOUT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("page", RUNNABLE)
def test_every_example_of_the_page_does_what_the_page_says(page: str) -> None:
    names: dict[str, Any] = {"__name__": "example"}
    for fence in RUNNABLE[page]:
        run_fence(fence, names)


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("one\ntwo\n", "one\ntwo\n", True),
        ("one\n...\nfour\n", "one\ntwo\nthree\nfour\n", True),
        ("one\n...\ntwo\n", "one\ntwo\n", True),
        ("one\n...\n", "one\n", True),
        ("one  \n", "one\n\n", True),
        ("one\n", "one\ntwo\n", False),
        ("one\n...\nfour\n", "one\ntwo\n", False),
        ("a.c\n", "abc\n", False),
        ("", "an error nobody wrote down\n", False),
    ],
)
def test_three_dots_stand_for_any_lines_and_nothing_else_does(shown: str, printed: str, same: bool) -> None:
    assert is_output_as_shown(shown, printed) is same


def test_a_console_fence_is_split_into_commands_and_what_they_print() -> None:
    fence = Fence("page:1", 0, "console", None, "$ stepdown a \\\n  b\nx\ny\n$ stepdown c\n")
    assert list(split_commands(fence)) == [("stepdown a    b", "x\ny\n"), ("stepdown c", "")]


def test_a_python_example_that_prints_something_else_fails() -> None:
    with pytest.raises(AssertionError, match="Expected"):
        check_python(Fence("page:1", 0, "python", None, ">>> 1 + 1\n3\n"), {})


def test_names_of_one_python_example_are_there_in_the_next() -> None:
    names: dict[str, Any] = {}
    check_python(Fence("page:1", 0, "python", None, ">>> answer = 1 + 1\n"), names)
    check_python(Fence("page:9", 0, "python", None, "assert answer == 2\n"), names)


def test_links_between_pages_lead_somewhere() -> None:
    dead = []
    for page in [*PAGES, *CHECKOUT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                dead.append(f"{page.relative_to(CHECKOUT)} -> {target}")
    assert not dead
