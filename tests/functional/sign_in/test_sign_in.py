"""Pages that ask for a sign-in: who comes in, who does not, how long, and how to go."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from functional.cds_hooks.hospital import make_call
from functional.record_system import CLINICIAN, ELSEWHERE, Faults, RecordSystem
from functional.sign_in.walking import WITH_TLS, asking_to_sign_in, begin, clinic, sign_in
from functional.smart.walking import ADDRESS, HOST, Browser, list_system
from functional.web.people import CARRIED, PERSON, list_values
from functional.web.test_safety import GET_PAGES, POSTED
from stepdown.interfaces.sign_in.allowed import Allowed
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.guarding import find_headers

OPEN = ("/healthz", "/static/clinician.css", "/static/htmx.js", "/signed-out")
NOW = int(time.time())


@pytest.fixture(scope="module")
def issuer() -> Iterator[RecordSystem]:
    with clinic() as running:
        yield running


@pytest.fixture(scope="module")
def browser(issuer: RecordSystem) -> Iterator[Browser]:
    with asking_to_sign_in(issuer, seconds=1.5, most_bytes=50_000) as walking:
        yield walking


@pytest.fixture(autouse=True)
def right_again(issuer: RecordSystem, browser: Browser) -> Iterator[None]:
    yield
    issuer.faults, issuer.claims = Faults(), {}
    browser.cookies.clear()


def test_a_page_that_says_why_not_has_the_way_out_for_who_is_signed_in(browser: Browser) -> None:
    assert "Sign out" not in browser.get("/signed-out/x").text
    sign_in(browser)
    away = browser.post("/answer", PERSON, Origin="https://evil.example")
    for reply, status in ((browser.get("/nothing"), 404), (away, 403)):
        assert reply.status == status and 'action="/sign-out"' in reply.text


@pytest.mark.parametrize(
    "path", [*GET_PAGES, *POSTED, *OPEN, "/smart/launch", "//answer", "/static", "/sign-in/x"]
)
def test_every_page_asks_for_a_sign_in_but_the_few_that_hold_nothing(path: str, browser: Browser) -> None:
    replies = [browser.get(path), browser.served.get(path, "HEAD", Host=HOST)]
    is_open = path in OPEN
    assert [reply.status == 401 for reply in replies] == [not is_open] * 2
    assert is_open or "Sign in to go on" in replies[0].text
    assert replies[0].headers["cache-control"] == (
        "public, max-age=3600" if "/static/" in path else "no-store"
    )


@pytest.mark.parametrize("path", POSTED)
def test_a_form_without_a_session_is_not_answered_and_can_be_sent_again(path: str, browser: Browser) -> None:
    reply = browser.post(path, CARRIED)
    assert (reply.status, "load it again" in reply.text) == (401, True)
    assert sorted(each for each in list_values(PERSON) if len(each) > 5 and each in reply.text) == []
    assert browser.read_line(reply)["refusal"] == "no-session"
    assert reply.headers["hx-refresh"] == "true"


def test_who_signed_in_comes_to_the_page_that_was_asked_for(issuer: RecordSystem, browser: Browser) -> None:
    asked = browser.get("/healthz/../?x=1")
    (link,) = re.findall(r'href="(/sign-in[^"]*)"', asked.text)
    location = browser.sign_in(browser.get(link, Sec_Fetch_Site="same-origin").headers["location"])
    came = browser.come_back(location)
    assert (came.status, came.headers["location"]) == (303, f"{ADDRESS}healthz/../?x=1")
    assert browser.get("/").status == 200
    assert browser.post("/answer", CARRIED).status == 200
    assert issuer.asked


def test_the_cookie_of_a_session_is_for_this_host_and_no_script(browser: Browser) -> None:
    cookie = sign_in(browser).headers["set-cookie"].lower()
    assert cookie.startswith(f"{WITH_TLS.lower()}=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(cookie.split("; "))
    assert "domain" not in cookie and "max-age" not in cookie


def test_each_sign_in_has_a_new_cookie_and_ends_the_session_before(browser: Browser) -> None:
    browser.cookies[WITH_TLS] = "A" * 43
    sign_in(browser)
    first = browser.cookies[WITH_TLS]
    sign_in(browser)
    second = browser.cookies[WITH_TLS]
    assert len({"A" * 43, first, second}) == 3
    browser.cookies = {WITH_TLS: first}
    assert browser.get("/").status == 401


@pytest.mark.parametrize("value", ["", "A" * 43, "x; y", "A" * 5_000, "é" * 43])
def test_a_cookie_that_was_made_up_opens_nothing(value: str, browser: Browser) -> None:
    assert (
        browser.served.get("/", Host=HOST, Cookie=f"{WITH_TLS}={value}".encode().decode("latin-1")).status
        == 401
    )


def test_a_session_ends_when_it_is_quiet_or_old(issuer: RecordSystem) -> None:
    for ends in ({"idle_seconds": 0.0}, {"longest_seconds": 0.0}):
        with asking_to_sign_in(issuer, **ends) as walking:
            sign_in(walking)
            time.sleep(0.01)
            assert walking.get("/").status == 401


def test_who_signs_out_is_out_here_and_is_shown_how_at_the_issuer(
    issuer: RecordSystem, browser: Browser
) -> None:
    sign_in(browser)
    kept = dict(browser.cookies)
    assert 'action="/sign-out"' in browser.get("/").text
    page = browser.post("/sign-out", {})
    (link,) = re.findall(rf'href="({issuer.base}/end[^"]*)"', page.text)
    asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert asked == {"client_id": ["stepdown-invented"], "post_logout_redirect_uri": [f"{ADDRESS}signed-out"]}
    assert WITH_TLS not in browser.cookies
    browser.cookies = kept
    assert browser.get("/").status == 401
    assert page.headers["clear-site-data"] == '"cache", "storage"'


def test_an_issuer_without_a_sign_out_is_not_linked(issuer: RecordSystem, browser: Browser) -> None:
    issuer.faults = Faults(configuration={"end_session_endpoint": None})
    sign_in(browser)
    assert issuer.base not in browser.post("/sign-out", {}).text


def test_another_site_signs_nobody_in_or_out(browser: Browser) -> None:
    reply = begin(browser, "/", Sec_Fetch_Site="cross-site")
    assert (reply.status, "set-cookie" in reply.headers) == (401, False)
    sign_in(browser)
    assert browser.post("/sign-out", {}, Origin="https://elsewhere.example").status == 403
    assert browser.get("/sign-out").status == 405
    assert browser.get("/").status == 200


@pytest.mark.parametrize(
    "path",
    ["//elsewhere.example/x", "/\\elsewhere.example", "https://elsewhere.example", "/x\r\nSet-Cookie: a=b",
     "///x.example", "javascript:alert(1)", "/" + "x" * 5_000, "/%2F%2Felsewhere.example",
     "@elsewhere.example", ""],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_signing_in(path: str, browser: Browser) -> None:
    location = sign_in(browser, path).headers["location"]
    assert location.startswith(ADDRESS)
    assert urlsplit(location).netloc == HOST


@pytest.mark.parametrize(("groups", "comes_in"), [(["x", "ms"], True), (["x"], False)])
def test_only_who_is_on_a_list_comes_in(groups: list[str], comes_in: bool, issuer: RecordSystem) -> None:
    issuer.claims = {"groups": groups}
    with asking_to_sign_in(issuer, allowed=Allowed(groups=frozenset({"ms"}))) as walking:
        reply = sign_in(walking)
        assert (reply.status, WITH_TLS in walking.cookies) == ((303, True) if comes_in else (403, False))
        assert CLINICIAN not in reply.text


def test_a_sign_in_that_is_not_strong_enough_ends(issuer: RecordSystem) -> None:
    with asking_to_sign_in(issuer, acr=("two-factors",)) as walking:
        assert "acr_values=two-factors" in begin(walking).headers["location"]
        assert sign_in(walking).status == 403
        issuer.claims = {"acr": "two-factors"}
        assert sign_in(walking).status == 303


#: What the issuer does wrong; the checks of an ID token are those of a launch, and tested there one by one.
WRONG: dict[str, tuple[Faults, str, int]] = {
    "an ID token that nobody signed": (Faults(algorithm="none"), "id-token", 403),
    "an ID token by another key": (Faults(key=ECKey.generate_key("P-256")), "id-token", 403),
    "an ID token of another issuer": (Faults(claims={"iss": "https://elsewhere.example"}), "id-token", 403),
    "an ID token for another client": (Faults(claims={"aud": "another"}), "id-token", 403),
    "an ID token that is over": (Faults(claims={"exp": NOW - 3_600}), "id-token", 403),
    "an ID token of another sign-in": (Faults(claims={"nonce": "x" * 22}), "id-token", 403),
    "another issuer in its document": (
        Faults(configuration={"issuer": "http://127.0.0.1:9"}), "foreign-address:issuer", 502),
    "a sign-out elsewhere": (
        Faults(configuration={"end_session_endpoint": ELSEWHERE}),
        "foreign-address:end_session_endpoint", 502),
    "keys elsewhere": (Faults(configuration={"jwks_uri": ELSEWHERE}), "foreign-address:jwks_uri", 502),
    "no PKCE": (Faults(configuration={"code_challenge_methods_supported": []}), "no-pkce", 502),
    "a person who says no": (Faults(refuse="access_denied"), "denied", 403),
    "a scope that it does not know": (Faults(refuse="invalid_scope"), "refused:invalid_scope", 502),
    "no token": (Faults(status={"/token": 400}), "code", 502),
    "no document": (Faults(status={"/.well-known/openid-configuration": 503}), "unreadable", 502),
    "a document without end": (
        Faults(bodies={"/.well-known/openid-configuration": b" " * 60_000}), "large", 502),
    "a slow issuer": (Faults(seconds={"/keys": 2.0}), "slow", 504),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_the_issuer_does_wrong_lets_nobody_in(
    wrong: str, issuer: RecordSystem, browser: Browser
) -> None:
    issuer.faults, refusal, status = WRONG[wrong]
    reply = sign_in(browser)
    assert (browser.read_line(reply).get("refusal"), reply.status) == (refusal, status)
    assert WITH_TLS not in browser.cookies
    assert not any(each in reply.text for each in (CLINICIAN, ELSEWHERE))


def test_an_issuer_by_another_name_of_a_listed_origin_lets_nobody_in(
    issuer: RecordSystem, browser: Browser
) -> None:
    issuer.faults = Faults(configuration={"issuer": f"{issuer.base}/another"})
    reply = sign_in(browser)
    assert (reply.status, browser.read_line(reply)["refusal"]) == (502, "another-issuer")


@pytest.mark.parametrize("cookies", [{}, {"__Host-stepdown-browser": "A" * 43}])
def test_what_another_browser_began_lets_nobody_in(cookies: dict[str, str], browser: Browser) -> None:
    location = browser.sign_in(begin(browser).headers["location"])
    browser.cookies = cookies
    assert browser.come_back(location).status == 400
    assert WITH_TLS not in browser.cookies


def test_a_sign_in_is_good_once(browser: Browser) -> None:
    location = browser.sign_in(begin(browser).headers["location"])
    assert [browser.come_back(location).status for _ in range(2)] == [303, 400]


def test_the_state_of_a_launch_is_none_of_a_sign_in(issuer: RecordSystem) -> None:
    listed = list_system(issuer)
    smart = SmartSettings(ADDRESS, {listed.iss: listed})
    issuer.registered.back = (*issuer.registered.back, smart.back_address)
    with asking_to_sign_in(issuer, smart=smart) as walking:
        sign_in(walking)
        location = walking.go(issuer)
        assert walking.come_back(location.replace("/smart/callback", "/sign-in/callback")).status == 400
        assert walking.walk(issuer).status == 200


def test_a_launch_asks_for_a_sign_in_first_and_then_goes_on(issuer: RecordSystem) -> None:
    listed = list_system(issuer)
    smart = SmartSettings(ADDRESS, {listed.iss: listed})
    issuer.registered.back = (*issuer.registered.back, smart.back_address)
    with asking_to_sign_in(issuer, smart=smart) as walking:
        asked = walking.begin(issuer.iss, issuer.open_chart())
        (link,) = re.findall(r'href="(/sign-in[^"]*)"', asked.text)
        assert asked.status == 401
        came = walking.come_back(walking.sign_in(walking.get(link).headers["location"]))
        launched = walking.get(came.headers["location"].removeprefix(ADDRESS[:-1]))
        assert walking.come_back(walking.sign_in(launched.headers["location"])).status == 200


def test_the_hooks_keep_their_own_trust(browser: Browser) -> None:
    assert browser.get("/cds-services").status == 200
    body: Any = json.dumps(make_call("patient-view")).encode()
    assert browser.served.ask("POST", "/cds-services/stepdown-patient-view", body, {}).status == 401
    assert "login" in browser.served.ask("POST", "/cds-services/stepdown-patient-view", body, {}).text


def test_the_line_of_a_request_names_a_session_and_nobody(issuer: RecordSystem, browser: Browser) -> None:
    issuer.claims = {"email": "invented.person@hospital.example", "name": "Invented Quizzical"}
    came, page = sign_in(browser), browser.get("/")
    lines = [browser.read_line(reply) for reply in (came, page)]
    assert lines[0]["session"] == lines[1]["session"] and lines[0]["issuer"] == issuer.base
    log = browser.served.log.getvalue()
    assert not [
        each for each in (CLINICIAN, "invented.person", "Quizzical", *browser.cookies.values()) if each in log
    ]
    assert not [token for token in issuer.tokens if token in log + str(came.headers) + page.text]


def test_an_address_that_was_asked_for_is_shown_as_text(browser: Browser) -> None:
    page = browser.get('/%22%3E%3Cscript%3Ealert(1)%3C/script%3E?x="><script>alert(2)</script>')
    assert (page.status, "<script>alert" in page.text) == (401, False)


@given(path=st.sampled_from(["/sign-in", "/sign-in/callback"]), query=st.text(max_size=200))
@settings(max_examples=40)
def test_no_address_however_broken_is_a_fault_of_ours(browser: Browser, path: str, query: str) -> None:
    asked = quote(query.encode("utf-8", "replace"), safe="&=%+;/?:@!$'()*,[]")
    assert browser.served.get(f"{path}?{asked}", Host=HOST).status in (303, 400, 401)


def test_what_needs_a_sign_in_is_kept_by_no_browser() -> None:
    kept = [find_headers("/digest/index.html", has)["cache-control"] for has in (False, True)]
    assert kept == ["public, max-age=3600", "no-store"]
