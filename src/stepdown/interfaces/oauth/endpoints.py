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


async def find_endpoints(outside: Outside, document: str) -> Endpoints:
    """The endpoints in a discovery document; NotGranted where one is missing or lies elsewhere."""
    found = await outside.ask_json(document)
    methods = found.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise NotGranted("no-pkce")
    issuer, ends = outside.check(found.get("issuer")), found.get("end_session_endpoint")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    authorization, token, keys = (outside.check(found.get(name)) for name in wanted)
    return Endpoints(
        issuer, authorization, token, keys, outside.check(ends) if ends else None, _list_words(found)
    )


def _list_words(found: dict[str, Any]) -> tuple[str, ...]:
    listed = found.get("capabilities")
    return tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()
