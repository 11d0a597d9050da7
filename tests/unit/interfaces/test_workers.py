"""Workers do one thing at a time, first come, first served; one that is lost or stuck is replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.workers import Workers, WorkFailed


@pytest.fixture(scope="module")
def processes() -> Iterator[Workers]:
    workers = Workers(2, os.getpid)
    workers.wait_until_ready()
    yield workers
    workers.close()


def note(order: list[int], number: int) -> int:
    order.append(number)
    return number


def fail_with(words: str) -> None:
    raise ValueError(words)


def sleep_and_tell_pid() -> int:
    time.sleep(0.3)
    return os.getpid()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine gives, in a thread of its own: a browser of another test keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def do_all(workers: Workers, *work: Any, **more: Any) -> list[Any]:
    return await asyncio.gather(*(workers.do(each, 60.0, **more) for each in work), return_exceptions=True)


def test_what_came_first_is_done_first_and_one_thing_at_a_time() -> None:
    order: list[int] = []
    found = run(do_all(Workers(1), *(partial(note, order, number) for number in range(20))))
    assert found == order == list(range(20))


def test_two_pieces_of_work_are_done_by_two_processes(processes: Workers) -> None:
    found = run(do_all(processes, sleep_and_tell_pid, sleep_and_tell_pid))
    assert len({os.getpid(), *found}) == 3


def test_long_work_leaves_a_worker_for_the_rest(processes: Workers) -> None:
    ended: list[str] = []

    async def do(name: str, is_long: bool) -> None:
        await processes.do(sleep_and_tell_pid, 60.0, is_long=is_long)
        ended.append(name)

    async def do_three() -> None:
        await asyncio.gather(do("long", True), do("second long", True), do("short", False))

    run(do_three())
    assert ended[-1] == "second long"


@pytest.mark.parametrize("is_process", [True, False])
def test_a_fault_comes_as_its_kind_and_place_and_not_with_its_text(
    is_process: bool, processes: Workers
) -> None:
    workers = processes if is_process else Workers(1)
    (found,) = run(do_all(workers, partial(fail_with, "Invented Name")))
    assert isinstance(found, WorkFailed)
    assert found.fault.startswith("ValueError in ") and "Invented" not in repr(found)
    assert found.__cause__ is None and found.__context__ is None


def test_what_is_expected_of_work_comes_as_it_is(processes: Workers) -> None:
    (found,) = run(do_all(processes, partial(fail_with, "no number"), expected=(ValueError,)))
    assert isinstance(found, ValueError) and str(found) == "no number"


def test_work_beyond_its_time_is_ended_and_another_process_takes_its_place(processes: Workers) -> None:
    async def ask() -> list[int]:
        with pytest.raises(TimeoutError):
            await processes.do(partial(time.sleep, 600.0), 0.2)
        return await do_all(processes, sleep_and_tell_pid, sleep_and_tell_pid)

    before = time.monotonic()
    assert len(set(run(ask()))) == 2
    assert time.monotonic() - before < 300


def test_a_process_that_is_lost_costs_only_what_it_did(processes: Workers) -> None:
    lost, done = run(do_all(processes, die, sleep_and_tell_pid))
    assert isinstance(lost, WorkFailed) and lost.fault == "a worker was lost"
    assert isinstance(done, int)
    assert len(set(run(do_all(processes, sleep_and_tell_pid, sleep_and_tell_pid)))) == 2


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_goes_on_when_the_whole_service_is_told_to_stop(processes: Workers) -> None:
    async def ask() -> list[Any]:
        slow = asyncio.create_task(processes.do(sleep_and_tell_pid, 60.0))
        pid = await processes.do(os.getpid, 60.0)
        os.kill(pid, signal.SIGTERM)
        return [await slow, await processes.do(sleep_and_tell_pid, 60.0), pid]

    assert all(isinstance(found, int) for found in run(ask()))


def test_nothing_is_left_of_processes_that_are_closed() -> None:
    workers = Workers(1, os.getpid)
    pid = run(workers.do(os.getpid, 60.0))
    workers.close()
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    raise AssertionError("the process goes on")
