"""A browser that walks a launch step by step over real sockets, so that each step can be done wrong."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from functional.record_system import RecordSystem, serving_record_system
from functional.web.served import Reply, Served, serving
from stepdown.interfaces.oauth.client import Client
from stepdown.interfaces.oauth.outside import Way, find_origin
from stepdown.interfaces.oauth.settings import make_trust
from stepdown.interfaces.smart.settings import RecordSystem as Listed
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.doors import Doors

RECORD = json.loads(Path("examples/fhir/invented-ms-bundle.json").read_text(encoding="utf-8"))
RESOURCES = [entry["resource"] for entry in RECORD["entry"]]
HOST = "stepdown.example"
ADDRESS = f"https://{HOST}/"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Browser:
    """One browser: where the pages are, and its cookies for them."""

    served: Served
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        return self._keep(self.served.get(path, Host=HOST, Cookie=self._say_cookies(), **headers))

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Reply:
        given = {"Origin": f"https://{HOST}", "Host": HOST, "Cookie": self._say_cookies(), **headers}
        return self._keep(self.served.post(path, fields, **given))

    def _say_cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep(self, reply: Reply) -> Reply:
        for line in reply.headers.get("set-cookie", "").split("\n"):
            pair, _, how = line.partition(";")
            name, _, value = pair.partition("=")
            if "Max-Age=0" in how:
                self.cookies.pop(name, None)
            elif name:
                self.cookies[name] = value
        return reply

    def begin(self, iss: str, mark: str) -> Reply:
        """Open a launch, as a record system does in a new tab."""
        return self.get(f"/smart/launch?{urlencode({'iss': iss, 'launch': mark})}")

    def sign_in(self, address: str) -> str:
        """Follow a redirect to an authorization server, and give back where it sends the browser."""
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(address, timeout=20) as reply:
                raise AssertionError(reply.read().decode())
        except urllib.error.HTTPError as answer:
            assert answer.code == 303, answer.read().decode()
            return str(answer.headers["location"])

    def come_back(self, location: str, **change: str) -> Reply:
        """Open the address to which the authorization server sends the browser, with some of it changed."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}/" == ADDRESS
        asked = {**dict(parse_qsl(parts.query)), **change}
        return self.get(f"{parts.path}?{urlencode(asked)}")

    def read_line(self, reply: Reply) -> dict[str, Any]:
        """The line in the log for a reply; it is written when the reply is sent."""
        for _ in range(500):
            lines = [json.loads(line) for line in self.served.log.getvalue().splitlines()]
            found = [line for line in lines if line["request"] == reply.headers["x-request-id"]]
            if found:
                return dict(found[0])
            time.sleep(0.01)
        raise AssertionError("no line for this reply")

    def go(self, system: RecordSystem) -> str:
        """A launch up to the address to come back to."""
        reply = self.begin(system.iss, system.open_chart())
        assert reply.status == 303, reply.text
        return self.sign_in(reply.headers["location"])

    def walk(self, system: RecordSystem) -> Reply:
        """A whole launch: from the chart to the form, or to where it ends."""
        reply = self.begin(system.iss, system.open_chart())
        return self.come_back(self.sign_in(reply.headers["location"])) if reply.status == 303 else reply


def list_system(system: RecordSystem, **change: Any) -> Listed:
    """The record system as a settings file lists it."""
    origins = frozenset({find_origin(system.base) or ""})
    listed = Listed(system.iss, Client(system.registered.client_id), Way(origins, make_trust(None)))
    return replace(listed, **change)


@contextmanager
def launching(system: RecordSystem, listed: Listed | None = None, **limits: Any) -> Iterator[Browser]:
    """A browser before pages that this record system may launch."""
    chosen = listed or list_system(system)
    smart = SmartSettings(ADDRESS, {chosen.iss: chosen}, **limits)
    names = ("127.0.0.1", HOST)
    with serving(names=names, posts_per_minute=0, seconds_to_answer=300.0, doors=Doors(smart)) as served:
        yield Browser(served)


@contextmanager
def hospital(resources: Any = None, **how: Any) -> Iterator[RecordSystem]:
    """The hospital with the invented person, or others."""
    with serving_record_system(RESOURCES if resources is None else resources, **how) as running:
        yield running
