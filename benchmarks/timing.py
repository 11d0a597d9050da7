"""How long something takes: the fastest of several runs, in seconds.

The fastest run is the one that other work on the machine disturbed least; it is taken for stepdown and for
the peers alike.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

COMMAND = (sys.executable, "-c", "import sys; from stepdown.interfaces.cli import main; sys.exit(main())")


def time_call(call: Callable[[], object], runs: int, repeats: int = 1) -> float:
    """The fastest of several runs of a call; ``repeats`` calls make one run when a call is very short."""
    return min(_time_once(call, repeats) for _ in range(runs))


def _time_once(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def time_command(command: Sequence[str], runs: int = 5) -> float:
    """The fastest of several runs of a whole command, after one that warms the disk; CalledProcessError."""
    def run() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run()
    return time_call(run, runs)
