"""A launch from a chart, over real sockets: to the authorization server, back, and the form is filled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from joserfc.jwk import ECKey, RSAKey

from functional.record_system import RecordSystem, Registered
from functional.smart.walking import RESOURCES, Browser, hospital, launching, list_system
from stepdown.interfaces.oauth.client import Client
from stepdown.interfaces.smart.record import list_queries, name_scopes


@pytest.fixture(scope="module")
def system() -> Iterator[RecordSystem]:
    with hospital() as running:
        yield running


@pytest.fixture(scope="module")
def browser(system: RecordSystem) -> Iterator[Browser]:
    with launching(system) as walking:
        yield walking


def read_form(page: str) -> dict[str, str]:
    """The fields of a form that are filled."""
    written = re.findall(r'<input type="text" id="[^"]*" name="([^"]*)".*? value="([^"]+)"', page)
    chosen = re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL)
    picked = [
        (name, found[1]) for name, text in chosen if (found := re.search(r'value="([^"]*)" selected', text))
    ]
    return dict([*written, *picked])


def test_a_launch_fills_the_form_with_the_record_of_the_chart(system: RecordSystem, browser: Browser) -> None:
    page = browser.walk(system).text
    uploaded = browser.post("/form", {"text": json.dumps({"resourceType": "Bundle", "type": "collection",
                            "entry": [{"resource": each} for each in RESOURCES]})}).text  # fmt: skip
    ours, theirs = read_form(page), read_form(uploaded)
    days = ("recorded_on", "observed_since")
    assert len(ours) > 20
    assert {name: value for name, value in ours.items() if name not in days} == {
        name: value for name, value in theirs.items() if name not in days}  # fmt: skip
    assert "Read from the record system: look it through" in page


def test_the_form_of_a_launch_leads_to_an_answer(system: RecordSystem, browser: Browser) -> None:
    answer = browser.post("/answer", read_form(browser.walk(system).text))
    assert answer.status == 200
    assert "What if?" in answer.text


def test_what_was_left_out_is_told_with_its_place_in_the_search(
    system: RecordSystem, browser: Browser
) -> None:
    page = browser.walk(system).text
    assert "16 of 19 entries were used" in page
    assert "conditions 1 entry[2] Condition: Acute bronchitis: recorded as resolved" in page


def test_the_authorization_request_says_all_that_the_specification_asks(
    system: RecordSystem, browser: Browser
) -> None:
    mark = system.open_chart()
    went = urlsplit(browser.begin(f"{system.iss}/", mark).headers["location"])
    asked = {name: values[0] for name, values in parse_qs(went.query).items()}
    assert f"{went.scheme}://{went.netloc}{went.path}" == f"{system.base}/authorize"
    assert (asked["aud"], asked["launch"], asked["response_type"]) == (system.iss, mark, "code")
    assert asked["redirect_uri"] == "https://stepdown.example/smart/callback"
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert {"launch", "openid", "patient/Condition.rs"} <= set(asked["scope"].split())
    assert not {"offline_access", "online_access"} & set(asked["scope"].split())


def test_nothing_is_asked_for_that_is_not_read() -> None:
    kinds = {query.partition("?")[0] for query in list_queries().values()} | {"Patient", "Medication"}
    asked = set(name_scopes(["permission-v2"]).split()) - {"launch", "openid", "fhirUser"}
    assert asked == {f"patient/{kind}.rs" for kind in kinds}
    assert "patient/Condition.read" in name_scopes(["permission-v1"]).split()


def test_the_cookie_is_for_this_host_and_no_script(system: RecordSystem, browser: Browser) -> None:
    cookie = browser.begin(system.iss, system.open_chart()).headers["set-cookie"].lower()
    assert cookie.startswith("__host-stepdown-browser=")
    assert {"httponly", "secure", "samesite=lax", "path=/", "max-age=900"} <= set(cookie.split("; "))
    assert "domain" not in cookie


def test_two_charts_may_be_launched_at_once_in_one_browser(system: RecordSystem, browser: Browser) -> None:
    first, second = browser.go(system), browser.go(system)
    assert [browser.come_back(each).status for each in (first, second)] == [200, 200]


def test_a_record_in_many_pages_gives_the_form_of_the_same_record_in_one(
    browser: Browser, system: RecordSystem
) -> None:
    whole = read_form(browser.walk(system).text)
    with hospital(page_size=1) as paged, launching(paged) as other:
        assert read_form(other.walk(paged).text) == whole
        assert len(paged.asked) > len(RESOURCES)


def test_a_search_that_is_refused_is_named_and_counts_as_not_known() -> None:
    with (
        hospital(forbidden=frozenset({"Observation", "ImagingStudy"})) as partial,
        launching(partial) as other,
    ):
        page = other.walk(partial).text
    assert "not given by the record system, and so not known: observations, imaging" in page
    assert "edss[0].score" not in read_form(page)


OURS = {"kid": "ours"}
KEYS = {
    "P-384": ECKey.generate_key("P-384", OURS),
    "P-256": ECKey.generate_key("P-256", OURS),
    "RSA": RSAKey.generate_key(2048, OURS),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_client_with_a_key_proves_itself_by_a_signature(kind: str) -> None:
    key = KEYS[kind]
    ours = Registered(key=key.as_dict(private=False))
    with hospital(registered=ours) as strict:
        listed = list_system(strict, client=Client(ours.client_id, key=key))
        with launching(strict, listed) as walking:
            assert walking.walk(strict).status == 200
            keys = json.loads(walking.get("/smart/keys").text)
    assert [each["kid"] for each in keys["keys"]] == ["ours"]
    assert not {"d", "p", "q", "k"} & set(keys["keys"][0])


def test_a_client_with_a_secret_proves_itself_in_a_header() -> None:
    ours = Registered(secret="an invented secret: 7 & more")
    with hospital(registered=ours) as strict:
        for secret, status in ((ours.secret, 200), ("another", 502)):
            listed = list_system(strict, client=Client(ours.client_id, secret=secret))
            with launching(strict, listed) as walking:
                assert walking.walk(strict).status == status
        assert "secret" not in " ".join(strict.asked)


def test_a_token_is_used_for_one_record_and_a_code_once(system: RecordSystem, browser: Browser) -> None:
    system.tokens.clear()
    browser.walk(system)
    browser.walk(system)
    assert len(system.tokens) == 2
    assert not any(token in line for token in system.tokens for line in system.asked)


def test_the_line_of_a_launch_names_the_issuer_and_the_card_and_nobody(
    system: RecordSystem, browser: Browser
) -> None:
    card = "6a1c7a52-50a5-4ad7-b0a3-0d1d2c3b4a59"
    system.faults = replace(system.faults, token={"appContext": card})
    line = browser.read_line(browser.walk(system))
    system.faults = replace(system.faults, token={})
    assert (line["page"], line["issuer"], line["card"]) == ("/smart/callback", system.iss, card)
    assert set(line) == {"at", "request", "method", "page", "status", "milliseconds", "stepdown", "evidence",
                         "issuer", "card"}  # fmt: skip


@pytest.mark.parametrize("context", ["glatiramer", {"drug": "x"}, 7, "a" * 36, None])
def test_a_context_that_is_not_ours_is_not_repeated(
    system: RecordSystem, browser: Browser, context: Any
) -> None:
    system.faults = replace(system.faults, token={"appContext": context})
    reply = browser.walk(system)
    system.faults = replace(system.faults, token={})
    assert reply.status == 200
    assert "card" not in browser.read_line(reply)
