"""The sessions of those who signed in: in the memory of the one process that takes connections."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, replace

#: How many sessions there are at once; beyond them the one that was quiet longest ends.
_MOST = 10_000


@dataclass(frozen=True)
class Session:
    """One session: its mark in the log, its beginning, end and last use, where to sign out at the issuer.

    The mark is a random number of its own: from it nobody finds the cookie or the person. ``sid`` and ``sub``
    are digests with a key of this process of what the issuer calls the session and the person.
    """

    mark: str
    begun: float
    ends: float
    last: float
    end_session: str | None
    sid: bytes | None = None
    sub: bytes | None = None


class Sessions:
    """Sessions by a digest of their cookie: no cookie can be read out of the memory of the service."""

    def __init__(self, idle_seconds: float, longest_seconds: float, most: int = _MOST) -> None:
        """Begin with none."""
        self._idle, self._longest, self._most = idle_seconds, longest_seconds, most
        self._held: OrderedDict[bytes, Session] = OrderedDict()
        self._key = secrets.token_bytes(32)

    def begin(
        self, value: str, end_session: str | None = None, now: float | None = None,
        sid: str | None = None, sub: str | None = None,
    ) -> Session:  # fmt: skip
        """A new session for the cookie with this value, which is to be new as well."""
        moment = time.time() if now is None else now
        session = Session(
            secrets.token_hex(6), moment, moment + self._longest, moment, end_session,
            self._hide(sid), self._hide(sub),
        )  # fmt: skip
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

    def end_all(self, sid: str | None, sub: str | None, until: float) -> int:
        """How many end: those of this session of the issuer, else of this person, begun until then."""
        gone = [key for key, each in self._held.items()
                if each.begun <= until and _is_meant(each, self._hide(sid), self._hide(sub))]  # fmt: skip
        for key in gone:
            del self._held[key]
        return len(gone)

    def _hide(self, name: str | None) -> bytes | None:
        """A name as nobody can read it or find it by trying: the key is never written."""
        return None if name is None else hmac.digest(self._key, name.encode(), "sha256")


def _is_meant(session: Session, sid: bytes | None, sub: bytes | None) -> bool:
    """By the session of the issuer where both say it, else by the person."""
    if sid is not None and session.sid is not None:
        return sid == session.sid
    return sub is not None and sub == session.sub


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
