"""What a page adds to the line of its request: only by these keys, and never anything of a person."""

from __future__ import annotations

from typing import Literal

from starlette.types import Scope

#: The listed issuer; why a launch or sign-in ended; the mark of a card; the mark of a session.
Noted = Literal["issuer", "refusal", "card", "session"]
_PLACE = "stepdown.noted"


def begin_notes(scope: Scope) -> dict[str, str]:
    """An empty place for what the line of this request is to hold."""
    scope[_PLACE] = {}
    return read_notes(scope)


def note(scope: Scope, key: Noted, value: str) -> None:
    """Put a word into the line of a request."""
    read_notes(scope)[key] = value


def read_notes(scope: Scope) -> dict[str, str]:
    """What was noted for a request so far."""
    found: dict[str, str] = scope.setdefault(_PLACE, {})
    return found
