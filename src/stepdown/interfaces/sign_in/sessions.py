"""The sessions of those who signed in: in the memory of the one process that takes connections."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, replace

#: How many sessions there are at once; beyond them the one that was quiet longest ends.
_MOST = 10_000


@dataclass(frozen=True)
class Session:
    """One session: its mark in the log, its end, when it was last used, where to sign out at the issuer.

    The mark is a random number of its own: from it nobody finds the cookie or the person.
    """

    mark: str
    ends: float
    last: float
    end_session: str | None


class Sessions:
    """Sessions by a digest of their cookie: no cookie can be read out of the memory of the service."""

    def __init__(self, idle_seconds: float, longest_seconds: float, most: int = _MOST) -> None:
        """Begin with none."""
        self._idle, self._longest, self._most = idle_seconds, longest_seconds, most
        self._held: OrderedDict[bytes, Session] = OrderedDict()

    def begin(self, value: str, end_session: str | None = None, now: float | None = None) -> Session:
        """A new session for the cookie with this value, which is to be new as well."""
        moment = time.time() if now is None else now
        session = Session(secrets.token_hex(6), moment + self._longest, moment, end_session)
        self._held[_digest(value)] = session
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return session

    def find(self, value: str, now: float | None = None) -> Session | None:
        """The session of a cookie, which is no longer quiet; None where there is none or it is over."""
        moment = time.time() if now is None else now
        session = self.end(value)
        if session is None or moment >= session.ends or moment - session.last > self._idle:
            return None
        self._held[_digest(value)] = session = replace(session, last=moment)
        return session

    def end(self, value: str) -> Session | None:
        """The session of a cookie, which is over now."""
        return self._held.pop(_digest(value), None)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
