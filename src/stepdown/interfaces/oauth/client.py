"""Who we are for an issuer: a public client, or one that proves itself by a key or a secret from a file."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from stepdown.interfaces.oauth.begun import Begun
from stepdown.interfaces.oauth.endpoints import Endpoints
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.outside import Outside, read_object

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFE = 120
#: What a token may be made of (RFC 6750, 2.1): nothing that could end a header.
_TOKEN = re.compile(r"[\w.~+/-]+=*", re.ASCII)


@dataclass(frozen=True)
class Client:
    """Our name at an issuer, with a key (private_key_jwt), a secret (client_secret_basic), or neither.

    Key and secret are never printed, and go to the token endpoint alone: the key as a signature.
    """

    client_id: str
    key: ECKey | RSAKey | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)

    def prove(self, token_endpoint: str) -> tuple[dict[str, str], dict[str, str]]:
        """What the form and the headers of a token request carry of us."""
        if self.key is not None:
            assertion = self._sign(token_endpoint, int(time.time()))
            return {"client_assertion_type": _ASSERTION, "client_assertion": assertion}, {}
        if self.secret is not None:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
            return {}, {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return {"client_id": self.client_id}, {}

    def _sign(self, token_endpoint: str, now: int) -> str:
        """A token that says who we are (RFC 7523), for one endpoint, two minutes and one use."""
        assert self.key is not None
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": token_endpoint, "jti": str(uuid4()),
                  "iat": now, "exp": now + _LIFE}  # fmt: skip
        algorithm = name_algorithm(self.key) or ""
        header = {"alg": algorithm, "kid": self.key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self.key, algorithms=[algorithm])


def name_algorithm(key: ECKey | RSAKey) -> str | None:
    """The algorithm of a key: those that SMART asks of servers, and ES256; None for another curve."""
    return "RS384" if isinstance(key, RSAKey) else {"P-256": "ES256", "P-384": "ES384"}.get(key.curve_name)


async def exchange_code(
    outside: Outside, endpoints: Endpoints, client: Client, begun: Begun, code: str, back: str
) -> dict[str, Any]:
    """The token response for a code; NotGranted where the issuer gives none, or it is no bearer token."""
    form, headers = client.prove(endpoints.token)
    form |= {"grant_type": "authorization_code", "code": code, "redirect_uri": back,
             "code_verifier": begun.verifier}  # fmt: skip
    status, body = await outside.ask(endpoints.token, form, headers)
    if status != 200:
        raise NotGranted("code")
    found = read_object(body)
    if str(found.get("token_type", "")).lower() != "bearer" or not _has_texts(found):
        raise NotGranted("code")
    return found


def _has_texts(found: Mapping[str, Any]) -> bool:
    wanted = [found.get(name) for name in ("access_token", "id_token")]
    return all(isinstance(each, str) and _TOKEN.fullmatch(each) for each in wanted)
