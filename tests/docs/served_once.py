"""`stepdown serve` of a page of the docs: it starts, answers one request of its own, and stops."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


def serve_once(arguments: list[str]) -> str:
    """What the command shows, when it is asked for /healthz once and then told to stop.

    It listens on a free port of this machine, whatever host and port the page names, and answers in threads.
    It has a thread of its own: once a browser was driven, the main one has a loop that goes on. Signals
    are for the main thread only, and none comes.
    """
    pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
    import uvicorn

    from stepdown.interfaces.cli import main
    from stepdown.interfaces.workers import Workers

    class OnceServed(uvicorn.Server):
        """A server that stops after one request, which it makes itself."""

        async def main_loop(self) -> None:
            port = self.servers[0].sockets[0].getsockname()[1]
            with await asyncio.to_thread(urllib.request.urlopen, f"http://127.0.0.1:{port}/healthz") as reply:
                assert reply.status == 200

    def listen(_: tuple[str, int], **more: Any) -> socket.socket:
        return create(("127.0.0.1", 0), **more)

    screen, create = io.StringIO(), socket.create_server
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(screen):
        patch.setattr("uvicorn.Server", OnceServed)
        patch.setattr("socket.create_server", listen)
        patch.setattr("stepdown.interfaces.web.serving.Workers", lambda count, _: Workers(count))
        patch.setattr("signal.signal", lambda *_: None)
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(main, arguments).result() == 0
    return screen.getvalue()
