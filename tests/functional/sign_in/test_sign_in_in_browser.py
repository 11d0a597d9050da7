"""Signing in and out in a real browser, with TLS; what a session of another host or script could do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from functional.record_system import RecordSystem, Registered
from functional.sign_in.walking import WITH_TLS, make_sign_in
from functional.smart.walking import hospital
from functional.web.certified import make_certificate
from functional.web.served import serving
from functional.web.test_workers import find_free_port
from stepdown.interfaces.web.doors import Doors

# The walk of a launch signs in and out in a browser too; this looks closer, with the long runs.
pytestmark = pytest.mark.validate


@pytest.fixture
def visited(tmp_path: Path, chromium: Any) -> Iterator[tuple[Any, str, RecordSystem]]:
    """A browser that knows nothing yet, the address of the pages behind TLS, and the issuer."""
    port = find_free_port()
    address = f"https://127.0.0.1:{port}/"
    registered = Registered(back=(f"{address}sign-in/callback",))
    with hospital(registered=registered, asks=True) as issuer:
        doors = Doors(sign_in=replace(make_sign_in(issuer), address=address))
        with serving(doors=doors, config={"port": port, **make_certificate(tmp_path)}, posts_per_minute=0):
            context = chromium.new_context(ignore_https_errors=True)
            yield context.new_page(), address, issuer
            context.close()


def test_signing_in_and_out_by_hand(visited: tuple[Any, str, RecordSystem]) -> None:
    page, address, issuer = visited
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(f"{address}?from=here")
    assert axe.run(page).violations_count == 0
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Or fill in the form").wait_for()
    assert page.url == f"{address}?from=here"
    (cookie,) = [each for each in page.context.cookies() if each["name"] == WITH_TLS]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Sign out").click()
    assert axe.run(page).violations_count == 0
    page.get_by_role("link", name="Sign out at the clinic too").click()
    page.get_by_text("Signed out of the clinic.").wait_for()
    page.goto(address)
    assert page.get_by_role("heading", name="Sign in to go on").count() == 1
    assert issuer.asked[-1].startswith("GET /end?client_id=")


def test_a_form_that_met_the_end_of_a_session_is_sent_again_after_signing_in(
    visited: tuple[Any, str, RecordSystem],
) -> None:
    page, address, _ = visited
    page.goto(address)
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Or fill in the form").wait_for()
    page.context.clear_cookies()
    page.get_by_role("button", name="Show the answer").nth(1).click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.get_by_role("heading", name="Or fill in the form").wait_for()
    page.reload()
    page.get_by_role("heading", name="What if?").wait_for()
