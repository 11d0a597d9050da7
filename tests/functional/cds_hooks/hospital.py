"""What stands for the hospital in these tests: its record, its calls, its keys, and a real socket."""

from __future__ import annotations

import http.client
import io
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from functional.web.served import Reply
from stepdown.interfaces.cds_hooks.app import LOG, HooksSettings
from stepdown.interfaces.web.serving import make_application, make_config
from stepdown.interfaces.web.settings import Settings

RECORD = json.loads(Path("examples/fhir/invented-ms-bundle.json").read_text(encoding="utf-8"))
NEVER_ASKED = "http://127.0.0.1:9/never-asked"
#: The day for which the dates of the invented record were written.
AS_OF = date(2026, 12, 1)
_KINDS = {
    "conditions": "Condition",
    "requests": "MedicationRequest",
    "statements": "MedicationStatement",
    "administrations": "MedicationAdministration",
    "observations": "Observation",
    "procedures": "Procedure",
    "imaging": "ImagingStudy",
    "reports": "DiagnosticReport",
}


def count_from_today(text: str) -> str:
    """Every whole date as many days before today as it was before AS_OF: what is recent stays so."""
    apart = date.today() - AS_OF
    return re.sub(r"\b\d{4}-\d\d-\d\d(?!\d)", lambda day: str(date.fromisoformat(day[0]) + apart), text)


def make_call(hook: str) -> dict[str, Any]:
    """A call for the invented person, with the whole prefetch, as if written today."""
    found = json.loads(count_from_today(json.dumps([entry["resource"] for entry in RECORD["entry"]])))
    prefetch: dict[str, Any] = {"patient": found[0]}
    for key, kind in _KINDS.items():
        rows = [{"resource": each} for each in found if each["resourceType"] == kind]
        prefetch[key] = {"resourceType": "Bundle", "type": "searchset", "entry": rows}
    context = {"userId": "Practitioner/invented", "patientId": "invented-fhir-1"}
    return {"hook": hook, "hookInstance": str(uuid4()), "context": context, "prefetch": prefetch,
            "fhirServer": NEVER_ASKED}  # fmt: skip


def make_keys() -> KeySet:
    """Two new keys of the hospital."""
    return KeySet([ECKey.generate_key("P-384", {"kid": "ec"}), RSAKey.generate_key(2048, {"kid": "rsa"})])


def make_token(keys: KeySet, algorithm: str, jku: str = NEVER_ASKED, **change: Any) -> str:
    """A token for this service, naming an address of keys; None takes a claim away."""
    now = time.time()
    claims = {"iss": "https://hospital.example", "aud": "https://stepdown.example/cds-services",
              "iat": int(now), "exp": int(now) + 120, "jti": str(uuid4())}  # fmt: skip
    claims = {name: value for name, value in (claims | change).items() if value is not None}
    kid = "ec" if algorithm.startswith("ES") else "rsa"
    header = {"alg": algorithm, "kid": kid, "jku": jku}
    return jwt.encode(header, claims, keys, algorithms=[algorithm])


@dataclass
class Hospital:
    """A running service, and how the hospital asks it."""

    port: int
    log: io.StringIO = field(repr=False)

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, named, content.decode("utf-8"), content)

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, b"", headers)

    def post(self, service: str, body: dict[str, Any], token: str | None = None) -> Reply:
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.ask("POST", f"/cds-services/{service}", json.dumps(body).encode(), headers)

    def call(self, service: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        reply = self.post(service, body)
        assert reply.status == 200, reply.text
        return list(json.loads(reply.text)["cards"])


@contextmanager
def hosted(hooks: HooksSettings) -> Iterator[Hospital]:
    """The service on a free port, stopped at the end."""
    import uvicorn

    config = make_config(make_application(Settings(), hooks), 40.0, port=0)
    server, log = uvicorn.Server(config), io.StringIO()
    handler = logging.StreamHandler(log)
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Hospital(server.servers[0].sockets[0].getsockname()[1], log)
    finally:
        server.should_exit = True
        thread.join(20)
        LOG.removeHandler(handler)
