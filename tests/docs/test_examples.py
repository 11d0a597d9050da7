"""Every example in README and docs is run, and what it prints is compared with what the page shows.

A page's examples run in order, in one empty folder with our examples/ in it:
- ```console: lines `$ stepdown ...` are run; the lines below must be what they print, where a line `...`
  stands for any lines; `> FILE` at the end writes the file. A fence that starts with another command
  (`$ make test`) is for the reader only.
- ```python: run as it stands, or as a doctest when it has `>>>`; the fences of a page share their names.
- any fence with `file=NAME` after its language: its text becomes that file for the examples below it.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from docs.served_once import serve_once

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page."""

    place: str
    indent: int
    language: str
    file: str | None
    text: str

    @property
    def runs(self) -> bool:
        """Whether it does something: runs a command of ours, runs Python, or writes a file."""
        return self.file is not None or self.language == "python" or self.text.startswith("$ stepdown")


def find_fences(page: Path) -> list[Fence]:
    text = page.read_text(encoding="utf-8")
    return [read_fence(page, text, match) for match in FENCE.finditer(text)]


def read_fence(page: Path, text: str, match: re.Match[str]) -> Fence:
    indent, language, words, body = match.groups()
    named = re.search(r"\bfile=(\S+)", words)
    place = f"{page.name}:{text.count(chr(10), 0, match.start()) + 1}"
    return Fence(place, len(indent), language, named[1] if named else None, body)


def split_commands(fence: Fence) -> Iterator[tuple[str, str]]:
    """Each command of a console fence with the output that the page shows below it."""
    for part in re.split(r"^\$ ", fence.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.replace("\\\n", " ").partition("\n")
        yield command, output


def is_output_as_shown(shown: str, printed: str) -> bool:
    """Whether the printed lines are the shown ones, a line of three dots standing for any lines."""
    lines = [line.rstrip() for line in shown.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + "\n" for line in lines)
    stripped = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
    return re.fullmatch(pattern, stripped) is not None


def run_stepdown(arguments: list[str]) -> str:
    """What a command shows on a terminal: both streams together, less what `> FILE` takes away."""
    from stepdown.interfaces.cli import main

    if arguments[0] == "serve":
        return serve_once(arguments)
    screen = io.StringIO()
    arguments, file = (arguments[:-2], arguments[-1]) if arguments[-2:-1] == [">"] else (arguments, None)
    results = io.StringIO() if file else screen
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(results))
        stack.enter_context(contextlib.redirect_stderr(screen))
        stack.enter_context(contextlib.suppress(SystemExit))
        main(arguments)
    if file:
        Path(file).write_text(results.getvalue(), encoding="utf-8")
    return screen.getvalue()


def check_console(fence: Fence) -> None:
    for command, shown in split_commands(fence):
        program, *arguments = shlex.split(command, comments=True)
        assert program == "stepdown", f"{fence.place}: this fence cannot run `{program}`"
        printed = run_stepdown(arguments)
        assert is_output_as_shown(shown, printed), f"{fence.place}: `{command}` printed:\n{printed}"


def check_python(fence: Fence, names: dict[str, Any]) -> None:
    if ">>>" not in fence.text:
        exec(compile(fence.text, fence.place, "exec"), names)
        return
    example = doctest.DocTestParser().get_doctest(fence.text, names, fence.place, fence.place, 0)
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(example, out=report.write, clear_globs=False)
    names.update(example.globs)
    assert not runner.failures, report.getvalue()


def run_fence(fence: Fence, names: dict[str, Any]) -> None:
    assert not fence.indent, f"{fence.place}: an example that is run starts at the left margin"
    if fence.file is not None:
        Path(fence.file).write_text(fence.text, encoding="utf-8")
    elif fence.language == "python":
        check_python(fence, names)
    else:
        check_console(fence)


RUNNABLE = {
    page.relative_to(CHECKOUT).as_posix(): fences
    for page in PAGES
    if (fences := [fence for fence in find_fences(page) if fence.runs])
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
