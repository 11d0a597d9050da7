"""Drives the CDS Hooks Sandbox in a browser against `stepdown serve --hooks-demo`, and keeps the JSON.

The sandbox (github.com/cds-hooks/sandbox) plays the record system: it asks discovery, fills the prefetch
from our own FHIR server with the invented record, calls the hooks, and draws the cards. What is exchanged
goes, one file a hook, into a folder; `tests/functional/cds_hooks/test_exchanged.py` replays it.

Usage: python validation/cds-hooks-sandbox/drive.py BUILT_SANDBOX FOLDER [--screenshots FOLDER]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.append(str(CHECKOUT / "tests"))
RECORD = CHECKOUT / "examples" / "fhir" / "invented-ms-bundle.json"
WHO = "invented-fhir-1"
#: An MS drug of the sandbox's own list.
ORDERED = "fingolimod"
#: The hooks, and the screen that calls each.
SCREENS = {"patient-view": "patient-view", "order-select": "rx-view", "order-sign": "rx-sign"}
#: Addresses and marks that differ from run to run, and what is kept in their place.
KEPT = {"fhirServer": "http://127.0.0.1:8080", "hookInstance": "00000000-0000-4000-8000-000000000000"}


@contextmanager
def serving_files(folder: Path) -> Iterator[str]:
    """The built sandbox as pages on a free port."""
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def serving_stepdown(origin: str, port: int = 8321) -> Iterator[str]:
    """The command as a clinic starts it, for a page of this origin."""
    command = [str(Path(sys.executable).with_name("stepdown")), "serve", "--port", str(port), "--hooks-demo",
               "--hooks-origin", origin, "--app-url", "https://stepdown.example/"]  # fmt: skip
    process = subprocess.Popen(command)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address: str) -> None:
    """Wait until a server answers; SystemExit where it does not within half a minute."""
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def drive_hook(
    browser: Any, sandbox: str, fhir: str, service: str, hook: str, shots: Path | None
) -> list[dict[str, Any]]:
    """What the sandbox and the service exchange on one screen: requests with their replies."""
    page, exchanged = browser.new_page(viewport={"width": 1400, "height": 1000}), []

    def keep(reply: Any) -> None:
        if reply.url.startswith(f"{service}/cds-services") and reply.request.method != "OPTIONS":
            exchanged.append(reply)

    page.on("response", keep)
    query = {"fhirServiceUrl": fhir, "patientId": WHO, "serviceDiscoveryURL": f"{service}/cds-services",
             "hook": hook, "screen": SCREENS[hook]}  # fmt: skip
    page.goto(f"{sandbox}/index.html?{urlencode(query)}")
    page.wait_for_load_state("networkidle")
    if hook != "patient-view":
        choose_drug(page)
    if hook == "order-sign":
        page.get_by_role("button", name="Sign Order").click()
    page.wait_for_timeout(3_000)
    if shots:
        page.screenshot(path=str(shots / f"{hook}.png"))
    found = [to_exchange(reply) for reply in exchanged]
    page.close()
    return found


def choose_drug(page: Any) -> None:
    """Type the drug and follow the sandbox's list, from the substance to one form of it."""
    page.locator("input[name=medication-input]").fill(ORDERED)
    listed = page.locator("form .MuiList-root .MuiListItemButton-root")
    page.wait_for_timeout(2_000)
    while listed.count():
        listed.first.click()
        page.wait_for_timeout(2_000)


def to_exchange(reply: Any) -> dict[str, Any]:
    """One request with its reply, as plain data without what differs from run to run."""
    sent = reply.request.post_data
    asked = json.loads(sent) if sent else None
    if asked:
        asked |= KEPT
    path = "/" + reply.url.split("/", 3)[3]
    allowed = reply.headers.get("access-control-allow-origin", "")
    return {"method": reply.request.method, "path": path, "request": asked, "status": reply.status,
            "is_allowed_to_the_page": bool(allowed), "reply": reply.json()}  # fmt: skip


def replace_address(value: Any, address: str) -> Any:
    """The same values with the address of our server as it is kept."""
    return json.loads(json.dumps(value).replace(address, KEPT["fhirServer"]))


def main() -> None:
    """Drive all three hooks, and write what was exchanged."""
    from playwright.sync_api import sync_playwright

    from functional.fhir_server import serving_fhir

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sandbox", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--screenshots", type=Path)
    given = parser.parse_args()
    resources = [entry["resource"] for entry in json.loads(RECORD.read_text("utf-8"))["entry"]]
    with (
        serving_fhir(resources, page_size=3) as fhir,
        serving_files(given.sandbox) as sandbox,
        serving_stepdown(sandbox) as service,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for hook in SCREENS:
            found = drive_hook(browser, sandbox, fhir.base, service, hook, given.screenshots)
            text = json.dumps(replace_address(found, fhir.base), indent=1) + "\n"
            (given.folder / f"{hook}.json").write_text(text, encoding="utf-8")
            print(f"{hook}: {[(each['method'], each['path'], each['status']) for each in found]}")


if __name__ == "__main__":
    main()
