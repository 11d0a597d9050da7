"""How a record system is reached: by TLS that is trusted, by a proxy, by so many launches at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest

from functional.record_system import CLINICIAN, ELSEWHERE, Faults, RecordSystem
from functional.smart.walking import ADDRESS, RESOURCES, Browser, hospital, launching, list_system
from functional.web.certified import make_certificate
from functional.web.people import list_values
from functional.web.served import serving
from stepdown.interfaces.metrics import Metrics
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.outside import Way, asking, find_origin
from stepdown.interfaces.oauth.settings import make_trust
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.auditing import AUDIT
from stepdown.interfaces.web.doors import Doors
from stepdown.interfaces.workers import Workers


@pytest.fixture(scope="module")
def system() -> Iterator[RecordSystem]:
    with hospital() as running:
        yield running


@pytest.fixture(scope="module")
def browser(system: RecordSystem) -> Iterator[Browser]:
    with launching(system) as walking:
        yield walking


def test_a_certificate_of_the_clinic_is_trusted_only_where_it_is_named(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    with hospital(certificate=made) as system:
        origins = frozenset({find_origin(system.base) or ""})
        text = Path(made["ssl_certfile"]).read_text("utf-8")
        for certificates, status in ((None, 502), (text, 303)):
            listed = list_system(system, way=Way(origins, make_trust(certificates)))
            with launching(system, listed) as walking:
                assert walking.begin(system.iss, system.open_chart()).status == status


def test_a_proxy_is_asked_for_the_record_system_where_one_is_named(system: RecordSystem) -> None:
    far = "http://127.0.0.1:9/fhir"
    listed = list_system(system)
    origins = frozenset({"http://127.0.0.1:9", *listed.way.origins})
    way = replace(listed.way, origins=origins, proxy=system.base)
    with launching(system, replace(listed, iss=far, way=way)) as walking:
        assert walking.begin(far, "invented").status == 303
    assert system.asked[-1] == f"GET {far}/.well-known/smart-configuration"


def test_a_next_page_at_a_listed_sign_in_is_not_asked_for_with_the_token(system: RecordSystem) -> None:
    listed = list_system(system)
    way = replace(listed.way, origins=frozenset({"http://127.0.0.1:9", *listed.way.origins}))
    with launching(system, replace(listed, way=way)) as walking:
        system.faults = Faults(next_link=ELSEWHERE)
        reply = walking.walk(system)
        assert walking.read_line(reply)["refusal"] == "foreign-address:next"
    system.faults = Faults()


@pytest.mark.parametrize(("most", "status"), [(2, 502), (20, 200)])
def test_a_search_of_more_pages_than_one_person_has_ends_the_launch(most: int, status: int) -> None:
    with hospital(page_size=1) as paged, launching(paged, most_pages=most) as walking:
        assert walking.walk(paged).status == status


def test_more_launches_than_are_read_at_once_wait_for_their_turn(system: RecordSystem) -> None:
    with launching(system, most_launches=1) as walking:
        locations = [walking.go(system) for _ in range(4)]
        with ThreadPoolExecutor(4) as many:
            replies = list(many.map(walking.come_back, locations))
    assert [reply.status for reply in replies] == [200] * 4


def test_waiting_for_a_turn_counts_as_time() -> None:
    async def wait() -> float:
        began = time.monotonic()
        with pytest.raises(NotGranted, match="slow"):
            async with asking(Way(frozenset(), make_trust(None)), asyncio.Semaphore(0), 1, 0.05):
                raise AssertionError
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, wait()).result() < 5


def test_an_issuer_by_another_name_than_the_one_set_ends_the_launch(system: RecordSystem) -> None:
    with launching(system, list_system(system, issuer=f"{system.base}/another")) as walking:
        assert walking.begin(system.iss, system.open_chart()).status == 502
    with launching(system, list_system(system, issuer=system.base)) as walking:
        assert walking.walk(system).status == 200


def test_who_launches_too_often_is_told_when_to_come_back(system: RecordSystem) -> None:
    listed = list_system(system)
    doors = Doors(SmartSettings(ADDRESS, {listed.iss: listed}))
    with serving(names=("127.0.0.1",), posts_per_minute=2, doors=doors) as limited:
        replies = [limited.get("/smart/launch?iss=x&launch=x") for _ in range(3)]
    assert [reply.status for reply in replies] == [403, 403, 429]
    assert int(replies[-1].headers["retry-after"]) >= 1


def test_every_reply_of_a_launch_forbids_storing_framing_and_foreign_scripts(
    system: RecordSystem, browser: Browser
) -> None:
    begun = browser.begin(system.iss, system.open_chart())
    location = browser.sign_in(begun.headers["location"])
    replies = [begun, *(browser.come_back(location) for _ in range(2)), browser.get("/smart/keys")]
    assert [reply.status for reply in replies] == [303, 200, 400, 200]
    for reply in replies:
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert "unsafe" not in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "same-origin"


def test_what_a_record_says_is_shown_and_never_run() -> None:
    script = "<script>alert(1)</script>"
    drawn = json.dumps(RESOURCES).replace("Acute bronchitis", script)
    with hospital(json.loads(drawn)) as system, launching(system) as walking:
        page = walking.walk(system).text
    assert script not in page and "&lt;script&gt;" in page


@given(path=st.sampled_from(["/smart/launch", "/smart/callback"]), query=st.text(max_size=200))
@settings(max_examples=60)
def test_no_address_however_broken_is_a_fault_of_ours(browser: Browser, path: str, query: str) -> None:
    asked = quote(query.encode("utf-8", "replace"), safe="&=%+;/?:@!$'()*,[]")
    assert browser.served.get(f"{path}?{asked}").status in (400, 403)


def test_a_fault_of_ours_in_a_launch_tells_nothing(
    system: RecordSystem, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("invented-secret of invented-fhir-1")

    monkeypatch.setattr("stepdown.interfaces.web.launching.show_record", fail)
    reply = browser.walk(system)
    told = reply.text + str(browser.read_line(reply))
    assert reply.status == 500
    assert "invented-secret" not in told and "invented-fhir-1" not in told
    assert "RuntimeError" in str(browser.read_line(reply)) and system.faults == Faults()


def test_what_is_counted_for_prometheus_names_the_page_and_nobody(
    system: RecordSystem, browser: Browser
) -> None:
    metrics = Metrics(Workers(1))
    AUDIT.addHandler(metrics)
    browser.read_line(browser.walk(system))
    AUDIT.removeHandler(metrics)
    told = generate_latest(metrics.registry).decode()
    values = {each for each in list_values(RESOURCES) if len(each) > 5}
    assert 'stepdown_requests_total{method="GET",page="/smart/callback",status="200"} 1.0' in told
    assert sorted(each for each in {*values, CLINICIAN, system.iss, *system.tokens} if each in told) == []
