"""The whole way in a real browser, with TLS: from a card past both sign-ins to form and answer, and out."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from functional.cds_hooks.hospital import hosted, make_call
from functional.record_system import RecordSystem, Registered
from functional.sign_in.walking import make_sign_in
from functional.smart.walking import RESOURCES, hospital, list_system
from functional.web.certified import make_certificate
from functional.web.people import list_values
from functional.web.served import serving
from functional.web.test_workers import find_free_port
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.cds_hooks.card import App
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.doors import Doors


def draw_chart(system: RecordSystem, smart: SmartSettings) -> str:
    """The chart with the card that the hook gives: its link, as a record system opens a launch."""
    app = App(smart.address, smart.launch_address)
    with hosted(HooksSettings(is_demo=True, app=app)) as hooks:
        card = hooks.call("stepdown-patient-view", make_call("patient-view"))[-1]
    (link,) = card["links"]
    system.faults.token = {"appContext": link["appContext"]}
    asked = urlencode({"iss": system.iss, "launch": system.open_chart()})
    return (f"<!DOCTYPE html><title>A chart</title><p>{html.escape(card['summary'])}</p>"
            f'<a href="{html.escape(link["url"])}?{asked}">{html.escape(link["label"])}</a>')  # fmt: skip


@pytest.fixture
def launched(tmp_path: Path, chromium: Any) -> Iterator[tuple[Any, RecordSystem, Any]]:
    """A browser at the chart, the hospital, and the pages behind TLS."""
    port = find_free_port()
    address = f"https://127.0.0.1:{port}/"
    registered = Registered(back=(f"{address}smart/callback", f"{address}sign-in/callback"))
    with hospital(registered=registered, asks=True) as system:
        listed = list_system(system)
        smart = SmartSettings(address, {listed.iss: listed})
        system.chart = draw_chart(system, smart)
        config = {"port": port, **make_certificate(tmp_path)}
        doors = Doors(smart, replace(make_sign_in(system), address=address))
        with serving(doors=doors, config=config, posts_per_minute=0) as served:
            context = chromium.new_context(ignore_https_errors=True)
            page = context.new_page()
            page.goto(f"{system.base}/chart")
            yield page, system, served
            context.close()


def test_the_link_of_a_card_leads_past_the_sign_in_to_the_form_and_the_answer(
    launched: tuple[Any, RecordSystem, Any],
) -> None:
    page, _, _ = launched
    page.get_by_role("link", name="All options, with risks and sources").click()
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/authorize?*launch=*")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Read from the record system").wait_for()
    assert page.get_by_label("Drug", exact=True).first.input_value() != ""
    assert not [each for each in list_values(RESOURCES) if len(each) > 5 and each in page.url]
    assert page.evaluate("document.cookie") == ""
    assert {tell(each) for each in page.context.cookies()} == {
        ("__Host-stepdown-browser", True, True, "Lax"),
        ("__Host-stepdown-session", True, True, "Lax"),
    }
    page.get_by_role("button", name="Show the answer").last.click()
    page.get_by_role("heading", name="What if?").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out at the clinic too").click()
    page.get_by_text("Signed out of the clinic.").wait_for()


def tell(cookie: Any) -> tuple[Any, ...]:
    return tuple(cookie[name] for name in ("name", "httpOnly", "secure", "sameSite"))
