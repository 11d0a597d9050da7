"""Who may call: a signed token of an issuer on the list (CDS Hooks 2.0, "Trusting CDS Clients").

Keys come from the settings only: the address of keys in a token (jku) is never followed. Every refusal looks
the same from outside.
"""

from __future__ import annotations

import json
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.seen_tokens import SeenTokens
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = ["ES384", "RS384"]
#: Seconds by which clocks may differ, and the longest life of a token.
LEEWAY, LONGEST_LIFE = 30, 600


class NotTrusted(Exception):
    """The caller is not known; why is for the log of kinds only."""


@dataclass
class TrustedCallers:
    """The issuers with their keys, the addresses by which this service may be named, and the tokens seen."""

    audiences: tuple[str, ...]
    keys: dict[str, KeySet]
    seen: SeenTokens = field(default_factory=SeenTokens)

    def check(self, authorization: str, now: float | None = None) -> str:
        """The issuer of the token in an Authorization header; NotTrusted else. A token is good once."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotTrusted("no token")
        moment = time.time() if now is None else now
        claims = self._verify(token.strip())
        issuer, audience = str(claims["iss"]), claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if not set(self.audiences) & {each for each in named if isinstance(each, str)}:
            raise NotTrusted("audience")
        _check_times(claims, moment)
        self._remember(issuer, claims, moment)
        return issuer

    def _verify(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature is by a key of the issuer it names."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            issuer = json.loads(_decode(token.split(".")[1])).get("iss")
            keys = self.keys[issuer]
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, KeyError, ValueError, IndexError, TypeError, AttributeError) as problem:
            raise NotTrusted(type(problem).__name__) from None

    def _remember(self, issuer: str, claims: dict[str, Any], moment: float) -> None:
        """Refuse a token that was seen before."""
        mark = claims.get("jti")
        if not isinstance(mark, str) or not mark:
            raise NotTrusted("jti")
        if not self.seen.remember(issuer, mark, float(claims["exp"]) + LEEWAY, moment):
            raise NotTrusted("replay")


def _decode(piece: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(piece + "=" * (-len(piece) % 4))


def _check_times(claims: dict[str, Any], now: float) -> None:
    """A token that has begun, is valid by now, has not ended, and does not live long (RFC 7519, 4.1)."""
    issued, ends = _read_time(claims, "iat"), _read_time(claims, "exp")
    begins = _read_time(claims, "nbf") if "nbf" in claims else issued
    if max(issued, begins) > now + LEEWAY or ends < now - LEEWAY or ends - issued > LONGEST_LIFE:
        raise NotTrusted("times")


def _read_time(claims: dict[str, Any], name: str) -> float:
    """A moment in seconds, which a token must have."""
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise NotTrusted("times")
    return float(found)


def read_trusted(path: Path) -> TrustedCallers:
    """The callers of a settings file (TOML); UserError with what to mend."""
    from joserfc.jwk import KeySet

    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        keys = {row["iss"]: KeySet.import_key_set(json.loads((path.parent / row["jwks"]).read_text("utf-8")))
                for row in data["issuer"]}  # fmt: skip
        audiences = tuple(data["audiences"])
    except OSError as problem:
        raise UserError(f"{path}: cannot be read ({problem.strerror}).") from None
    except (KeyError, TypeError, ValueError):
        raise UserError(
            f'{path}: needs audiences = ["https://..."] and [[issuer]] with iss and jwks (a file of keys).'
        ) from None
    if not keys or not audiences:
        raise UserError(f"{path}: names no issuer or no audience.")
    return TrustedCallers(audiences, keys)
