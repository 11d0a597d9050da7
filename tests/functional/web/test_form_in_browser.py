"""The form and the answer in a real browser: by keyboard, narrow, without JavaScript, in print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from functional.web.served import Served

# A real browser through every view: minutes, so with the long runs.
pytestmark = pytest.mark.validate

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NARROW = {"width": 320, "height": 640}
FIND_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('.hidden, .skip, .unseen, svg, option, datalist') && !e.matches('.wide img'))
    .filter(e => e.getBoundingClientRect().right > 321)
    .map(e => e.tagName + '.' + e.className)"""
MEASURE_TARGETS = """() => [...document.querySelectorAll('nav a, button, select, input, textarea')]
    .filter(e => !e.matches('.unseen, [type=hidden]'))
    .map(e => (e.closest('label.tick') || e).getBoundingClientRect().height)"""

#: Pictures that stand beside each other end at one height.
TOPS = "found => found.map(e => Math.round(e.getBoundingClientRect().bottom))"


def open_start(page: Any, served: Served) -> None:
    page.goto(f"{served.origin}/")


def open_filled(page: Any, served: Served) -> None:
    open_start(page, served)
    page.get_by_role("button", name="Fill the form").last.click()


def open_faulty(page: Any, served: Served) -> None:
    open_filled(page, served)
    page.get_by_label("Age in full years").fill("61")
    page.get_by_role("button", name="Show the answer").last.click()


def open_answer(page: Any, served: Served) -> None:
    open_start(page, served)
    page.get_by_role("button", name="Show the answer").nth(1).click()


def open_supposed(page: Any, served: Served) -> None:
    open_answer(page, served)
    page.get_by_label("Last MRI").select_option("new-active")
    page.wait_for_selector("#moved table")


def open_bundle(page: Any, served: Served) -> None:
    open_start(page, served)
    page.locator("#file").set_input_files(str(EXAMPLES / "fhir" / "invented-ms-bundle.json"))
    page.get_by_role("button", name="Show the answer").first.click()
    page.get_by_text("What was left out, and why").click()


def open_findings(page: Any, served: Served) -> None:
    open_answer(page, served)
    page.get_by_role("button", name="The findings behind the numbers").click()
    page.get_by_text("The same in words").first.click()


def open_nothing(page: Any, served: Served) -> None:
    page.goto(f"{served.origin}/no-such-page")


OPENED = (open_start, open_filled, open_faulty, open_supposed, open_bundle, open_findings, open_nothing)
every_page = pytest.mark.parametrize("opened", OPENED, ids=lambda opened: opened.__name__)


@every_page
def test_axe_finds_nothing(page: Any, served: Served, opened: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    opened(page, served)
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


@every_page
def test_a_page_fits_a_phone_and_a_finger_and_the_browser_complains_of_nothing(
    page: Any, served: Served, opened: Any
) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.set_viewport_size(NARROW)
    opened(page, served)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(FIND_WIDE) == []
    assert min(page.evaluate(MEASURE_TARGETS)) >= 44
    assert [text for text in told if "422" not in text and "404" not in text] == []


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the element with this id, or a button with this text, has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if name in page.evaluate("[document.activeElement.id, document.activeElement.textContent.trim()]"):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_person_is_entered_and_answered_by_keyboard_alone(page: Any, served: Served) -> None:
    open_start(page, served)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for name, text in (("f-age", "61"), ("f-diagnosis", "MS"), ("f-course", "rel")):
        tab_to(page, name)
        page.keyboard.type(text)
    tab_to(page, "Show the answer")
    page.keyboard.press("Enter")
    page.wait_for_selector("#h-options")
    assert page.locator(".badge").count() > 0


def test_errors_have_the_focus_and_lead_to_their_field(page: Any, served: Served) -> None:
    open_faulty(page, served)
    assert page.evaluate("document.activeElement.classList.contains('complaints')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "f-age"


def test_the_answer_moves_at_once_and_the_keyboard_stays_where_it_is(page: Any, served: Served) -> None:
    open_answer(page, served)
    page.locator("#if_age").focus()
    page.keyboard.type("45")
    page.keyboard.press("Tab")
    page.wait_for_selector("#moved table")
    assert page.locator("#moved ins").count() > 0
    assert page.evaluate("document.activeElement.id") == "if_quiet"
    assert page.url == f"{served.origin}/answer"


def test_the_answer_moves_without_javascript_too(chromium: Any, served: Served) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    open_answer(page, served)
    page.locator("#if_age").fill("45")
    page.get_by_role("button", name="Show how the answer moves").click()
    assert page.locator("#moved ins").count() > 0
    assert page.locator("#if_age").input_value() == "45"
    context.close()


def test_the_whole_way_goes_without_javascript(chromium: Any, served: Served) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    open_filled(page, served)
    page.get_by_role("button", name="Add another relapse").click()
    page.get_by_role("button", name="Show the answer").last.click()
    assert page.locator("h1").inner_text().startswith("Options for invented-01")
    page.get_by_role("button", name="Change the facts").click()
    assert page.get_by_label("Date of birth").input_value() == "1965-05-14"
    context.close()


def test_the_address_and_the_title_say_nothing_of_the_person(page: Any, served: Served) -> None:
    open_answer(page, served)
    assert page.url == f"{served.origin}/answer"
    assert page.title() == "Options - stepdown"
    kept = page.evaluate("[localStorage, sessionStorage].flatMap(Object.values).concat(document.cookie)")
    assert set(kept) <= {"", "/answer", "/"}


def test_in_print_the_answer_has_no_buttons(page: Any, served: Served) -> None:
    open_answer(page, served)
    page.emulate_media(media="print")
    assert page.locator("button:visible, nav:visible").count() == 0
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
    tops = page.locator(".icon-row").first.locator("figure:not(.curve)").evaluate_all(TOPS)
    assert len(set(tops)) < len(tops)


def test_in_print_what_is_not_advised_can_be_read_without_backgrounds(page: Any, served: Served) -> None:
    """Browsers leave backgrounds out of print unless they are asked to: white words were all but gone."""
    open_start(page, served)
    page.locator("select[name=example]").select_option("03-fingolimod-spms-52.toml")
    page.get_by_role("button", name="Show the answer").nth(1).click()
    page.emulate_media(media="print")
    badge = page.locator(".badge.not-advised").first
    assert badge.evaluate("e => getComputedStyle(e).color") != "rgb(255, 255, 255)"
