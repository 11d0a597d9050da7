"""A browser before pages that ask for a sign-in at an issuer of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from functional.record_system import RecordSystem, Registered
from functional.smart.walking import ADDRESS, HOST, Browser, hospital
from functional.web.served import Reply, serving
from stepdown.interfaces.oauth.client import Client
from stepdown.interfaces.oauth.outside import Way, find_origin
from stepdown.interfaces.oauth.settings import make_trust
from stepdown.interfaces.sign_in.allowed import Allowed
from stepdown.interfaces.sign_in.settings import SignInSettings
from stepdown.interfaces.web.doors import Doors

BACK = f"{ADDRESS}sign-in/callback"
WITH_TLS = "__Host-stepdown-session"


def make_sign_in(issuer: RecordSystem, **change: Any) -> SignInSettings:
    """The settings of a sign-in at this issuer, for everybody whom it knows."""
    origins = frozenset({find_origin(issuer.base) or ""})
    client = Client(issuer.registered.client_id)
    way = Way(origins, make_trust(None))
    made = SignInSettings(ADDRESS, issuer.base, client, way, Allowed(everybody=True))
    return replace(made, **change)


@contextmanager
def clinic(**how: Any) -> Iterator[RecordSystem]:
    """The issuer of the clinic."""
    with hospital(registered=Registered(back=(BACK,)), **how) as running:
        yield running


@contextmanager
def asking_to_sign_in(issuer: RecordSystem, smart: Any = None, **change: Any) -> Iterator[Browser]:
    """A browser before pages that ask for a sign-in."""
    doors = Doors(smart, make_sign_in(issuer, **change))
    with serving(
        names=("127.0.0.1", HOST), posts_per_minute=0, seconds_to_answer=300.0, doors=doors
    ) as served:
        yield Browser(served)


def begin(browser: Browser, path: str = "/", **headers: str) -> Reply:
    """Follow the link of the page that asks to sign in."""
    return browser.get(f"/sign-in?to={quote(path, safe='')}", **headers)


def sign_in(browser: Browser, path: str = "/") -> Reply:
    """Sign in, up to the redirect to the page that was asked for, or to where it ends."""
    reply = begin(browser, path)
    return browser.come_back(browser.sign_in(reply.headers["location"])) if reply.status == 303 else reply
