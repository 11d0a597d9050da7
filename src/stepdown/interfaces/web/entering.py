"""What launches and sign-ins have in common as pages: how often, and what is said where one ends."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request

from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.rate_limit import RateLimit
from stepdown.interfaces.web.noting import note
from stepdown.interfaces.web.refusing import Refused

#: Seconds for which a browser remembers that it began something.
BROWSER_SECONDS = 900


def admit(request: Request, rate: RateLimit) -> None:
    """Refused where one address begins or ends too much in a minute: each asks somebody else's server."""
    if wait := rate.seconds_to_wait(request.client.host if request.client else ""):
        raise Refused(429, f"Too many requests from this address; try again in {wait} seconds.", wait)


def refuse(request: Request, what: str, problem: NotGranted) -> Refused:
    """The page for a ``launch`` or a ``sign_in`` that ended, and a word for the log."""
    note(request.scope, "refusal", problem.kind)
    row = _read_refusals()[what][problem.kind.partition(":")[0]]
    return Refused(row["status"], row["sentence"])


@cache
def _read_refusals() -> dict[str, Any]:
    return tomllib.loads((files("stepdown.interfaces.web") / "refusals.toml").read_text(encoding="utf-8"))
