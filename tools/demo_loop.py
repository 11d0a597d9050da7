"""Walk a page of the docs in a folder: each command as it is typed, and what the page shows of its output.

Usage: python tools/demo_loop.py docs/tutorial/the-loop.md out/loop

What is printed was printed by the commands just now: where it is not what the page shows, all of it is
printed, and the walk ends with exit code 1.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from page_examples import Fence, find_fences, is_output_as_shown, run_stepdown, split_commands

CHECKOUT = Path(__file__).resolve().parents[1]


def walk(page: Path, folder: Path) -> bool:
    """Run every example of a page in a folder, and print it; whether all showed what the page shows."""
    fences = {fence.place: fence for fence in find_fences(page) if fence.runs}
    names: dict[str, object] = {}
    link_examples(folder)
    os.chdir(folder)
    all_as_shown = True
    for heading, place in find_parts(page):
        if heading:
            print(f"\n{heading}\n{'=' * len(heading)}")
        elif place in fences:
            all_as_shown &= run(fences[place], names)
    return all_as_shown


def link_examples(folder: Path) -> None:
    """The examples, where the page expects them: beside what is made."""
    link = folder / "examples"
    if not link.exists():
        link.symlink_to(CHECKOUT / "examples")


def find_parts(page: Path) -> Iterator[tuple[str, str]]:
    """The headings of a page and the places of its fences, in their order: one of the two is empty."""
    inside = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if re.match(r" *```", line):
            inside = not inside
            if inside:
                yield "", f"{page.name}:{number}"
        elif line.startswith("## ") and not inside:
            yield line.removeprefix("## "), ""


def run(fence: Fence, names: dict[str, object]) -> bool:
    """Run one fence and print it; False where it did not show what the page shows."""
    if fence.language != "console":
        print(f"\n{fence.text.strip()}")
        exec(compile(fence.text, fence.place, "exec"), names)
        print("# checked: every line above holds")
        return True
    as_shown = [run_command(command, shown) for command, shown in split_commands(fence)]
    return all(as_shown)


def run_command(command: str, shown: str) -> bool:
    """Run one command and print what the page shows of it, or all where it differs."""
    print(f"\n$ {command.strip()}", flush=True)
    printed = run_stepdown(shlex.split(command)[1:])
    is_shown = is_output_as_shown(shown, printed)
    text = (shown if is_shown else printed).rstrip()
    if text:
        print(text, flush=True)
    return is_shown


if __name__ == "__main__":
    print("All that is new here is invented: papers, PMIDs, person, registry. Nothing of it is evidence.")
    as_shown = walk(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
    print(f"\nThe page: {sys.argv[1]}    What it made: {sys.argv[2]}")
    for name in ("site/summaries/nemo2023.html", "site-after/summaries/nemo2023.html",
                 "site/evidence/stop-relapse.html", "monday.csv",
                 "my-cohort/report.html", "my-library/nemo2023.toml"):
        print(f"  open {sys.argv[2]}/{name}")
    if not as_shown:
        print("Something printed other words than the page shows; all of it stands above.", file=sys.stderr)
    sys.exit(0 if as_shown else 1)
