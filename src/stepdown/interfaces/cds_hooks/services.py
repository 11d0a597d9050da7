"""What the service offers: its hooks, what must be sent with a call, and its words."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]


@cache
def read_settings() -> Json:
    """The services, their prefetch and the words of the cards."""
    return tomllib.loads(
        files("stepdown.interfaces.cds_hooks").joinpath("services.toml").read_text("utf-8")
    )


def write_discovery() -> Json:
    """The answer to GET /cds-services."""
    settings = read_settings()
    prefetch = {key: query for key, query in settings["prefetch"].items() if key != "needed"}
    usage = {"usageRequirements": settings["words"]["usage"], "prefetch": prefetch}
    return {"services": [{**service, **usage} for service in settings["service"]]}


def find_hook(service: str) -> str | None:
    """The hook of a service, or None where there is no such service."""
    return next((row["hook"] for row in read_settings()["service"] if row["id"] == service), None)


def say(key: str, **slots: object) -> str:
    """One sentence of the cards."""
    return str(read_settings()["words"][key]).format(**slots)
