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


def draw_bar(what: str, done: int, total: int) -> str:
    """One line: what is done, a bar, and the share of the whole."""
    share = min(done / total, 1.0) if total else 1.0
    filled = round(share * _WIDTH)
    return f"{what} [{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%} of {total:,}"
