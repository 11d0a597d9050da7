"""Does the issuer say that a session is over? (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6)"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.id_token import ALGORITHMS, LEEWAY, read_key_set

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
#: Seconds for which a token without an end of its own is good: some issuers still give none.
_LONGEST = 300
_TYPES = (None, "JWT", "logout+jwt", "application/logout+jwt")


@dataclass(frozen=True)
class LoggedOut:
    """Which sessions are over: of this session of the issuer, or of this person, begun until then."""

    sid: str | None
    sub: str | None
    issued: float


def check_logout_token(
    token: str, keys: dict[str, Any], issuer: str, client_id: str, now: float | None = None
) -> LoggedOut:
    """What a logout token says; NotGranted where anything about it is not as it must be."""
    moment = int(time.time() if now is None else now)
    rules = jwt.JWTClaimsRegistry(
        moment, LEEWAY,
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": client_id},
        iat={"essential": True}, jti={"essential": True},
    )  # fmt: skip
    try:
        found = jwt.decode(token, read_key_set(keys), algorithms=ALGORITHMS)
        rules.validate(found.claims)
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise NotGranted("logout-token") from None
    if not _is_logout(found.header, found.claims) or moment - found.claims["iat"] > _LONGEST + LEEWAY:
        raise NotGranted("logout-token")
    sid, sub = found.claims.get("sid"), found.claims.get("sub")
    return LoggedOut(sid, sub, found.claims["iat"])


def _is_logout(header: dict[str, Any], claims: dict[str, Any]) -> bool:
    """Whether a token is to end sessions, and is no ID token: that has a nonce, and no such event."""
    events, named = claims.get("events"), [claims.get("sid"), claims.get("sub")]
    is_event = isinstance(events, dict) and isinstance(events.get(_EVENT), dict) and "nonce" not in claims
    are_names = any(named) and all(name is None or isinstance(name, str) for name in named)
    return is_event and are_names and header.get("typ") in _TYPES
