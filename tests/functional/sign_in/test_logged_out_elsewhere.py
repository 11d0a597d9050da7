"""The issuer says that a session is over: it is, and nobody else can say so (Back-Channel Logout 1.0)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from joserfc import jwt
from joserfc.jwk import ECKey

from functional.record_system import RecordSystem
from functional.sign_in.walking import asking_to_sign_in, clinic, sign_in
from functional.smart.walking import HOST, Browser
from functional.web.served import Reply
from stepdown.interfaces.sign_in.sessions import Sessions

EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}
STRANGER = ECKey.generate_key("P-256", {"kid": "hospital-1"})


@pytest.fixture(scope="module")
def issuer() -> Iterator[RecordSystem]:
    with clinic() as running:
        yield running


@pytest.fixture(scope="module")
def pages(issuer: RecordSystem) -> Iterator[Browser]:
    with asking_to_sign_in(issuer) as walking:
        yield walking


@pytest.fixture
def browser(issuer: RecordSystem, pages: Browser) -> Browser:
    issuer.claims = {"sid": "session-1"}
    pages.cookies.clear()
    sign_in(pages)
    return pages


def tell(browser: Browser, issuer: RecordSystem, key: Any = None, form: Any = None, **change: Any) -> Reply:
    """What the server of the issuer sends, without a cookie and from no page; None leaves a claim out."""
    now = int(time.time())
    claims = {"iss": issuer.base, "aud": issuer.registered.client_id, "iat": now, "exp": now + 120,
              "jti": "j1", "events": EVENT, "sid": "session-1"}  # fmt: skip
    kept = {name: value for name, value in (claims | change).items() if value is not None}
    token = jwt.encode({"alg": "ES256", "kid": "hospital-1", "typ": "logout+jwt"}, kept, key or issuer.key)
    sent = {"logout_token": token} if form is None else form
    return browser.served.post("/sign-out/from-issuer", sent, Origin="", Host=HOST)


def is_in(browser: Browser) -> bool:
    return browser.get("/").status == 200


def test_a_session_that_ended_at_the_issuer_ends_here(browser: Browser, issuer: RecordSystem) -> None:
    assert is_in(browser) and tell(browser, issuer).status == 200 and not is_in(browser)


def test_a_closed_account_ends_all_its_sessions(browser: Browser, issuer: RecordSystem) -> None:
    sub = "fhirUser-7"
    issuer.claims = {"sub": sub}
    sign_in(browser)
    assert tell(browser, issuer, sid=None, sub="somebody-else").status == 200 and is_in(browser)
    assert tell(browser, issuer, sid="not-known-here", sub=sub).status == 200 and not is_in(browser)


WRONG: dict[str, dict[str, Any]] = {
    "another key": {"key": STRANGER}, "another issuer": {"iss": "https://evil.example"},
    "for somebody else": {"aud": "other"}, "an ID token": {"events": None, "nonce": "n"},
    "with a nonce": {"nonce": "n"}, "no event": {"events": {}}, "nobody": {"sid": None},
    "a list for a name": {"sid": ["session-1"]}, "over": {"exp": 1_000}, "old": {"iat": 1_000, "exp": None},
    "without a mark": {"jti": None}, "no token": {"form": {}}, "rubbish": {"form": {"logout_token": "a.b.c"}},
    "large": {"form": {"logout_token": "a" * 30_000}},
}  # fmt: skip


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_is_no_logout_of_the_issuer_ends_nothing(
    change: dict[str, Any], browser: Browser, issuer: RecordSystem
) -> None:
    reply = tell(browser, issuer, **change)
    assert reply.status == 400 and is_in(browser)
    assert "no-store" in reply.headers["cache-control"]


def test_a_page_of_another_site_cannot_say_it_with_the_cookie(browser: Browser) -> None:
    reply = browser.post("/sign-out/from-issuer", {}, Origin="https://evil.example")
    assert reply.status == 403 and is_in(browser)


def test_a_session_of_the_same_person_that_begins_later_goes_on() -> None:
    sessions = Sessions(600, 3600)
    sessions.begin("a", now=100, sub="p")
    sessions.begin("b", now=900, sub="p")
    assert sessions.end_all(None, "p", until=500) == 1
    assert sessions.find("b", now=901) and not sessions.find("a", now=901)


def test_another_session_of_the_same_person_goes_on() -> None:
    sessions = Sessions(600, 3600)
    sessions.begin("a", now=100, sid="1", sub="p")
    sessions.begin("b", now=100, sid="2", sub="p")
    assert sessions.end_all("1", "p", until=500) == 1 and sessions.find("b", now=101)
