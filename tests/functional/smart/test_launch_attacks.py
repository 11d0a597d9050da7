"""A launch that is wrong in one way: one page with one sentence, the status that fits, and nothing told."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from joserfc.jwk import ECKey

from functional.record_system import CLINICIAN, ELSEWHERE, Faults, RecordSystem
from functional.smart.walking import HOST, RESOURCES, Browser, hospital, launching
from functional.web.people import list_values
from functional.web.served import Reply

OTHER_KEY = ECKey.generate_key("P-256", {"kid": "hospital-1"})
NO_KEYS = b'{"keys": [7, {"kty": "oct", "k": "AA"}, {"kty": "RSA", "n": "AA"}]}'
NOW = int(time.time())


@pytest.fixture(scope="module")
def system() -> Iterator[RecordSystem]:
    with hospital(page_size=5) as running:
        yield running


@pytest.fixture(scope="module")
def browser(system: RecordSystem) -> Iterator[Browser]:
    with launching(system, seconds=1.5, most_bytes=200_000, most_pages=20) as walking:
        yield walking


@pytest.fixture(autouse=True)
def right_again(system: RecordSystem, browser: Browser) -> Iterator[None]:
    yield
    system.faults, system.patient = Faults(), "invented-fhir-1"
    browser.cookies.clear()


def read_refusal(browser: Browser, reply: Reply) -> str:
    """Why a launch ended, as the log says it."""
    return str(browser.read_line(reply).get("refusal"))


#: What the record system does wrong, with the word of the log and the status of the page.
WRONG = {
    "an ID token that nobody signed": (Faults(algorithm="none"), "id-token", 403),
    "an ID token signed with the public key as a secret": (Faults(algorithm="HS256"), "id-token", 403),
    "an ID token signed by somebody else": (Faults(key=OTHER_KEY), "id-token", 403),
    "an ID token for another client": (Faults(claims={"aud": "another-app"}), "id-token", 403),
    "an ID token for us among others": (Faults(claims={"aud": ["stepdown-invented", "x"]}), "id-token", 403),
    "an ID token that another party asked for": (Faults(claims={"azp": "another-app"}), "id-token", 403),
    "an ID token of another issuer": (Faults(claims={"iss": "https://elsewhere.example"}), "id-token", 403),
    "an ID token that is over": (Faults(claims={"exp": NOW - 3_600}), "id-token", 403),
    "an ID token that never ends": (Faults(claims={"exp": None}), "id-token", 403),
    "an ID token of tomorrow": (Faults(claims={"iat": NOW + 86_400}), "id-token", 403),
    "an ID token not valid yet": (Faults(claims={"nbf": NOW + 86_400}), "id-token", 403),
    "an ID token with the nonce of another launch": (Faults(claims={"nonce": "x" * 22}), "id-token", 403),
    "an ID token without a nonce": (Faults(claims={"nonce": None}), "id-token", 403),
    "an ID token of nobody": (Faults(claims={"sub": None}), "id-token", 403),
    "claims that are no text": (Faults(claims={"nonce": ["x"], "sub": 7}), "id-token", 403),
    "an ID token that is none": (Faults(token={"id_token": "a.b.c"}), "id-token", 403),
    "no ID token": (Faults(token={"id_token": None}), "code", 502),
    "no access token": (Faults(token={"access_token": None}), "code", 502),
    "an access token with a line break": (Faults(token={"access_token": "a\r\nx-more: b"}), "code", 502),
    "a token that is no bearer token": (Faults(token={"token_type": "mac"}), "code", 502),
    "an issuer that gives no token": (Faults(status={"/token": 500}), "code", 502),
    "no key of the issuer": (Faults(bodies={"/keys": b'{"keys": []}'}), "id-token", 403),
    "keys that are none": (Faults(bodies={"/keys": NO_KEYS}), "id-token", 403),
    "no patient": (Faults(token={"patient": None}), "no-patient", 422),
    "a patient that leads elsewhere": (Faults(token={"patient": "../../keys?x="}), "unreadable", 502),
    "a patient that is one up": (Faults(token={"patient": ".."}), "unreadable", 502),
    "another patient than the server then sends": (Faults(token={"patient": "nobody"}), "no-access", 403),
    "a person who says no": (Faults(refuse="access_denied"), "denied", 403),
    "a scope that it does not know": (Faults(refuse="invalid_scope"), "refused:invalid_scope", 502),
    "an error with words of its own": (Faults(refuse="<script>Anna</script>"), "refused:other", 502),
    "an authorization endpoint elsewhere": (
        Faults(configuration={"authorization_endpoint": ELSEWHERE}),
        "foreign-address:authorization_endpoint", 502),
    "a token endpoint elsewhere": (
        Faults(configuration={"token_endpoint": ELSEWHERE}), "foreign-address:token_endpoint", 502),
    "keys elsewhere": (Faults(configuration={"jwks_uri": ELSEWHERE}), "foreign-address:jwks_uri", 502),
    "keys in a file": (
        Faults(configuration={"jwks_uri": "file:///etc/passwd"}), "foreign-address:jwks_uri", 502),
    "an endpoint with a user name": (
        Faults(configuration={"token_endpoint": "http://127.0.0.1@x.example/"}),
        "foreign-address:token_endpoint", 502),
    "an endpoint that is no text": (
        Faults(configuration={"token_endpoint": 7}), "unreadable:token_endpoint", 502),
    "no issuer": (Faults(configuration={"issuer": None}), "unreadable:issuer", 502),
    "no PKCE": (Faults(configuration={"code_challenge_methods_supported": ["plain"]}), "no-pkce", 502),
    "a configuration that is no JSON": (
        Faults(bodies={"/fhir/.well-known/smart-configuration": b"<html>"}), "unreadable", 502),
    "a configuration that is not there": (
        Faults(status={"/fhir/.well-known/smart-configuration": 404}), "unreadable", 502),
    "a configuration that is somewhere else": (
        Faults(status={"/fhir/.well-known/smart-configuration": 302}), "unreadable", 502),
    "a next page elsewhere": (Faults(next_link=ELSEWHERE), "foreign-address:next", 502),
    "a next page without TLS": (
        Faults(next_link="http://elsewhere.example/fhir"), "foreign-address:next", 502),
    "a next page of this machine": (Faults(next_link="file:///etc/passwd"), "foreign-address:next", 502),
    "a next page that is no address": (Faults(next_link="http://[::"), "foreign-address:next", 502),
    "a next page that is always the same": (
        Faults(next_link="Condition?patient=invented-fhir-1"), "large", 502),
    "a record without end": (Faults(bodies={"/fhir/Observation": b" " * 300_000}), "large", 502),
    "a record that is packed": (Faults(headers={"content-encoding": "gzip"}), "unreadable", 502),
    "a record that is no JSON": (Faults(bodies={"/fhir/Procedure": b"x"}), "unreadable", 502),
    "a record nested without end": (Faults(bodies={"/fhir/Procedure": b"[" * 100_000}), "unreadable", 502),
    "a fault of the FHIR server": (Faults(status={"/fhir/Procedure": 500}), "unreadable", 502),
    "a FHIR server that does not know the token": (
        Faults(status={"/fhir/Condition": 401}), "unreadable", 502),
    "conditions that are refused": (Faults(status={"/fhir/Condition": 403}), "no-access", 403),
    "a record that is somewhere else": (Faults(status={"/fhir/Procedure": 307}), "unreadable", 502),
    "a token that is somewhere else": (Faults(status={"/token": 307}), "code", 502),
    "a server that drips": (Faults(drips=True), "slow", 504),
    "a slow record": (Faults(seconds={"/fhir/Procedure": 2.0}), "slow", 504),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_record_system_does_wrong_ends_the_launch(
    wrong: str, system: RecordSystem, browser: Browser
) -> None:
    faults, refusal, status = WRONG[wrong]
    system.faults = faults
    reply = browser.walk(system)
    assert (read_refusal(browser, reply), reply.status) == (refusal, status)
    assert_tells_nothing(reply, browser)


def assert_tells_nothing(reply: Reply, browser: Browser) -> None:
    """One sentence, no form, and nothing of the person, of a token or of an address."""
    assert reply.text.count('class="alert urgent"') == 1
    told = "\n".join([reply.text, str(reply.headers), str(browser.read_line(reply))])
    values = {each for each in list_values(RESOURCES) if len(each) > 5}
    wrong = {CLINICIAN, ELSEWHERE, "Anna", "passwd"}
    assert sorted(each for each in values | wrong if each in told) == []


@dataclass
class Swapped:
    """A step of the browser that is not what it was: parts of the address or of the cookies."""

    change: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] | None = None


@pytest.mark.parametrize(
    "swapped",
    [
        Swapped({"state": ""}),
        Swapped({"state": "x"}),
        Swapped({"state": "eyJhbGciOiJub25lIn0.eyJpc3N1ZXIiOiJ4In0."}),
        Swapped({"state": "x" * 20_000}),
        Swapped(cookies={}),
        Swapped(cookies={"__Host-stepdown-browser": "A" * 43}),
        Swapped(cookies={"__Host-stepdown-browser": "x; y"}),
        Swapped({"iss": "https://elsewhere.example"}),
        Swapped({"code": "another-code"}),
        Swapped({"code": ""}),
    ],
    ids=lambda swapped: str(swapped)[8:70],
)
def test_what_another_browser_or_address_brings_ends_the_launch(
    swapped: Swapped, system: RecordSystem, browser: Browser
) -> None:
    location = browser.go(system)
    browser.cookies = browser.cookies if swapped.cookies is None else swapped.cookies
    before = len(system.tokens)
    reply = browser.come_back(location, **swapped.change)
    assert reply.status in (400, 403, 431, 502)
    assert len(system.tokens) == before


def test_a_launch_is_good_once(system: RecordSystem, browser: Browser) -> None:
    location = browser.go(system)
    first, second = browser.come_back(location), browser.come_back(location)
    assert (first.status, second.status, read_refusal(browser, second)) == (200, 400, "state")


def test_a_state_of_one_service_is_nothing_to_another(system: RecordSystem, browser: Browser) -> None:
    location = browser.go(system)
    with launching(system) as other:
        other.cookies = browser.cookies
        assert other.come_back(location).status == 400


@pytest.mark.parametrize(
    "iss", ["https://elsewhere.example/fhir", "http://169.254.169.254/latest", ELSEWHERE]
)
def test_a_record_system_that_is_not_listed_is_never_asked(iss: str, browser: Browser) -> None:
    reply = browser.begin(iss, "invented")
    assert (reply.status, read_refusal(browser, reply)) == (403, "not-listed")
    assert "set-cookie" not in reply.headers
    assert iss not in reply.text + browser.served.log.getvalue()


def test_a_launch_that_names_no_record_system_is_incomplete(browser: Browser) -> None:
    """SMART App Launch requires iss."""
    reply = browser.begin("", "invented")
    assert (reply.status, read_refusal(browser, reply)) == (400, "no-iss")


def test_a_launch_without_its_mark_or_with_two_is_refused(system: RecordSystem, browser: Browser) -> None:
    assert browser.begin(system.iss, "").status == 400
    assert browser.begin(system.iss, "x" * 5_000).status == 400
    twice = urlencode([("iss", system.iss), ("iss", ELSEWHERE), ("launch", "x")])
    assert browser.get(f"/smart/launch?{twice}").status == 400


def test_the_address_to_come_back_to_is_not_taken_from_the_request(
    system: RecordSystem, browser: Browser
) -> None:
    path = f"/smart/launch?{urlencode({'iss': system.iss, 'launch': system.open_chart()})}"
    more = {"X_Forwarded_Host": "elsewhere.example", "Forwarded": "host=elsewhere.example"}
    reply = browser.served.get(path, Host="127.0.0.1", **more)
    assert f"redirect_uri=https%3A%2F%2F{HOST}%2Fsmart%2Fcallback" in reply.headers["location"]
    assert browser.served.get(path, Host="elsewhere.example").status == 400


def make_resource(kind: str, patient: str) -> dict[str, Any]:
    coding = [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "G35"}]
    return {"resourceType": kind, "id": "of-another", "subject": {"reference": f"Patient/{patient}"},
            "code": {"coding": coding}, "clinicalStatus": {"coding": [{"code": "active"}]}}  # fmt: skip


@pytest.mark.parametrize("kind", ["Condition", "Procedure"])
def test_entries_about_somebody_else_end_the_launch(
    kind: str, system: RecordSystem, browser: Browser
) -> None:
    page = {"resourceType": "Bundle", "type": "searchset",
            "entry": [{"resource": make_resource(kind, "somebody-else")}]}  # fmt: skip
    system.faults = Faults(bodies={f"/fhir/{kind}": json.dumps(page).encode()})
    reply = browser.walk(system)
    assert (reply.status, read_refusal(browser, reply)) == (502, "another-patient")
    assert "somebody-else" not in reply.text


def test_another_patient_than_the_one_of_the_chart_ends_the_launch(
    system: RecordSystem, browser: Browser
) -> None:
    other = json.dumps({**RESOURCES[0], "id": "somebody-else"}).encode()
    system.faults = Faults(bodies={"/fhir/Patient/invented-fhir-1": other})
    reply = browser.walk(system)
    assert (reply.status, read_refusal(browser, reply)) == (502, "another-patient")


def test_a_record_system_that_is_gone_is_said_to_be() -> None:
    with hospital() as gone:
        address = gone.base
    with launching(gone) as browser:
        reply = browser.begin(gone.iss, "invented")
        assert (reply.status, read_refusal(browser, reply)) == (502, "unreachable")
    assert address not in reply.text


def test_nothing_of_a_launch_is_in_the_log_the_headers_or_an_address(
    system: RecordSystem, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    location = browser.go(system)
    reply = browser.come_back(location)
    # Its own lines are off in the service; every other library is asked to say all it knows.
    others = [str(record.getMessage()) for record in caplog.records if record.name != "uvicorn.access"]
    logged = "\n".join([browser.served.log.getvalue(), *others])
    told = "\n".join([str(reply.headers), logged, location, *browser.cookies.values()])
    secrets = {*system.tokens, CLINICIAN, *(part.split("=")[1] for part in location.split("?")[1].split("&"))}
    assert sorted(each for each in list_values(RESOURCES) if len(each) > 5 and each in told) == []
    assert sorted(each for each in secrets if each in logged) == []
    assert "form" in reply.text and reply.headers["cache-control"] == "no-store"


def test_an_answer_to_a_launch_is_not_asked_for_without_a_body(
    browser: Browser, system: RecordSystem
) -> None:
    location = browser.go(system)
    assert browser.served.get(location.removeprefix(f"https://{HOST}"), "HEAD", Host=HOST).status == 405
    assert browser.come_back(location).status == 200
