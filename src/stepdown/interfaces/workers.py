"""Where answers are worked out: in threads of this process, or in processes of their own.

Connections stay with the process that took them, so that processes which share a port are asked unevenly; and
threads of one process wait for one another. Here one process takes every connection, and each worker is given
one thing at a time: first come, first served, whichever connection it came by.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import re
import signal
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

Done = TypeVar("Done")
#: What a piece of work may raise to say that it cannot be done; anything else is a fault of ours.
Expected = tuple[type[Exception], ...]


class WorkFailed(Exception):
    """A fault of ours in a worker: its kind and its place, never its text, which may hold what was sent."""

    def __init__(self, fault: str) -> None:
        """Keep kind and place."""
        super().__init__(fault)
        self.fault = fault


def name_fault(problem: Exception) -> str:
    """The kind of a fault and where it came up, without its text."""
    if isinstance(problem, WorkFailed):
        return problem.fault
    place = traceback.extract_tb(problem.__traceback__)[-1]
    module = re.split(r"[\\/](?=stepdown[\\/]|site-packages[\\/])", place.filename)[-1]
    return f"{type(problem).__name__} in {module}, line {place.lineno}"


@dataclass(frozen=True)
class _Worker:
    """One thread or process that does one thing at a time; ``pid`` is there when a process is ready."""

    executor: Executor
    pid: Future[int] | None = None


class Workers:
    """So many workers, each for one thing at a time.

    What keeps a worker for long, like a PDF, never gets all of them while there is more than one.
    """

    def __init__(self, count: int, prepare: Callable[[], object] | None = None) -> None:
        """Threads; or, with what each of them does first, processes."""
        self._prepare, self.count = prepare, count
        self.waiting, self.replaced = 0, 0
        self._idle = [self._start() for _ in range(count)]
        self._free, self._long = asyncio.Semaphore(count), asyncio.Semaphore(max(1, count - 1))

    def _start(self) -> _Worker:
        if self._prepare is None:
            return _Worker(ThreadPoolExecutor(1))
        # Started anew (spawn) and never forked: a fork would copy locks that threads hold.
        executor = ProcessPoolExecutor(1, get_context("spawn"), _begin, (self._prepare,))
        return _Worker(executor, executor.submit(os.getpid))

    @property
    def busy(self) -> int:
        """How many workers work now."""
        return self.count - len(self._idle)

    def wait_until_ready(self) -> None:
        """Wait for every process; BrokenExecutor where one could not begin."""
        for worker in self._idle:
            if worker.pid is not None:
                worker.pid.result()

    async def do(
        self, work: Callable[[], Done], seconds: float, expected: Expected = (), is_long: bool = False
    ) -> Done:
        """What a piece of work gives, or the exception that was expected of it.

        TimeoutError after so many seconds of waiting for a worker, or so many of work; WorkFailed for a
        fault of ours or a lost process. A process that is lost or over its time is replaced.
        """
        async with contextlib.AsyncExitStack() as turns:
            with self._counted_as_waiting():
                for gate in (self._long, self._free) if is_long else (self._free,):
                    await turns.enter_async_context(_take_turn(gate, seconds))
            is_done, found = await self._do_next(work, seconds, expected)
        if is_done:
            return found  # type: ignore[no-any-return]
        raise found

    @contextlib.contextmanager
    def _counted_as_waiting(self) -> Iterator[None]:
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def _do_next(
        self, work: Callable[[], Any], seconds: float, expected: Expected
    ) -> tuple[bool, Any]:
        worker = self._idle.pop()
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(worker.executor.submit(_try, work, expected))
        except BrokenExecutor:
            # Its process is gone, and its number may be that of another one by now.
            worker = self._replace(_Worker(worker.executor))
            return False, WorkFailed("a worker was lost")
        except BaseException:
            worker = self._replace(worker)
            raise
        finally:
            self._idle.append(worker)

    def _replace(self, worker: _Worker) -> _Worker:
        """Another worker for one that is lost, or busy with what nobody waits for."""
        _end(worker)
        self.replaced += 1
        return self._start()

    def close(self) -> None:
        """End every worker, and wait for the processes; whoever still waits for one is given up."""
        for worker in self._idle:
            _end(worker, wait=True)


@contextlib.asynccontextmanager
async def _take_turn(gate: asyncio.Semaphore, seconds: float) -> AsyncIterator[None]:
    """A turn at a gate, in the order of coming; TimeoutError after so many seconds."""
    async with asyncio.timeout(seconds):
        await gate.acquire()
    try:
        yield
    finally:
        gate.release()


def _end(worker: _Worker, *, wait: bool = False) -> None:
    """End a process at once, and wait until it is gone; a thread cannot be ended, and is left to finish."""
    if worker.pid is not None and worker.pid.done() and not worker.pid.exception():
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid.result(), getattr(signal, "SIGKILL", signal.SIGTERM))
    worker.executor.shutdown(wait=wait and worker.pid is not None, cancel_futures=True)


def _try(work: Callable[[], Any], expected: Expected) -> tuple[bool, Any]:
    """Whether a piece of work was done, and what it gives; else the exception to be raised."""
    try:
        return True, work()
    except expected as problem:
        return False, problem
    except Exception as problem:  # noqa: BLE001 - its text may hold what was sent, and must not travel
        return False, WorkFailed(name_fault(problem))


def _begin(prepare: Callable[[], object]) -> None:
    """What a process does before its first piece of work."""
    # Told to stop are all processes of a service or terminal: the first one says when the work is over.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare()
    # What is read once stays for ever: looked through with each collection, it would cost a pause each time.
    gc.collect()
    gc.freeze()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
