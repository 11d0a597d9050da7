"""Asking another server: listed origins only, no redirect followed, within limits of bytes and seconds."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from stepdown.interfaces.oauth.failing import NotGranted

# Its lines hold addresses with the id of a patient, and headers with a token: they are never written.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORTS = {"http": 80, "https": 443}
#: What an address may be written with (RFC 3986), but no fragment: of anything else two readers may differ.
_PLAIN = re.compile(r"[\w.~:/?\[\]@!$&'()*+,;=%|-]+", re.ASCII)
_TIMES = httpx2.Timeout(10.0)


def find_origin(address: str) -> str | None:
    """Scheme, host and port of an address; None where it is no address that may be asked.

    That is https, or http on this machine itself, without a user name in it and without a fragment.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not is_safe or not host or "@" in parts.netloc or not _PLAIN.fullmatch(address):
        return None
    return f"{parts.scheme}://[{host}]:{port}" if ":" in host else f"{parts.scheme}://{host}:{port}"


@dataclass
class Outside:
    """The servers that one launch or sign-in may ask; ``bytes_left`` counts down with each reply."""

    client: httpx2.AsyncClient = field(repr=False)
    origins: frozenset[str]
    bytes_left: int

    def check(self, address: Any, name: str) -> str:
        """The same address where its origin is listed; NotGranted else, with what the address was to be."""
        if not isinstance(address, str):
            raise NotGranted(f"unreadable:{name}")
        if find_origin(address) not in self.origins:
            raise NotGranted(f"foreign-address:{name}")
        return address

    async def ask(
        self, address: Any, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of a reply, to a form where one is sent; NotGranted where none comes whole."""
        self.check(address, "address")
        method = "GET" if form is None else "POST"
        # A reply that is not packed is as large as what arrives.
        wanted = {"accept": "application/json", **(headers or {}), "accept-encoding": "identity"}
        try:
            async with self.client.stream(method, address, data=form, headers=wanted) as reply:
                return reply.status_code, await self._read(reply)
        except httpx2.TimeoutException:
            raise NotGranted("slow") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ssl.SSLError, OSError):
            raise NotGranted("unreachable") from None

    async def _read(self, reply: httpx2.Response) -> bytes:
        if reply.headers.get("content-encoding", "identity") != "identity":
            raise NotGranted("unreadable")
        pieces = []
        async for piece in reply.aiter_raw():
            self.bytes_left -= len(piece)
            if self.bytes_left < 0:
                raise NotGranted("large")
            pieces.append(piece)
        return b"".join(pieces)

    async def ask_json(
        self, address: Any, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON object at an address; NotGranted where there is none."""
        status, body = await self.ask(address, form, headers)
        if status != 200:
            raise NotGranted("unreadable")
        return read_object(body)


def read_object(body: bytes) -> dict[str, Any]:
    """The object that a reply holds; NotGranted where it holds none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NotGranted("unreadable") from None
    if not isinstance(found, dict):
        raise NotGranted("unreadable")
    return found


@dataclass(frozen=True)
class Way:
    """How servers are reached: their listed origins, whom TLS trusts, the proxy where there is one."""

    origins: frozenset[str]
    trusted: ssl.SSLContext = field(repr=False)
    proxy: str | None = None


@asynccontextmanager
async def asking(
    way: Way, gate: asyncio.Semaphore, most_bytes: int, seconds: float
) -> AsyncIterator[Outside]:
    """A client for one launch or sign-in, when it is its turn; NotGranted after its time, waiting included.

    It is forgotten with its cookies, and reads nothing from the environment.
    """
    try:
        async with (
            asyncio.timeout(seconds),
            gate,
            httpx2.AsyncClient(
                verify=way.trusted, proxy=way.proxy, timeout=_TIMES, follow_redirects=False, trust_env=False,
                limits=httpx2.Limits(max_connections=4),
            ) as client,
        ):  # fmt: skip
            yield Outside(client, way.origins, most_bytes)
    except TimeoutError:
        raise NotGranted("slow") from None
