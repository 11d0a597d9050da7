"""How long something takes: the fastest of several runs, in seconds.

The fastest run is the one that other work on the machine disturbed least; it is taken for stepdown and for
the peers alike.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

COMMAND = (sys.executable, "-c", "import sys; from stepdown.interfaces.cli import main; sys.exit(main())")


def time_call(call: Callable[[], object], runs: int, repeats: int = 1) -> float:
    """The fastest of several runs of a call; ``repeats`` calls make one run when a call is very short."""
    return min(_time_once(call, repeats) for _ in range(runs))


def time_processor(call: Callable[[], object], runs: int) -> float:
    """The least processor time of several runs of a call: other work on the machine touches it less."""
    return min(_time_processor_once(call) for _ in range(runs))


def _time_processor_once(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _time_once(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def time_commands(commands: Sequence[Sequence[str]], rounds: int) -> list[float]:
    """The fastest run of each whole command; they take turns, so that a busy minute hits all alike.

    The first round only warms the disk. CalledProcessError when a command fails.
    """
    taken = [[_time_once(partial(_run, command), 1) for command in commands] for _ in range(rounds + 1)]
    return [min(times) for times in zip(*taken[1:], strict=True)]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
