"""Where an issuer has its endpoints: OpenID Connect Discovery 1.0, and the like document of SMART."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.outside import Outside


@dataclass(frozen=True)
class Endpoints:
    """Addresses of an issuer, each on a listed origin; ``can`` are the capabilities that SMART knows."""

    issuer: str
    authorization: str
    token: str
    keys: str
    end_session: str | None = None
    can: tuple[str, ...] = ()


async def find_endpoints(outside: Outside, document: str, issuer: str | None = None) -> Endpoints:
    """The endpoints in a discovery document; NotGranted where one is missing or lies elsewhere.

    ``issuer`` is the name by which the issuer must call itself, where that is known before.
    """
    found = await outside.ask_json(document)
    methods = found.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise NotGranted("no-pkce")
    wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    named, authorization, token, keys = (outside.check(found.get(name), name) for name in wanted)
    if issuer is not None and named != issuer:
        raise NotGranted("another-issuer")
    ends = found.get("end_session_endpoint")
    ends = outside.check(ends, "end_session_endpoint") if ends else None
    return Endpoints(named, authorization, token, keys, ends, _list_words(found))


def _list_words(found: dict[str, Any]) -> tuple[str, ...]:
    listed = found.get("capabilities")
    return tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()
