"""Breaking JSON and text in one place, and asking an application without a socket."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

ANYTHING = [None, True, -1, 1e308, 10**30, "", "x" * 300, "2026-13-40", "0000-00-00", "\x00", "=1+1",
            "<script>", "\u202e", [], {}, [[]], {"resourceType": "Bundle"}, {"coding": [None]}]  # fmt: skip
_PIECES = ["", "{", "[" * 70, "null", "\ud800", "NaN", "1e999", "'", ": &a *a", "\x00", "é" * 9]


def mutate(value: Any, chance: random.Random) -> None:
    """Put something else in one place of some JSON."""
    places = []

    def walk(inner: Any) -> None:
        if isinstance(inner, dict):
            keys: list[Any] = list(inner)
        else:
            keys = list(range(len(inner))) if isinstance(inner, list) else []
        for key in keys:
            places.append((inner, key))
            walk(inner[key])

    walk(value)
    where, key = chance.choice(places)
    where[key] = deepcopy(chance.choice(ANYTHING))


def cut(text: str, chance: random.Random) -> str:
    """A text with a short piece taken out, and sometimes another in its place."""
    start = chance.randrange(len(text))
    return text[:start] + chance.choice(_PIECES) + text[start + chance.randrange(60) :]


async def _ask(app: Any, path: str, kind: str, body: bytes) -> tuple[int, bytes]:
    sent, replies = [{"type": "http.request", "body": body, "more_body": False}], []

    async def receive() -> Any:
        return sent.pop() if sent else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        replies.append(message)

    headers = {"host": "127.0.0.1", "origin": "http://127.0.0.1", "content-type": kind,
               "content-length": str(len(body))}  # fmt: skip
    await app(
        {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"",
            "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
        }, receive, send)  # fmt: skip
    return replies[0]["status"], b"".join(each.get("body", b"") for each in replies[1:])


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """AssertionError where what is done inside hangs."""

    def stop(*_: Any) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def ask_all(app: Any, requests: Iterator[tuple[str, str, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Status and body of the reply to each request of path, type and body, asked one after the other."""
    with asyncio.Runner() as runner:
        for request in requests:
            with no_longer_than(120):
                yield runner.run(_ask(app, *request))
