"""The examples of a page of the docs: its fenced blocks, what they run, and what they show.

`tests/docs` runs every page by it, and `tools/demo_loop` one of them for a reader.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


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
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [read_fence(page, text, match) for match in _FENCE.finditer(text)]


def read_fence(page: Path, text: str, match: re.Match[str]) -> Fence:
    """One block with its place, its language, and the file it is to become, if any."""
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
