"""Signs in and out in a browser at an issuer made of node-oidc-provider, somebody else's OpenID Provider.

Each line printed is one way of being registered there, with what the browser got at the end.

Usage: python validation/oidc-provider/drive.py FOLDER_WITH_NODE_MODULES
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.append(str(CHECKOUT / "tests"))


@dataclass(frozen=True)
class Way:
    """One way of being registered: our side, the issuer's side, and who may come in."""

    name: str
    client: Any
    known: dict[str, Any] = field(default_factory=dict)
    domain: str = "hospital.example"


def list_ways() -> Iterator[Way]:
    """How we may be registered, rightly and wrongly."""
    from joserfc.jwk import ECKey, RSAKey

    from stepdown.interfaces.oauth.client import Client

    yield Way("public, PKCE", Client("c"), {"token_endpoint_auth_method": "none"})
    secret = {"token_endpoint_auth_method": "client_secret_basic", "client_secret": "an invented: secret/+&"}
    yield Way("secret", Client("c", secret=secret["client_secret"]), secret)
    yield Way("another secret", Client("c", secret="another"), secret)
    keys: dict[str, Any] = {"ES384": ECKey.generate_key("P-384", {"kid": "ours"}),
                            "RS384": RSAKey.generate_key(2048, {"kid": "ours"})}  # fmt: skip
    for name, key in keys.items():
        known = {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": name,
                 "jwks": {"keys": [{**key.as_dict(private=False), "use": "sig"}]}}  # fmt: skip
        yield Way(f"key, {name}", Client("c", key), known)
    yield Way("another key", Client("c", RSAKey.generate_key(2048, {"kid": "ours"})), known)
    yield Way("another domain", Client("c"), {"token_endpoint_auth_method": "none"}, "clinic.example")


@contextmanager
def serving_issuer(folder: Path, port: int, address: str, known: dict[str, Any]) -> Iterator[str]:
    """The issuer on a port, which knows us in one way."""
    client = {"client_id": "c", "redirect_uris": [f"{address}sign-in/callback"], "response_types": ["code"],
              "grant_types": ["authorization_code"], "post_logout_redirect_uris": [f"{address}signed-out"],
              **known}  # fmt: skip
    told = {**os.environ, "PORT": str(port), "CLIENTS": json.dumps([client])}
    program = str(Path(__file__).with_name("provider.mjs"))
    process = subprocess.Popen(["node", program], cwd=folder, env=told, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
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


def walk(page: Any, address: str) -> str:
    """What the browser got: the heading at the end of the sign-in, then of the sign-out."""
    page.goto(address)
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.locator("[name=login]").fill("invented-1")
    page.locator("[name=password]").fill("x")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{address}**")
    found = page.locator("h1").inner_text()
    if page.get_by_role("button", name="Sign out").count() == 0:
        return f"{found}: {page.locator('.alert').inner_text()}"
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out at the clinic too").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{address}signed-out**")
    return f"{found} | {page.locator('h1').inner_text()}"


def try_way(folder: Path, browser: Any, way: Way) -> str:
    """Sign in and out in one way."""
    from functional.web.certified import make_certificate
    from functional.web.served import serving
    from functional.web.test_workers import find_free_port
    from stepdown.interfaces.oauth.outside import Way as Reached
    from stepdown.interfaces.oauth.outside import find_origin
    from stepdown.interfaces.oauth.settings import make_trust
    from stepdown.interfaces.sign_in.allowed import Allowed
    from stepdown.interfaces.sign_in.settings import SignInSettings
    from stepdown.interfaces.web.doors import Doors

    port, theirs = find_free_port(), find_free_port()
    address = f"https://127.0.0.1:{port}/"
    with serving_issuer(folder, theirs, address, way.known) as issuer, tempfile.TemporaryDirectory() as made:
        reached = Reached(frozenset({find_origin(issuer) or ""}), make_trust(None))
        allowed = Allowed(email_domains=frozenset({way.domain}))
        doors = Doors(sign_in=SignInSettings(address, issuer, way.client, reached, allowed, "openid email"))
        config = {"port": port, **make_certificate(Path(made))}
        with serving(doors=doors, config=config, posts_per_minute=0):
            context = browser.new_context(ignore_https_errors=True)
            told = walk(context.new_page(), address)
            context.close()
    return told


def main() -> None:
    """Try all ways, and print a line for each."""
    from playwright.sync_api import sync_playwright

    folder = Path(sys.argv[1]).resolve()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for way in list_ways():
            print(f"| {way.name} | {try_way(folder, browser, way)} |", flush=True)
        browser.close()


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    main()
