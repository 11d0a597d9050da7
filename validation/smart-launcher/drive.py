"""Walks launches against the SMART App Launcher, somebody else's authorization server.

The launcher (github.com/smart-on-fhir/smart-launcher-v2) plays the record system before our own FHIR server
with the invented record in pages of three; it signs in and allows without asking. Each line printed is one
way of being registered there: the status of the page at the end, and what it holds or why the launch ended.

Usage: python validation/smart-launcher/drive.py FOLDER_OF_THE_LAUNCHER
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.append(str(CHECKOUT / "tests"))
WHO = "invented-fhir-1"
_PUBLIC, _SECRET, _KEY = range(3)


def write_launch(kind: int = _PUBLIC, **how: str) -> str:
    """The mark of a launch as the launcher writes it: whom it opens, and how it knows the client."""
    names = ("scope", "redirect_uris", "client_id", "client_secret", "auth_error", "jwks_url", "jwks")
    told = [how.get(name, "") for name in names]
    mark = [0, WHO, "invented-practitioner", "NONE", 1, 1, 0, *told, kind, 2, ""]
    return urlsafe_b64encode(json.dumps(mark).encode()).rstrip(b"=").decode()


@contextmanager
def serving_launcher(folder: Path, fhir: str) -> Iterator[str]:
    """The launcher on a free port, in front of this FHIR server."""
    from functional.web.test_workers import find_free_port

    port = find_free_port()
    told = {"PORT": str(port), "HOST": "127.0.0.1", "FHIR_SERVER_R4": fhir, "FHIR_SERVER_R2": "",
            "FHIR_SERVER_R3": "", "SECRET": "invented"}  # fmt: skip
    command = ["node_modules/.bin/ts-node", "--skipProject", "--transpile-only", "backend/index.ts"]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **told}, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/v/r4/fhir/.well-known/smart-configuration")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str) -> None:
    """Return when an address answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def follow(address: str) -> str:
    """Where the authorization endpoint sends the browser."""
    from functional.smart.walking import NoRedirect

    try:
        urllib.request.build_opener(NoRedirect).open(address, timeout=20).close()
    except urllib.error.HTTPError as answer:
        return str(answer.headers.get("location"))
    raise SystemExit("the launcher asked something")


def walk_launch(base: str, client: Any, mark: str) -> tuple[int, str]:
    """The status of the page at the end of a launch, and what it holds or why it ended."""
    from functional.smart.walking import ADDRESS, Browser
    from stepdown.interfaces.smart.settings import RecordSystem, SmartSettings
    from stepdown.interfaces.web.doors import Doors

    iss = f"{base}/v/r4/fhir"
    smart = SmartSettings(ADDRESS, {iss: RecordSystem(iss, client, find_way(base))})
    with serving_pages(Doors(smart)) as served:
        browser = Browser(served)
        reply = browser.come_back(follow(browser.begin(iss, mark).headers["location"]))
        used = re.search(r"\d+ of \d+ entries were used", reply.text)
        return reply.status, used[0] if used else str(browser.read_line(reply)["refusal"])


def find_way(base: str) -> Any:
    """The launcher as the one server that may be asked."""
    from stepdown.interfaces.oauth.outside import Way, find_origin
    from stepdown.interfaces.oauth.settings import make_trust

    return Way(frozenset({find_origin(base) or ""}), make_trust(None))


def serving_pages(doors: Any) -> Any:
    """The pages, for launches or a sign-in."""
    from functional.smart.walking import HOST
    from functional.web.served import serving

    return serving(names=("127.0.0.1", HOST), posts_per_minute=0, doors=doors)


def list_ways() -> Iterator[tuple[str, Any, str]]:
    """How we may be registered at the launcher, rightly and wrongly: our side, and its side."""
    from joserfc.jwk import ECKey, RSAKey

    from stepdown.interfaces.oauth.client import Client

    keys: dict[str, Any] = {"ES384": ECKey.generate_key("P-384", {"kid": "ours"}),
                            "RS384": RSAKey.generate_key(2048, {"kid": "ours"})}  # fmt: skip
    yield "public, PKCE", Client("invented"), write_launch()
    for name, key in keys.items():
        known = json.dumps({"keys": [{**key.as_dict(private=False), "alg": name}]})
        mark = write_launch(_KEY, client_id="invented", jwks=known)
        yield f"key, {name}", Client("invented", key), mark
    yield "another key", Client("invented", ECKey.generate_key("P-384", {"kid": "ours"})), mark
    secret = write_launch(_SECRET, client_id="invented", client_secret="s3cret-_.~")
    yield "secret", Client("invented", secret="s3cret-_.~"), secret
    yield "another secret", Client("invented", secret="another"), secret
    yield "a scope it refuses", Client("invented"), write_launch(auth_error="auth_invalid_scope")
    yield "a token it refuses", Client("invented"), write_launch(auth_error="token_invalid_token")


def main() -> None:
    """Walk them all, and print a line for each."""
    from functional.fhir_server import serving_fhir
    from functional.smart.walking import RESOURCES

    with (
        serving_fhir(RESOURCES, page_size=3) as fhir,
        serving_launcher(Path(sys.argv[1]).resolve(), fhir.base) as base,
    ):
        for name, client, mark in list_ways():
            print(f"| {name} | {' | '.join(map(str, walk_launch(base, client, mark)))} |")


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    main()
