"""Cookies of ours: for this host alone, unread by scripts, not sent with what other sites post.

On an address with https their names begin with ``__Host-``, which a browser takes from this host and for the
whole of it only; without TLS, which is for this machine alone, no browser would keep such a cookie.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

#: The cookie of somebody who signed in.
SESSION = "stepdown-session"
_VALUE = re.compile(r"[\w-]{43}", re.ASCII)


@dataclass(frozen=True)
class Cookie:
    """One cookie of ours: its name, and whether the pages have TLS."""

    name: str
    is_secure: bool

    @property
    def full_name(self) -> str:
        """The name as the browser holds it."""
        return f"__Host-{self.name}" if self.is_secure else self.name

    def read(self, request: Request) -> str:
        """The value that a browser sent; empty where it is none of ours."""
        found = request.cookies.get(self.full_name, "")
        return found if _VALUE.fullmatch(found) else ""

    def set(self, reply: Response, value: str, seconds: int | None = None) -> None:
        """Give it to the browser, for so many seconds or until it is closed."""
        how: dict[str, Any] = {"secure": self.is_secure, "httponly": True, "samesite": "lax"}
        reply.set_cookie(self.full_name, value, max_age=seconds, path="/", **how)

    def end(self, reply: Response) -> None:
        """Take it from the browser."""
        reply.delete_cookie(self.full_name, path="/", secure=self.is_secure, httponly=True, samesite="lax")


def make_value() -> str:
    """A value that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def make_cookie(name: str, address: str) -> Cookie:
    """A cookie of this name for pages at this public address."""
    return Cookie(name, address.startswith("https:"))
