"""One line for each request: which page, how it ended, how long it took. Nothing of a person, ever.

This is the outermost part: what fails further in becomes a page here, with the kind and the place of the
fault in the log and never its text, which may hold what somebody typed.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stepdown import __version__
from stepdown.decisions.assess import evidence_version
from stepdown.interfaces.web.guarding import add_headers, find_headers
from stepdown.interfaces.web.noting import begin_notes, read_notes
from stepdown.interfaces.web.refusing import Refused
from stepdown.interfaces.workers import name_fault

AUDIT = logging.getLogger("stepdown.web")
#: What a page calls when a request ends early: status, sentence, how long to wait.
Excuse = Callable[[int, str, int | None, Scope, Receive, Send], Awaitable[None]]
_OUR_FAULT = "A fault of stepdown itself; nothing was kept. Its place is in the log of the server."


class Audit:
    """The line for each request, our headers on each reply, and a page for what was refused or failed."""

    def __init__(self, app: ASGIApp, excuse: Excuse, has_sign_in: bool) -> None:
        """Keep the page for what ends early, and whether the pages ask for a sign-in."""
        self.app = app
        self.excuse = excuse
        self.has_sign_in = has_sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and write the line when the answer is sent."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen: dict[str, Any] = {"request": secrets.token_hex(8), "status": None}
        begin_notes(scope)
        started = time.perf_counter()
        try:
            await self._answer(scope, receive, _watch(scope, send, seen, self.has_sign_in), seen)
        finally:
            write_line(scope, seen, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seen: dict[str, Any]) -> None:
        try:
            await self.app(scope, receive, send)
        except Refused as refused:
            await self.excuse(refused.status, refused.sentence, refused.retry_after, scope, receive, send)
        except Exception as problem:  # noqa: BLE001 - the last door: a text of it may hold what was typed
            seen["fault"] = name_fault(problem)
            if seen["status"] is None:
                await self.excuse(500, _OUR_FAULT, None, scope, receive, send)


def _watch(scope: Scope, send: Send, seen: dict[str, Any], has_sign_in: bool) -> Send:
    """A send that sets our headers and remembers the status."""

    async def send_watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen["status"] = message["status"]
            headers = {**find_headers(scope["path"], has_sign_in), "x-request-id": seen["request"]}
            message = add_headers(message, headers.items())
        await send(message)

    return send_watched


def write_line(scope: Scope, seen: dict[str, Any], seconds: float) -> None:
    """The line as JSON; the page is named by its route, so that no address somebody made up is repeated."""
    route = getattr(scope.get("route"), "path", None)
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "request": seen["request"],
        "method": scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other",
        "page": route or ("/digest" if scope["path"].startswith("/digest/") else "other"),
        "status": seen["status"],
        "milliseconds": round(1000 * seconds),
        "stepdown": __version__,
        "evidence": evidence_version(),
    }
    line |= read_notes(scope)
    line |= {"fault": seen["fault"]} if "fault" in seen else {}
    AUDIT.info(json.dumps(line), extra={"line": line, "seconds": seconds})
