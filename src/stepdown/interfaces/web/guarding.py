"""What every request must pass before a page sees it, and what every reply carries.

Names (so that no foreign page can point its own name at this machine), the origin of what is posted, how
often, how much, and how slowly. Replies forbid storing, framing, sniffing, and every script but our own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stepdown.interfaces.rate_limit import RateLimit
from stepdown.interfaces.web.refusing import Refused
from stepdown.interfaces.web.settings import Settings

_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The digest brings its own search script; its pictures hold styles of their own.
_DIGEST = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it browsers hide the origin of what is posted, which is checked here.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_TOO_LARGE = "What was sent is larger than one person's file can be: {} MB at most."
#: Where the issuer of a sign-in says that a session is over: its server calls, and no page of ours.
BACK_CHANNEL = "/sign-out/from-issuer"
_PUBLIC = ("/static/", "/digest/")


def find_headers(path: str, has_sign_in: bool = False) -> dict[str, str]:
    """The headers of a reply; only what holds no person, and needs no sign-in, may be kept by a browser."""
    is_public = path.startswith(_PUBLIC[:1] if has_sign_in else _PUBLIC)
    policy = _DIGEST if path.startswith("/digest/") else _PAGES
    keep = "public, max-age=3600" if is_public else "no-store"
    return {**_ALWAYS, "content-security-policy": policy, "cache-control": keep}


class Guard:
    """The checks around the app; a request that fails one is refused before its body is read."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Keep the settings, and count what each address posts."""
        self.app = app
        self.settings = settings
        self.rate = RateLimit(settings.posts_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then hand on with a limited body and our headers on the reply."""
        if scope["type"] == "http":
            check_request(scope, self.settings, self.rate)
            receive = limit_body(receive, self.settings)
        await self.app(scope, receive, send)


def check_request(scope: Scope, settings: Settings, rate: RateLimit) -> None:
    """Refused where the request must not be answered."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if _without_port(host) not in settings.names:
        raise Refused(400, "This name is not served here: stepdown serve --name NAME allows it.")
    if scope["method"] in ("GET", "HEAD"):
        return
    if scope["method"] != "POST":
        raise Refused(405, "Only GET, HEAD and POST are answered here.")
    is_called = scope["path"] == BACK_CHANNEL and settings.has_sign_in and "cookie" not in headers
    if not is_called and not _is_same_origin(headers, host, _without_port(host) in settings.https_names):
        raise Refused(403, "This form was sent from another site, or the browser does not say from where.")
    if wait := rate.seconds_to_wait((scope.get("client") or ("",))[0]):
        raise Refused(429, f"Too many requests from this address; try again in {wait} seconds.", wait)
    if not headers.get("content-length", "0").isdigit():
        raise Refused(400, "The length of what was sent is not a number.")
    if int(headers.get("content-length", "0")) > settings.largest_body:
        raise Refused(413, _TOO_LARGE.format(settings.largest_body // 1_000_000))


def _without_port(host: str) -> str:
    """A host as it is named, without its port; an address of six groups keeps its brackets."""
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _is_same_origin(headers: dict[str, str], host: str, is_https: bool) -> bool:
    """Whether what is posted comes from a page of ours: by Origin, else by what the browser says of it.

    Behind a proxy only the settings know by which scheme browsers come; another scheme is another origin.
    """
    if "origin" in headers:
        origin = urlsplit(headers["origin"])
        return origin.netloc == host and (origin.scheme == "https" or not is_https)
    return headers.get("sec-fetch-site") == "same-origin"


def limit_body(receive: Receive, settings: Settings) -> Receive:
    """A receive that refuses a body that is too large, or that comes too slowly."""
    loop = asyncio.get_running_loop()
    ends, left = loop.time() + settings.seconds_to_send, [settings.largest_body, 1]

    async def receive_some() -> Message:
        if not left[1]:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.001, ends - loop.time()))
        except TimeoutError:
            raise Refused(408, "The form took too long to arrive; send it again.") from None
        left[0] -= len(message.get("body", b""))
        left[1] = int(message.get("more_body", False))
        if left[0] < 0:
            raise Refused(413, _TOO_LARGE.format(settings.largest_body // 1_000_000))
        return message

    return receive_some


def add_headers(message: Message, headers: Iterable[tuple[str, str]]) -> Message:
    """The start of a reply with headers set; those that it already had by these names are replaced."""
    ours = {name.encode("latin-1"): value.encode("latin-1") for name, value in headers}
    kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
    return {**message, "headers": [*kept, *ours.items()]}
