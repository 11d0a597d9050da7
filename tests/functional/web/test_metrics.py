"""Counts and times for Prometheus: on a port of their own where one is given, and nothing of a person."""

from __future__ import annotations

import re
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
pytest.importorskip("prometheus_client", reason="the extra 'web' is not installed")

from prometheus_client.parser import text_string_to_metric_families

from functional.cds_hooks.hospital import hosted, make_call
from functional.web.people import CARRIED, PERSON
from functional.web.served import serving
from stepdown.interfaces.cds_hooks.app import LOG, HooksSettings
from stepdown.interfaces.metrics import publishing
from stepdown.interfaces.web.auditing import AUDIT
from stepdown.interfaces.workers import Workers
from stepdown.ms.errors import UserError


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read(port: int) -> tuple[str, dict[tuple[str, str], float]]:
    """The text that Prometheus would read, and each value by its name and labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as reply:
        text = reply.read().decode()
    samples = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return text, {(each.name, " ".join(sorted(each.labels.values()))): each.value for each in samples}


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[str, dict[tuple[str, str], float]]]:
    port, call = find_free_port(), make_call("patient-view")
    with publishing(("127.0.0.1", port), Workers(2), AUDIT, LOG):
        with serving() as served:
            served.post("/answer", CARRIED)
            served.get("/no-such-page/1963-07-21")
        with hosted(HooksSettings(is_demo=True)) as hospital:
            hospital.call("stepdown-patient-view", call)
            hospital.get("/cds-services")
        yield read(port)
    with pytest.raises(OSError):
        read(port)


def test_each_request_is_counted_by_its_page_and_status_with_its_time(counted: Any) -> None:
    _, found = counted
    assert found["stepdown_requests_total", "/answer 200 POST"] == 1
    assert found["stepdown_requests_total", "404 GET other"] == 1
    assert found["stepdown_requests_total", "/cds-services/stepdown-patient-view 200 POST"] == 1
    assert found["stepdown_requests_total", "/cds-services/discovery 200 GET"] == 1
    assert 0 < found["stepdown_request_seconds_sum", "/answer"] < 300
    assert found["stepdown_request_seconds_count", "/answer"] == 1
    assert found["stepdown_request_seconds_bucket", "+Inf /answer"] == 1


def test_cards_and_workers_are_counted(counted: Any) -> None:
    _, found = counted
    assert found["stepdown_cards_total", "patient-view"] == 1
    assert found["stepdown_workers", ""] == 2 and found["stepdown_workers_busy", ""] == 0
    assert found["stepdown_waiting", ""] == found["stepdown_workers_replaced", ""] == 0


def test_nothing_of_a_person_or_a_caller_is_in_them(counted: Any) -> None:
    text, _ = counted
    values = {"demonstration", "1963-07-21", *list_words(PERSON), *list_words(make_call("patient-view"))}
    assert len(values) > 60
    values -= {"patient-view"}
    assert [each for each in values if re.search(rf"(?<![\w./-]){re.escape(each)}(?![\w-])", text)] == []


def list_words(value: Any) -> Iterator[str]:
    """Every value of some JSON that is a word or a date."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from list_words(inner)
    elif isinstance(value, str) and len(value) > 3:
        yield value


def test_a_port_that_is_taken_gets_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        address = ("127.0.0.1", port)
        with pytest.raises(UserError, match="cannot be listened on"), publishing(address, Workers(1)):
            pass
