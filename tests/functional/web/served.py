"""The pages as they are served: the real server in a thread, asked over a real socket."""

from __future__ import annotations

import http.client
import io
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.web.auditing import AUDIT
from stepdown.interfaces.web.doors import Doors
from stepdown.interfaces.web.serving import make_application, make_config
from stepdown.interfaces.web.settings import Settings

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    text: str
    content: bytes = b""


@dataclass
class Served:
    """A running server: where it is, what it logged, and how to ask it."""

    port: int
    server: Any
    log: io.StringIO = field(repr=False)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Reply:
        return self.ask(method, path, b"", headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Reply:
        given = {"Origin": self.origin, "Content-Type": FORM, **headers}
        return self.ask("POST", path, urlencode(fields).encode(), given)

    def ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named, encode_chunked=not isinstance(body, bytes))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        if "set-cookie" in found:
            found["set-cookie"] = "\n".join(answer.headers.get_all("set-cookie", []))
        return Reply(answer.status, found, content.decode("utf-8", "replace"), content)


@contextmanager
def serving(
    settings: Settings | None = None, hooks: HooksSettings | None = None,
    doors: Doors | None = None, config: Mapping[str, Any] | None = None, **changes: Any,
) -> Iterator[Served]:  # fmt: skip
    """The server with some settings changed, stopped at the end.

    ``doors`` are who else may lead somebody in: the settings of launches and of the sign-in.
    """
    import uvicorn

    # A busy machine takes long for a PDF: the time limit has no part in these tests.
    chosen = settings or Settings(posts_per_minute=0, seconds_to_answer=300.0)
    asked = hooks or HooksSettings()
    application = make_application(replace(chosen, **changes), asked, doors=doors or Doors())
    how = make_config(application, 300.0, **{"port": 0, **(config or {})})
    server, log = uvicorn.Server(how), io.StringIO()
    handler = logging.StreamHandler(log)
    AUDIT.addHandler(handler)
    AUDIT.setLevel(logging.INFO)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(server.servers[0].sockets[0].getsockname()[1], server, log)
    finally:
        server.should_exit = True
        thread.join(20)
        AUDIT.removeHandler(handler)
