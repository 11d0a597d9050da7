"""The server: uvicorn with our limits, our log, some workers, and a stop that cuts nothing off."""

from __future__ import annotations

import signal
import socket
import sys
from functools import partial
from typing import Any

import python_multipart  # noqa: F401 - missed only when a form is read, unless it is asked for here
import uvicorn

from stepdown.decisions.assess import evidence_version
from stepdown.interfaces.cds_hooks import app as cards
from stepdown.interfaces.cds_hooks.app import LOG, Beside, HooksSettings, make_hooks_app
from stepdown.interfaces.metrics import publishing
from stepdown.interfaces.web import pages
from stepdown.interfaces.web.app import make_app
from stepdown.interfaces.web.auditing import AUDIT
from stepdown.interfaces.web.doors import Doors
from stepdown.interfaces.web.pages import write_start
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.workers import Workers
from stepdown.ms.errors import UserError

NO_DOORS = Doors()
#: How many requests may wait at once; what comes beyond them is told to come back later.
_MOST_WAITING = 200
_FOR_INFO = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
#: The audit lines, and the warnings of the server, on standard error.
LOG_TO_STDERR: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
    },
    "loggers": {
        AUDIT.name: _FOR_INFO,
        LOG.name: _FOR_INFO,
        "uvicorn": {**_FOR_INFO, "level": "WARNING"},
    },
}


def make_application(
    settings: Settings, hooks: HooksSettings, workers: Workers | None = None, doors: Doors = NO_DOORS
) -> Beside:
    """The pages with the hooks beside them; without workers of its own, two threads answer."""
    ready = workers or Workers(2)
    return Beside(make_app(settings, ready, doors), make_hooks_app(hooks, ready))


def make_config(application: Beside, seconds: float, **more: Any) -> uvicorn.Config:
    """How uvicorn serves: no access log (ours has no address in it), a stop that waits so many seconds."""
    return uvicorn.Config(
        application,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_WAITING,
        h11_max_incomplete_event_size=16_384,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(seconds),
        **{"log_config": None, **more},
    )


def serve(
    settings: Settings, host: str, port: int, hooks: HooksSettings, workers: int = 1,
    metrics: tuple[str, int] | None = None, doors: Doors = NO_DOORS,
) -> int:  # fmt: skip
    """Serve until told to stop; the exit code. UserError where a port cannot be listened on.

    This process takes every connection and gives the work to processes that have answered once before.
    ``metrics`` is where Prometheus may ask for counts and times.
    """
    with _bind(host, port) as bound:
        ready = Workers(workers, partial(_prepare, settings))
        try:
            write_start(settings)
            evidence_version()
            ready.wait_until_ready()
            application = make_application(settings, hooks, ready, doors)
            config = make_config(application, settings.seconds_to_answer, log_config=LOG_TO_STDERR)
            server = uvicorn.Server(config)
            address = f"http://{host}:{port or bound.getsockname()[1]}/"
            with publishing(metrics, ready, AUDIT, LOG):
                print(f"stepdown: pages at {address} (stop with Ctrl-C)", file=sys.stderr, flush=True)
                _run(server, bound)
        finally:
            ready.close()
    return 0 if server.started else 1


def _run(server: uvicorn.Server, bound: socket.socket) -> None:
    """Serve until told to stop, and return."""
    # uvicorn raises a signal again when it has stopped: that must not end us before the workers.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[bound])


def _prepare(settings: Settings) -> None:
    """Answer once for an invented person, on a page and on a card."""
    pages.warm_up(settings)
    cards.warm_up()


def _bind(host: str, port: int) -> socket.socket:
    """A socket that listens and sends at once: else a reply waits 40 ms for the next packet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family, backlog=_MOST_WAITING)
    except OSError as problem:
        raise UserError(f"--host {host} --port {port}: cannot be listened on ({problem.strerror}).") from None
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
