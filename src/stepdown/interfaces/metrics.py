"""What a service counts for Prometheus (https://prometheus.io): requests, their times, cards, busy workers.

It listens to the lines of the log, and takes of them the page, the method, the status and the time: nothing
of a person, of an issuer or of a rule can become a number or a label. It has a port of its own, and none
unless one is given.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stepdown import __version__
from stepdown.decisions.assess import evidence_version
from stepdown.interfaces.workers import Workers
from stepdown.ms.errors import UserError

#: Seconds at which a histogram of times is cut: a card takes some hundredths, a PDF some seconds.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0)


class Metrics(logging.Handler):
    """Counts every line that the service logs; ``registry`` holds the counts."""

    def __init__(self, workers: Workers) -> None:
        """Begin at nothing; how busy the workers are is asked when somebody looks."""
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        super().__init__()
        self.registry = CollectorRegistry()
        ours: dict[str, Any] = {"namespace": "stepdown", "registry": self.registry}
        labels = ("page", "method", "status")
        self._requests = Counter("requests", "Requests that were answered", labels, **ours)
        times = ("request_seconds", "From a request to its reply", ("page",))
        self._seconds = Histogram(*times, buckets=BUCKETS, **ours)
        self._cards = Counter("cards", "Cards in replies to CDS Hooks calls", ("hook",), **ours)
        about = Gauge("about", "The program and its evidence", ("version", "evidence"), **ours)
        about.labels(__version__, evidence_version()).set(1)
        Gauge("workers", "Workers there are", **ours).set(workers.count)
        Gauge("workers_busy", "Workers that work", **ours).set_function(lambda: workers.busy)
        Gauge("waiting", "Requests that wait for a worker", **ours).set_function(lambda: workers.waiting)
        Gauge("workers_replaced", "Workers lost or over time", **ours).set_function(lambda: workers.replaced)

    def emit(self, record: logging.LogRecord) -> None:
        """Count one line; a line of somebody else's is left alone."""
        line, seconds = getattr(record, "line", None), getattr(record, "seconds", None)
        if not isinstance(line, dict) or seconds is None:
            return
        page = line.get("page") or f"/cds-services/{line['service']}"
        self._requests.labels(page, line["method"], line["status"]).inc()
        self._seconds.labels(page).observe(seconds)
        if "cards" in line:
            self._cards.labels(line["hook"]).inc(line["cards"])


@contextmanager
def publishing(address: tuple[str, int] | None, workers: Workers, *logs: logging.Logger) -> Iterator[None]:
    """Counts of these logs at an address of their own while the service runs; nothing without an address."""
    if address is None:
        yield
        return
    from prometheus_client import start_http_server

    metrics = Metrics(workers)
    try:
        server, _ = start_http_server(address[1], address[0], metrics.registry)
    except OSError as problem:
        where = f"{address[0]}:{address[1]}"
        raise UserError(f"--metrics {where}: cannot be listened on ({problem.strerror}).") from None
    for log in logs:
        log.addHandler(metrics)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(metrics)
        server.shutdown()
        server.server_close()
