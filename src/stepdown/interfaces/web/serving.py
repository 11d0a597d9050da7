"""The server: uvicorn with our limits, our log, some workers, and a stop that cuts nothing off."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

import python_multipart  # noqa: F401 - missed only when a form is read, unless it is asked for here
import uvicorn
from uvicorn.supervisors import Multiprocess

from stepdown.interfaces.cds_hooks.app import LOG, Beside, HooksSettings, make_hooks_app
from stepdown.interfaces.web.app import make_app
from stepdown.interfaces.web.auditing import AUDIT
from stepdown.interfaces.web.pages import warm_up
from stepdown.interfaces.web.settings import Settings

#: How many requests may wait at once; what comes beyond them is told to come back later.
_MOST_WAITING = 200
#: A worker that does not answer its keeper for so long counts as lost; on a busy machine one starts slowly.
_SECONDS_TO_START = 60
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


@dataclass(frozen=True)
class Application:
    """What a worker serves, made in the worker itself: settings travel there, applications cannot.

    A warm one has answered once before it serves, so that nobody waits for the library to be read.
    """

    settings: Settings
    hooks: HooksSettings
    is_warm: bool = False

    def __call__(self) -> Beside:
        """The pages with the hooks beside them."""
        if self.is_warm:
            warm_up(self.settings)
        return Beside(make_app(self.settings), make_hooks_app(self.hooks))


def make_config(application: Application, host: str, port: int, **more: Any) -> uvicorn.Config:
    """How uvicorn serves pages and hooks: no access log (ours has no address in it), a stop that waits."""
    return uvicorn.Config(
        application,
        factory=True,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_WAITING,
        h11_max_incomplete_event_size=16_384,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(application.settings.seconds_to_answer),
        timeout_worker_healthcheck=_SECONDS_TO_START,
        **{"log_config": None, **more},
    )


def serve(settings: Settings, host: str, port: int, hooks: HooksSettings, workers: int = 1) -> int:
    """Serve until told to stop; the exit code. Workers share the port and the tokens that were seen."""
    application = Application(settings, hooks, is_warm=True)
    config = make_config(application, host, port, workers=workers, log_config=LOG_TO_STDERR)
    if workers > 1:
        Multiprocess(config, [_bind(config)]).run()
        return 0
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


def _bind(config: uvicorn.Config) -> socket.socket:
    """The port that all workers listen on, sending at once: else a reply waits 40 ms for the next packet."""
    bound = config.bind_socket()
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
