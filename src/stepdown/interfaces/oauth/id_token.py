"""Is this ID token for us, of this issuer, of this journey, now? (OpenID Connect Core 1.0, 3.1.3.7)"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.keys import import_key

#: Signatures by a key that only the issuer holds: none and those by a shared secret are not among them.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
#: Seconds by which clocks may differ.
LEEWAY = 60


def check_id_token(
    token: str, keys: dict[str, Any], issuer: str, client_id: str, nonce: str, now: float | None = None
) -> dict[str, Any]:
    """The claims of an ID token; NotGranted where anything about it is not as it must be."""
    found = read_key_set(keys)
    moment = int(time.time() if now is None else now)
    rules = jwt.JWTClaimsRegistry(
        moment, LEEWAY,
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": client_id},
        exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )  # fmt: skip
    try:
        claims = jwt.decode(token, found, algorithms=ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise NotGranted("id-token") from None
    if not _is_for_us(claims, client_id):
        raise NotGranted("id-token")
    return dict(claims)


def read_key_set(keys: dict[str, Any]) -> KeySet:
    """The keys of an issuer for signatures."""
    return KeySet([*_read_keys(keys)])


def _is_for_us(claims: dict[str, Any], client_id: str) -> bool:
    """Whether we are the party that asked for it, where it is for more than one."""
    party = claims.get("azp")
    audience = claims["aud"]
    many = isinstance(audience, list) and len(audience) > 1
    return party == client_id if many or party is not None else True


def _read_keys(keys: dict[str, Any]) -> Iterator[RSAKey | ECKey]:
    """The keys for signatures that can be read; others of the set are for others."""
    listed = keys.get("keys")
    for row in listed if isinstance(listed, list) else []:
        key = _read_key(row)
        if key is not None:
            yield key


def _read_key(row: Any) -> RSAKey | ECKey | None:
    if not isinstance(row, dict) or row.get("use", "sig") != "sig" or row.get("kty") not in ("RSA", "EC"):
        return None
    return import_key(ECKey if row["kty"] == "EC" else RSAKey, row)
