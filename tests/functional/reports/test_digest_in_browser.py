"""The site in a real browser: for everybody, narrow, in print, without JavaScript, and off the net."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from functional.reports.digest_library import make_digest_library
from stepdown.evidence.supposing import supposing
from stepdown.reports.digest.site import Setup, make_site

PAGES = (
    "index.html", "index-2.html", "topics/index.html", "topics/relapses.html", "drugs/index.html",
    "drugs/natalizumab.html", "evidence/index.html", "evidence/stop-relapse.html", "search.html",
    "glossary.html", "about.html", "others.html", "summaries/corboy2023.html",
    "summaries/mogad_korea2025.html",
    "summaries/yano2019.html", "summaries/bourjeily2023.html", "summaries/quinn2024.html",
    "summaries/invented-gone.html", "summaries/invented-changed.html", "summaries/chan2020.html",
    "newsletter/2026-11-30.html",
)  # fmt: skip
NARROW = {"width": 320, "height": 640}
every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a small library, built once."""
    folder, studies = tmp_path_factory.mktemp("digest"), make_digest_library(copies=40)
    with supposing(studies):
        built = make_site(studies, Setup(date(2026, 11, 30), "https://digest.example.org/"))
    for path, text in built.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def open_page(page: Any, site: Path, name: str) -> None:
    page.goto((site / name).as_uri())


@every_page
def test_axe_finds_nothing(browser_page: Any, site: Path, name: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    open_page(browser_page, site, name)
    found = axe.run(browser_page)
    assert found.violations_count == 0, found.generate_report()


@every_page
def test_nothing_sticks_out_at_320_pixels(browser_page: Any, site: Path, name: str) -> None:
    browser_page.set_viewport_size(NARROW)
    open_page(browser_page, site, name)
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.validate
@pytest.mark.parametrize("name", [
    "index.html", "evidence/stop-relapse.html", "summaries/corboy2023.html", "summaries/invented-gone.html",
    "search.html", "others.html",
])
def test_the_dark_pages_have_contrast_too(browser_page: Any, site: Path, name: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    browser_page.emulate_media(color_scheme="dark")
    open_page(browser_page, site, name)
    dark = browser_page.evaluate("getComputedStyle(document.body).backgroundColor")
    found = axe.run(browser_page)
    browser_page.emulate_media(color_scheme="light")
    assert dark == "rgb(20, 27, 34)"
    assert found.violations_count == 0, found.generate_report()


def test_a_phone_gets_a_forest_plot_of_its_own(browser_page: Any, site: Path) -> None:
    browser_page.set_viewport_size(NARROW)
    open_page(browser_page, site, "evidence/stop-relapse.html")
    assert browser_page.locator("figure.forest").is_hidden()
    assert browser_page.locator(".narrow-forest").is_visible()
    wide = browser_page.locator("table th[scope=row]").all_inner_texts()
    narrow = browser_page.locator(".narrow-forest dt").all_inner_texts()
    assert all(any(label.startswith(study) for label in narrow) for study in wide)


def test_a_picture_wider_than_the_window_can_be_moved_by_keyboard(browser_page: Any, site: Path) -> None:
    browser_page.set_viewport_size({"width": 650, "height": 640})
    open_page(browser_page, site, "evidence/stop-relapse.html")
    browser_page.locator("figure.forest").focus()
    assert browser_page.evaluate("document.activeElement.className") == "forest"
    browser_page.keyboard.press("ArrowRight")
    browser_page.wait_for_function("document.querySelector('figure.forest').scrollLeft > 0")


@pytest.mark.parametrize("name", ["index.html", "search.html", "summaries/corboy2023.html"])
def test_a_finger_can_hit_every_link_of_the_menu(browser_page: Any, site: Path, name: str) -> None:
    browser_page.set_viewport_size(NARROW)
    open_page(browser_page, site, name)
    heights = browser_page.evaluate(
        "[...document.querySelectorAll('nav a, input, .links a')].map(e => e.getBoundingClientRect().height)"
        ".filter(height => height > 0)"
    )
    assert min(heights) >= 44


def test_the_keyboard_comes_first_to_the_skip_link_then_to_the_menu(browser_page: Any, site: Path) -> None:
    open_page(browser_page, site, "index.html")
    browser_page.keyboard.press("Tab")
    assert browser_page.evaluate("document.activeElement.className") == "skip"
    browser_page.keyboard.press("Enter")
    browser_page.keyboard.press("Tab")
    assert browser_page.evaluate("document.activeElement.closest('main') !== null")


def test_the_search_finds_without_a_network_and_is_announced(browser_page: Any, site: Path) -> None:
    open_page(browser_page, site, "search.html")
    browser_page.get_by_label("Words to look for").fill("ocreliz")
    browser_page.wait_for_selector("#found a")
    assert "coerver2024ocr" in browser_page.locator("#found a").first.get_attribute("href")
    assert "found" in browser_page.get_by_role("status").inner_text()
    browser_page.locator("#found a").first.click()
    assert browser_page.locator("h1").inner_text().startswith("MS: ")


@pytest.mark.validate
def test_every_summary_can_be_reached_and_read_without_javascript(chromium: Any, site: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    reached: set[str] = set()
    for listed in (*site.glob("index*.html"), site / "others.html"):
        page.goto(listed.as_uri())
        links = page.locator(".cards a[href^='summaries/']").all()
        reached |= {Path(link.get_attribute("href")).stem for link in links}
    assert reached == {path.stem for path in (site / "summaries").iterdir()}
    page.goto((site / "search.html").as_uri())
    assert page.get_by_text("The search needs JavaScript.").is_visible()
    assert not page.locator("#words").is_visible()
    context.close()


def test_a_page_in_print_has_its_numbers_and_no_menu(browser_page: Any, site: Path) -> None:
    open_page(browser_page, site, "summaries/corboy2023.html")
    browser_page.emulate_media(media="print")
    assert browser_page.locator("nav:visible").count() == 0
    assert browser_page.get_by_text("16 of 131 people").first.is_visible()
    assert browser_page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_no_page_asks_the_network_for_anything(browser_page: Any, site: Path) -> None:
    asked: list[str] = []
    faults: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("console", lambda message: faults.append(message.text))
    for name in PAGES:
        open_page(browser_page, site, name)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert faults == []
