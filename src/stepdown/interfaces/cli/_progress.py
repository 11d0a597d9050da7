"""A bar on the terminal while something takes long; nothing where standard error is a file or a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WIDTH = 30
_SECONDS_BETWEEN = 0.1


@contextmanager
def show_progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many of ``total`` are done; the bar goes when the work is over."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    last = [0.0]

    def report(done: int) -> None:
        now = time.monotonic()
        if now - last[0] >= _SECONDS_BETWEEN or done >= total:
            last[0] = now
            print(f"\r{draw_bar(what, done, total)}", end="", file=sys.stderr, flush=True)

    report(0)
    try:
        yield report
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def show_people() -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how many of all people are done, and how many there are."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    try:
        yield lambda done, total: print(f"\r{draw_bar('people', done, total)}", end="", file=sys.stderr,
                                        flush=True)
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def show_stages(total: int) -> Iterator[Callable[[str], None]]:
    """Give a function that is told each of ``total`` stages as it begins; the line goes when all is done.

    "stage, part 2 of 4" or "stage, 8,000 rows" tells how far the stage at work is, and is not counted.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    begun = [""]

    def report(stage: str) -> None:
        if not stage.startswith(f"{begun[-1]}, "):
            begun.append(stage)
        print(f"\r\033[K{draw_stage(stage, len(begun) - 1, total)}", end="", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def draw_stage(stage: str, number: int, total: int) -> str:
    """One line: how many stages are done, and which is at work."""
    filled = round(min(number - 1, total) / total * _WIDTH)
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {min(number, total)} of {total}: {stage}"


def draw_bar(what: str, done: int, total: int) -> str:
    """One line: what is done, a bar, and the share of the whole."""
    share = min(done / total, 1.0) if total else 1.0
    filled = round(share * _WIDTH)
    return f"{what} [{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%} of {total:,}"
