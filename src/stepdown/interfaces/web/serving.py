"""The server: uvicorn with our limits, our log, and a stop that cuts nothing off."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import python_multipart  # noqa: F401 - missed only when a form is read, unless it is asked for here
import uvicorn

from stepdown.interfaces.cds_hooks.app import LOG, Beside, HooksSettings, make_hooks_app
from stepdown.interfaces.web.app import make_app
from stepdown.interfaces.web.auditing import AUDIT
from stepdown.interfaces.web.settings import Settings

#: How many requests may wait at once; what comes beyond them is told to come back later.
_MOST_WAITING = 200


def make_config(
    settings: Settings, host: str, port: int, hooks: HooksSettings | None = None
) -> uvicorn.Config:
    """How uvicorn serves pages and hooks: no access log (ours has no address in it), a stop that waits."""
    return uvicorn.Config(
        Beside(make_app(settings), make_hooks_app(hooks or HooksSettings())),
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_WAITING,
        h11_max_incomplete_event_size=16_384,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(settings.seconds_to_answer),
    )


def serve(settings: Settings, host: str, port: int, hooks: HooksSettings | None = None) -> int:
    """Serve until told to stop; the exit code."""
    write_log_to(sys.stderr)
    server = uvicorn.Server(make_config(settings, host, port, hooks))
    server.run()
    return 0 if server.started else 1


def write_log_to(stream: TextIO) -> None:
    """Send the audit lines, and the warnings of the server, to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    of_uvicorn = logging.getLogger("uvicorn")
    for log, level in ((AUDIT, logging.INFO), (LOG, logging.INFO), (of_uvicorn, logging.WARNING)):
        log.handlers, log.propagate = [handler], False
        log.setLevel(level)
