"""What the pages never do: keep, tell or repeat anything of a person; and whom they refuse."""

from __future__ import annotations

import json
import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functional.web.people import CARRIED, PERSON, list_values, to_fields
from functional.web.served import Reply, Served, serving
from functional.web.test_form import upload

GET_PAGES = ("/", "/healthz", "/static/clinician.css", "/static/htmx.js", "/no-such-page")
POSTED = ("/form", "/answer", "/what-if", "/ranking", "/patient", "/care-plan", "/download/json",
          "/download/fhir", "/download/person")  # fmt: skip
#: What differs from request to request by itself.
CHANGING = ("at", "request", "milliseconds", "date", "x-request-id", "content-length")
AUDITED = {"at", "request", "method", "page", "status", "milliseconds", "stepdown", "evidence"}


@pytest.mark.parametrize("path", GET_PAGES)
def test_a_page_that_can_be_got_answers_head_without_a_body(served: Served, path: str) -> None:
    got, head = served.get(path), served.get(path, "HEAD")
    assert (head.status, head.text) == (got.status, "")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("path", [*GET_PAGES, *POSTED])
def test_every_reply_forbids_storing_framing_and_foreign_scripts(served: Served, path: str) -> None:
    reply = served.get(path) if path in GET_PAGES else served.post(path, CARRIED)
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == ("public, max-age=3600" if "/static/" in path else "no-store")


def test_every_reply_says_what_it_is(served: Served) -> None:
    kinds = {path: served.get(path).headers["content-type"] for path in GET_PAGES}
    assert kinds["/"] == kinds["/no-such-page"] == "text/html; charset=utf-8"
    assert kinds["/static/clinician.css"].startswith("text/css")
    assert kinds["/static/htmx.js"].startswith("text/javascript")
    assert served.post("/download/json", CARRIED).headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", POSTED)
def test_a_page_made_from_a_form_leads_to_the_start_when_it_is_got(served: Served, path: str) -> None:
    reply = served.get(path)
    assert (reply.status, reply.headers["location"]) == (303, "/")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_a_form_from_another_site_is_refused(served: Served, origin: str) -> None:
    assert served.post("/answer", CARRIED, Origin=origin).status == 403


def test_a_form_without_an_origin_is_refused(served: Served) -> None:
    reply = served.ask("POST", "/answer", b"age=61", {"Content-Type": "application/x-www-form-urlencoded"})
    assert reply.status == 403


def test_another_name_for_this_machine_is_refused(served: Served) -> None:
    assert served.get("/", Host="rebound.example").status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods_are_refused(served: Served, method: str) -> None:
    assert served.get("/answer", method).status == 405


def test_a_body_that_is_too_large_is_refused_before_and_while_it_is_read(served: Served) -> None:
    large = {"text": "x" * 10_100_000}
    assert served.post("/answer", large).status == 413
    assert "larger than one person" in served.post("/answer", {"text": "a: " + "x" * 200_000}).text
    headers = {"Origin": served.origin, "Content-Type": "application/x-www-form-urlencoded",
               "Transfer-Encoding": "chunked"}  # fmt: skip
    try:
        reply = served.ask("POST", "/answer", (b"x" * 65_536 for _ in range(170)), headers)
    except (BrokenPipeError, ConnectionResetError):
        return
    assert reply.status == 413


def test_a_person_of_too_many_values_or_too_deep_is_refused(served: Served) -> None:
    many = json.dumps({"age": 61, "diagnosis": "MS", "mri": [{}] * 6_000})
    assert served.post("/answer", {"text": many}).status == 413
    deep = '{"mri": ' + "[" * 5_000 + "]" * 5_000 + "}"
    assert "too deep" in served.post("/answer", {"text": deep}).text
    assert served.post("/answer", {"person": deep}).status == 400


def test_a_form_that_arrives_too_slowly_is_ended() -> None:
    with serving(seconds_to_send=0.3) as slow, socket.create_connection(("127.0.0.1", slow.port)) as line:
        head = f"POST /answer HTTP/1.1\r\nHost: 127.0.0.1:{slow.port}\r\nOrigin: {slow.origin}\r\n"
        line.sendall((head + "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Content-Length: 100\r\n\r\nage=").encode())  # fmt: skip
        line.settimeout(10)
        assert b" 408 " in line.recv(200)


def test_who_posts_too_often_is_told_when_to_come_back() -> None:
    with serving(posts_per_minute=3) as limited:
        replies = [limited.post("/form", {"example": "x"}) for _ in range(4)]
    assert [reply.status for reply in replies] == [400, 400, 400, 429]
    assert int(replies[-1].headers["retry-after"]) >= 1


def test_a_request_in_flight_is_answered_when_the_server_stops() -> None:
    found: list[int] = []
    with serving() as stopping:
        thread = threading.Thread(target=lambda: found.append(stopping.post("/answer", CARRIED).status))
        thread.start()
        time.sleep(0.15)
        stopping.server.should_exit = True
        thread.join(20)
    assert found == [200]


def find_told(replies: list[Reply], lines: list[dict[str, Any]]) -> str:
    """All that leaves a trace: status and headers, addresses in pages, the log without its times."""
    links = [link for reply in replies for link in re.findall(r'(?:href|action|src)="(/[^"]*)"', reply.text)]
    tables = [*(reply.headers for reply in replies), *lines]
    kept = [str({key: item for key, item in table.items() if key not in CHANGING}) for table in tables]
    return "\n".join([*links, *kept])


def test_nothing_of_the_person_is_in_the_log_the_headers_or_an_address(served: Served) -> None:
    replies = [served.post(path, CARRIED) for path in POSTED]
    replies += [served.post(path, to_fields(PERSON)) for path in ("/form", "/download/json")]
    replies.append(served.get("/invented-mark-7731?age=1963-07-21"))
    lines = [json.loads(line) for line in served.log.getvalue().splitlines()]
    assert len(lines) > 8
    assert all(set(line) == AUDITED for line in lines)
    told = find_told(replies, lines)
    values = list_values(PERSON)
    assert {"invented-mark-7731", "1963-07-21", "1.73", "2.5", "invented bronchitis"} <= values
    assert [value for value in values if re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w-])", told)] == []


def read_last_line(served: Served) -> dict[str, Any]:
    """The last line of the log, which is written when the reply has been sent."""
    time.sleep(0.2)
    line: dict[str, Any] = json.loads(served.log.getvalue().splitlines()[-1])
    return line


def test_a_fault_of_ours_is_told_without_its_text(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("invented-mark-7731 was born in 1963")

    monkeypatch.setattr("stepdown.interfaces.web.pages.find_answer", fail)
    reply = served.post("/answer", CARRIED)
    assert (reply.status, "7731" in reply.text) == (500, False)
    last = read_last_line(served)
    assert last["fault"].startswith("ValueError in ")
    assert "7731" not in str(last)


def test_an_upload_is_never_written_to_the_disk(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise AssertionError("written to the disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", fail)
    padded = json.dumps(PERSON) + " " * 1_900_000
    assert upload(served, "a.json", padded)[0] == 200


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def find_dangers(page: str) -> Iterator[str]:
    """Scripts that are not ours, handlers of events, addresses that run something, foreign elements."""
    parser = Elements()
    parser.feed(page)
    for tag, attributes in parser.found:
        address = (attributes.get("href") or attributes.get("src") or "").strip().lower()
        is_ours = tag != "script" or address.startswith("/static/htmx.js")
        if not is_ours or tag in ("iframe", "object", "embed", "base", "marquee"):
            yield tag
        yield from (name for name in attributes if name.startswith("on"))
        if address.startswith(("javascript:", "vbscript:", "data:text")):
            yield address


NASTY = st.sampled_from([
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", "]]>", "<!--",
    "</textarea><script>", "[a](javascript:alert(1))", "{{7*7}}", "{% raw %}", "=cmd|' /C calc'!A1", "`${1}`",
    "</title><iframe>", "\u202e<b>", "&lt;script&gt;", "javascript:alert(1)", '" autofocus onfocus="alert(1)',
])  # fmt: skip


@settings(max_examples=40)
@given(mark=NASTY, name=NASTY, kind=NASTY, drug=NASTY, valid=st.booleans())
def test_what_somebody_typed_is_shown_and_never_run(
    served: Served, mark: str, name: str, kind: str, drug: str, valid: bool
) -> None:
    person = {"id": mark, "age": 61, "diagnosis": "MS", "infections": [{"date": "2020", "kind": kind}],
              "comorbidities": [{"name": f"other:{name}"}],
              "treatments": [{"therapy": f"other:{drug}", "start": "2015", "still_taking": True}],
              "course": "RRMS" if valid else name, name: kind if not valid else None}  # fmt: skip
    if valid:
        del person[name]
    for path in ("/answer", "/form"):
        reply = served.post(path, {"person": json.dumps(person)})
        assert list(find_dangers(reply.text)) == []
