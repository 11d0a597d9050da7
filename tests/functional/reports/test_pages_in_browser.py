"""The pages in a real browser: reachable for everybody, narrow, printable, and with the right pictures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepdown.reports import Clinic, to_html
from stepdown.reports.icon_array import draw_icons
from unit.reports.invented_answers import INVENTED

PAGES = [(name, audience) for name in sorted(INVENTED) for audience in ("clinician", "patient")]
NARROW = {"width": 320, "height": 640}
CLINIC = Clinic("Invented clinic", "000 000 00", "000 000 01")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """The address of each page, as a file."""
    folder = tmp_path_factory.mktemp("pages")
    addresses = {}
    for name, audience in PAGES:
        path = folder / f"{name}-{audience}.html"
        path.write_text(to_html(INVENTED[name](), audience, CLINIC), encoding="utf-8")
        addresses[name, audience] = path.as_uri()
    return addresses


@pytest.mark.parametrize("which", PAGES, ids="-".join)
def test_axe_finds_nothing(
    browser_page: Any, written: dict[tuple[str, str], str], which: tuple[str, str]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    browser_page.goto(written[which])
    # axe runs as a script of the page, which the page itself forbids; the browser lets it in.
    found = axe.run(browser_page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("which", PAGES, ids="-".join)
def test_nothing_sticks_out_at_320_pixels(
    browser_page: Any, written: dict[tuple[str, str], str], which: tuple[str, str]
) -> None:
    browser_page.set_viewport_size(NARROW)
    browser_page.goto(written[which])
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320
    assert browser_page.evaluate(FIND_WIDE) == []


FIND_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('.hidden, .skip, svg') && e.getBoundingClientRect().right > 321)
    .map(e => e.tagName + '.' + e.className)"""


@pytest.mark.parametrize("which", PAGES, ids="-".join)
def test_a_finger_can_hit_every_link_of_the_contents(
    browser_page: Any, written: dict[tuple[str, str], str], which: tuple[str, str]
) -> None:
    """44 pixels high, as WCAG 2.2 (2.5.5) asks; a box to tick is hit by its label."""
    browser_page.set_viewport_size(NARROW)
    browser_page.goto(written[which])
    heights = browser_page.evaluate(
        "[...document.querySelectorAll('nav a, input')]"
        ".map(e => (e.closest('label') || e).getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 44


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_a_page_prints_on_a4(browser_page: Any, written: dict[tuple[str, str], str], audience: str) -> None:
    browser_page.goto(written["injectable", audience])
    pdf = browser_page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf


def test_print_shows_every_standing_and_hides_the_links_of_the_screen(
    browser_page: Any, written: dict[tuple[str, str], str]
) -> None:
    browser_page.goto(written["injectable", "patient"])
    browser_page.emulate_media(media="print")
    assert browser_page.locator(".badge:visible").count() == 10
    assert browser_page.locator("nav.contents:visible").count() == 0


def test_what_stands_behind_is_folded_on_a_phone_and_open_everywhere_else(
    browser_page: Any, written: dict[tuple[str, str], str]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    browser_page.set_viewport_size(NARROW)
    browser_page.goto(written["injectable", "clinician"])
    tables = browser_page.locator("table.facts, table.rules, .sources li")
    assert browser_page.locator(".fold").count() > 5 and tables.locator("visible=true").count() == 0
    assert axe.run(browser_page).violations_count == 0
    browser_page.locator("summary", has=browser_page.locator("#facts")).press("Enter")
    assert browser_page.locator("table.facts").is_visible()
    assert min(height for height in browser_page.evaluate(MEASURE_FOLDS)) >= 44
    browser_page.goto(f"{written['injectable', 'clinician']}#source-1")
    assert browser_page.locator("#source-1").is_visible()
    for medium, size in (("print", NARROW), ("screen", {"width": 1200, "height": 800})):
        browser_page.emulate_media(media=medium)
        browser_page.set_viewport_size(size)
        assert tables.locator("visible=false").count() == 0, medium


MEASURE_FOLDS = (
    "[...document.querySelectorAll('summary')].map(e => e.getBoundingClientRect().height).filter(h => h)"
)


def test_the_skip_link_is_the_first_stop_of_the_keyboard(
    browser_page: Any, written: dict[tuple[str, str], str]
) -> None:
    browser_page.goto(written["injectable", "clinician"])
    browser_page.keyboard.press("Tab")
    assert browser_page.evaluate("document.activeElement.className") == "skip"


def count_areas(picture: bytes, colour: str) -> int:
    """How many separate connected areas of a colour a picture has."""
    from matplotlib.image import imread
    from scipy.ndimage import label

    pixels = imread(io.BytesIO(picture), format="png")[..., :3] * 255
    wanted = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    return int(label(np.abs(pixels - wanted).max(axis=2) < 30, structure=np.ones((3, 3)))[1])


@pytest.mark.parametrize("which", ["injectable", "natalizumab", "already-stopped"])
def test_filled_figures_in_a_screenshot_equal_the_number_beside_them(
    chromium: Any, written: dict[tuple[str, str], str], which: str
) -> None:
    context = chromium.new_context(device_scale_factor=3)
    page = context.new_page()
    page.goto(written[which, "patient"])
    figures = page.locator(".pictures figure")
    assert figures.count() > 0
    for place in range(figures.count()):
        figure = figures.nth(place)
        svg, told = figure.locator("svg.icons"), figure.locator("figcaption").inner_text()
        seen = count_areas(svg.screenshot(), svg.get_attribute("data-colour") or "")
        shown = told.split(": ")[1].split(" of every")[0]
        assert str(seen) == ("0" if shown == "fewer than 1" else shown)
    context.close()


@pytest.mark.parametrize("filled", [1, 99, 100])
def test_the_counting_itself_sees_each_figure(chromium: Any, filled: int) -> None:
    context = chromium.new_context(device_scale_factor=3)
    page = context.new_page()
    for outcome in ("relapse", "any_activity", "mri_activity", "serious_infection", "death"):
        svg = draw_icons(outcome, filled, 100, "alt", "one")
        page.set_content(f'<div style="width: 152px">{svg}</div>')
        picture = page.locator("svg")
        assert count_areas(picture.screenshot(), picture.get_attribute("data-colour")) == filled
    context.close()


def test_a_page_asks_the_network_for_nothing(browser_page: Any, written: dict[tuple[str, str], str]) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    for address in written.values():
        browser_page.goto(address)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert Path(asked[0]).suffix == ".html"
