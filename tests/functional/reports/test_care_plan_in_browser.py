"""The pages of a care plan in a real browser: reachable for everybody, narrow, printable, asking nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stepdown.reports import PLAN_AUDIENCES, to_plan_html
from unit.reports.care_plan.severe_people import LOW_MOOD, SPMS, answer_for, answer_of

NMOSD = {"diagnosis": "NMOSD", "edss": [{"date": "2026-01", "score": 6.5}]}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of each page, as a file."""
    folder = tmp_path_factory.mktemp("plans")
    pages = {audience: to_plan_html(answer_of(LOW_MOOD), audience) for audience in PLAN_AUDIENCES}
    pages["person-spms"] = to_plan_html(answer_of(SPMS), "person")
    pages["other-disease"] = to_plan_html(answer_for(**NMOSD), "person")
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in pages}


NAMES = (*PLAN_AUDIENCES, "person-spms", "other-disease")
FIND_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('.hidden, .skip, svg, .scroll') && e.getBoundingClientRect().right > 321)
    .map(e => e.tagName + '.' + e.className)"""


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser_page: Any, written: dict[str, str], name: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    browser_page.goto(written[name])
    found = axe.run(browser_page)
    assert found.violations_count == 0, found.generate_report()
    browser_page.set_viewport_size({"width": 320, "height": 640})
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320
    assert browser_page.evaluate(FIND_WIDE) == []


def test_a_wide_picture_is_reached_by_the_keyboard_and_its_words_open(
    browser_page: Any, written: dict[str, str]
) -> None:
    browser_page.goto(written["person-spms"])
    assert browser_page.locator(".scroll[tabindex='0']").count() == 3
    assert not browser_page.locator("details li").first.is_visible()
    browser_page.locator("summary").focus()
    browser_page.keyboard.press("Enter")
    assert browser_page.locator("details li").first.is_visible()


@pytest.mark.parametrize(("name", "most"), [("team", 2), ("caregiver", 2), ("gp", 2), ("person", 6)])
def test_a_page_prints_on_a_sheet_of_a4(
    browser_page: Any, written: dict[str, str], name: str, most: int
) -> None:
    browser_page.goto(written[name])
    pdf = browser_page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf
    assert pdf.count(b"/Type /Page\n") <= most


def test_a_page_asks_the_network_for_nothing(browser_page: Any, written: dict[str, str]) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    for address in written.values():
        browser_page.goto(address)
    assert asked and all(Path(url).suffix == ".html" and url.startswith("file:") for url in asked)
