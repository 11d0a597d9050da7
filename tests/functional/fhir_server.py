"""A small FHIR R4 server of our own that stands for the hospital's: reads, searches in pages, refuses.

It holds the resources of one bundle. A search answers GET and POST to _search with `patient` and `code`, in
pages of ``page_size`` with next links. Kinds in ``forbidden`` are answered with an OperationOutcome, kinds in
``null`` with the JSON null. Every request is written down in ``asked``.
"""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Json = dict[str, Any]
_HEADERS = {
    "content-type": "application/fhir+json",
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "*",
}


@dataclass
class FhirServer:
    """What the server holds, how it answers, and what it was asked."""

    resources: list[Json]
    page_size: int = 100
    forbidden: frozenset[str] = frozenset()
    null: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, Any]:
        """Status and JSON of the reply to a request."""
        self.asked.append(f"{method} {target}")
        parts, query = urlsplit(target), parse_qs(urlsplit(target).query)
        if method == "POST":
            query |= parse_qs(body.decode())
        kind, _, mark = parts.path.strip("/").partition("/")
        if kind == "metadata":
            return 200, {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "status": "active"}
        if kind in self.forbidden:
            return 403, make_outcome("forbidden")
        if kind in self.null:
            return 200, None
        if mark and mark != "_search":
            return self._read(kind, mark)
        return 200, self._search(kind, {name: values[0] for name, values in query.items()})

    def _read(self, kind: str, mark: str) -> tuple[int, Json]:
        for each in self.resources:
            if (each["resourceType"], each.get("id")) == (kind, mark):
                return 200, each
        return 404, make_outcome("not-found")

    def _search(self, kind: str, query: dict[str, str]) -> Json:
        found = [each for each in self.resources if each["resourceType"] == kind and fits(each, query)]
        start, size = int(query.get("_offset", "0")), min(int(query.get("_count", "1000")), self.page_size)
        page = {"resourceType": "Bundle", "type": "searchset", "total": len(found),
                "timestamp": "2026-10-05T08:00:00+02:00",
                "entry": [{"resource": each} for each in found[start : start + size]]}  # fmt: skip
        if start + size < len(found):
            follow = urlencode({**query, "_offset": str(start + size), "_count": str(size)})
            page["link"] = [{"relation": "next", "url": f"{self.base}/{kind}?{follow}"}]
        return page


def make_outcome(code: str) -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


def fits(resource: Json, query: dict[str, str]) -> bool:
    """Whether a resource is of the patient, and has one of the codes, of a search."""
    subject = (resource.get("subject") or resource.get("patient") or {}).get("reference", "")
    codings = resource.get("code", {}).get("coding", [])
    coded = {f"{each.get('system')}|{each.get('code')}" for each in codings}
    wanted = set(filter(None, query.get("code", "").split(",")))
    return subject == f"Patient/{query.get('patient')}" and (not wanted or bool(wanted & coded))


@contextmanager
def serving_fhir(resources: list[Json], **how: Any) -> Iterator[FhirServer]:
    """The server on a free port of this machine, for pages of any origin; stopped at the end."""
    held = FhirServer(resources, **how)

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, value = held.answer(self.command, self.path, body)
            content = json.dumps(value).encode()
            self.send_response(status)
            for name, text in {**_HEADERS, "content-length": str(len(content))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_OPTIONS = respond  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: what was asked is written down in ``asked``."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def ask(address: str) -> Any:
    """The JSON at an address, also that of a refusal."""
    try:
        with urllib.request.urlopen(address, timeout=20) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as refused:
        return json.load(refused)


def ask_pages(address: str, most: int = 100) -> list[Json]:
    """The pages of a search, as a record system asks for them one after the other."""
    pages = [ask(address)]
    while len(pages) < most and (follow := find_next(pages[-1])):
        pages.append(ask(follow))
    return pages


def find_next(page: Json) -> str | None:
    links = page.get("link", []) if isinstance(page, dict) else []
    return next((link["url"] for link in links if link["relation"] == "next"), None)
