"""To the issuer and back: who signed in is proven and allowed, or the sign-in ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from stepdown.interfaces.oauth.answering import check_issuer, read_code, write_address
from stepdown.interfaces.oauth.begun import Journeys
from stepdown.interfaces.oauth.client import exchange_code
from stepdown.interfaces.oauth.endpoints import Endpoints, find_endpoints
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.id_token import check_id_token
from stepdown.interfaces.oauth.logout_token import LoggedOut, check_logout_token
from stepdown.interfaces.oauth.outside import Outside, asking
from stepdown.interfaces.sign_in.settings import SignInSettings


@dataclass(frozen=True)
class SignedIn:
    """Somebody who may come in: to which page they go, and where they can sign out elsewhere.

    ``sid`` and ``sub`` are how the issuer calls their session and them; they are held as digests only.
    """

    back: str
    end_session: str | None
    sid: str | None = field(default=None, repr=False)
    sub: str | None = field(default=None, repr=False)


class SignIns:
    """Begins and ends sign-ins at the one issuer."""

    def __init__(self, settings: SignInSettings) -> None:
        """Begin with none on its way."""
        self.settings = settings
        self._journeys, self._gate = Journeys(), asyncio.Semaphore(settings.most_sign_ins)

    async def begin(self, back: str, browser: str) -> str:
        """Where the browser is to go; ``back`` is the page of ours where it will end."""
        async with self._asking() as outside:
            endpoints = await self._find_endpoints(outside)
        begun, state = self._journeys.begin(self.settings.issuer, browser, back)
        more = {"acr_values": " ".join(self.settings.acr)} if self.settings.acr else {}
        return write_address(
            endpoints.authorization, begun, state, client_id=self.settings.client.client_id,
            redirect_uri=self.settings.back_address, scope=self.settings.scope, **more,
        )  # fmt: skip

    async def end(self, answer: Mapping[str, str], browser: str) -> SignedIn:
        """Who came back, proven by an ID token and on a list; all tokens are then forgotten."""
        begun = self._journeys.end(answer.get("state", ""), browser)
        code, ours = read_code(answer), self.settings
        async with self._asking() as outside:
            endpoints = await self._find_endpoints(outside)
            check_issuer(answer, endpoints.issuer)
            found = await exchange_code(outside, endpoints, ours.client, begun, code, ours.back_address)
            keys = await outside.ask_json(endpoints.keys)
        claims = check_id_token(found["id_token"], keys, ours.issuer, ours.client.client_id, begun.nonce)
        self._check_allowed(claims)
        sid = claims.get("sid")
        return SignedIn(
            begun.back, self._write_end(endpoints), sid if isinstance(sid, str) else None, claims["sub"]
        )

    async def read_logout(self, token: str) -> LoggedOut:
        """Which sessions the issuer says are over; NotGranted where it is not the issuer that says so."""
        async with self._asking() as outside:
            endpoints = await self._find_endpoints(outside)
            keys = await outside.ask_json(endpoints.keys)
        return check_logout_token(token, keys, self.settings.issuer, self.settings.client.client_id)

    def _check_allowed(self, claims: Mapping[str, Any]) -> None:
        if self.settings.acr and claims.get("acr") not in self.settings.acr:
            raise NotGranted("too-weak")
        if not self.settings.allowed.admits(claims):
            raise NotGranted("not-allowed")

    def _write_end(self, endpoints: Endpoints) -> str | None:
        """Where to sign out at the issuer too (OpenID Connect RP-Initiated Logout 1.0), where it offers it.

        The ID token is not sent along, though it may be: it names the person, and an address is written down.
        """
        if endpoints.end_session is None:
            return None
        asked = {"client_id": self.settings.client.client_id,
                 "post_logout_redirect_uri": self.settings.signed_out_address}  # fmt: skip
        return f"{endpoints.end_session}{'&' if '?' in endpoints.end_session else '?'}{urlencode(asked)}"

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Outside]:
        ours = self.settings
        async with asking(ours.way, self._gate, ours.most_bytes, ours.seconds) as outside:
            yield outside

    async def _find_endpoints(self, outside: Outside) -> Endpoints:
        """The endpoints of the issuer; NotGranted where the document is that of another one."""
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        return await find_endpoints(outside, address, self.settings.issuer)
