"""`stepdown serve --smart`, as a clinic runs it: a card, its link, a launch, and the form by a worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from functional.cds_hooks.hospital import make_call
from functional.smart.walking import HOST, Browser, hospital
from functional.web.served import Served
from functional.web.test_workers import find_free_port

# Its processes take seconds to begin, and the parts of it are tested one by one.
pytestmark = pytest.mark.validate


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "record-systems.toml"


def start(port: int, settings: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("stepdown")), "serve", "--port", str(port), "--hooks-demo",
               "--smart", str(settings)]  # fmt: skip
    with log.open("wb") as into:
        # A proxy of this machine has no part in it.
        process = subprocess.Popen(command, stderr=into, env={**os.environ, "HTTP_PROXY": "http://127.0.0.1:9"})
    for _ in range(600):
        if b"pages at" in log.read_bytes():
            return process
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def test_the_link_of_a_card_leads_to_the_form_of_the_chart(settings: Path, tmp_path: Path) -> None:
    port, log = find_free_port(), tmp_path / "log"
    with hospital() as system:
        settings.write_text(f'address = "https://{HOST}"\n[[record_system]]\niss = "{system.iss}"\n'
                            f'client_id = "{system.registered.client_id}"\n', "utf-8")  # fmt: skip
        process = start(port, settings, log)
        try:
            browser = Browser(Served(port, None, None))  # type: ignore[arg-type]
            body = json.dumps(make_call("patient-view")).encode()
            reply = browser.served.ask("POST", "/cds-services/stepdown-patient-view", body,
                                       {"Content-Type": "application/json"})  # fmt: skip
            card = json.loads(reply.text)["cards"][-1]
            (link,) = card["links"]
            system.faults.token = {"appContext": link["appContext"]}
            page = browser.walk(system)
        finally:
            process.terminate()
            process.wait(60)
    assert (link["type"], link["url"]) == ("smart", f"https://{HOST}/smart/launch")
    assert link["appContext"] == card["uuid"]
    assert (page.status, "Read from the record system" in page.text) == (200, True)
    assert f'"card": "{card["uuid"]}"' in log.read_text("utf-8")
