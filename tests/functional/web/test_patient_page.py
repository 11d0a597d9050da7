"""The patient's aid in the visit: five views of the same numbers, and what matters most."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from functional.reports.test_pages_in_browser import count_areas
from functional.web.people import CARRIED
from functional.web.served import Served, serving
from functional.web.test_form_in_browser import FIND_WIDE, MEASURE_TARGETS, NARROW, open_answer
from stepdown.reports import Clinic

# A real browser through every view: minutes, so with the long runs.
pytestmark = pytest.mark.validate

VIEWS = ("icons", "curve", "bars", "table", "words")


def open_aid(page: Any, served: Served) -> None:
    open_answer(page, served)
    page.get_by_role("button", name="The patient's page").click()


def test_the_five_views_tell_the_same_numbers(served: Served) -> None:
    text = unescape(served.post("/patient", CARRIED).text)
    groups = text.split('<section class="group"')[1:]
    assert len(groups) >= 3
    for group in groups:
        shown = re.findall(r'class="bar-line"><span>([A-Z]\. [^:]+): <strong>([^<]+)</strong>', group)
        words = group.split("words-view")[1]
        table = group.split("table-view")[1].split("</table>")[0]
        for name, number in shown:
            if number == "not known":
                continue
            estimate = number.split(" (")[0].split(",")[0]
            assert number in table
            assert estimate.lower() in words.split(f"<h4>{name}</h4>")[1].split("</div>")[0].lower()
            icons = group.split("icons-view")[1].split("curve-view")[0]
            assert f"{estimate} of every 100" in icons


def test_the_ranking_for_the_clinician_is_not_on_the_patients_page(served: Served) -> None:
    text = served.post("/patient", CARRIED).text
    assert "ranking" not in text.lower()
    assert 'type="range"' not in text


def test_what_is_ticked_is_told_with_numbers_and_what_is_not_known(served: Served) -> None:
    ticked = {**CARRIED, "ticking": "yes", "tick.relapse": "yes"}
    part = served.post("/patient", ticked, HX_Request="true").text
    assert part.count('<div class="point"') == 1
    assert "of every 100. The range is" in part
    assert "We do not know the number for this choice." in part
    assert "This does not tell you which choice is best." in part


def test_the_wishes_of_the_person_file_are_ticked_first(served: Served) -> None:
    text = served.post("/patient", CARRIED).text
    assert re.search(r'name="tick.burden" value="yes" checked', text)
    assert not re.search(r'name="tick.relapse" value="yes" checked', text)


def test_what_is_not_advised_stays_with_its_reason_and_is_not_compared(served: Served) -> None:
    fields = {"example": "02-natalizumab-jcv-high-38.json", "ticking": "yes", "tick.relapse": "yes"}
    part = unescape(served.post("/patient", fields, HX_Request="true").text)
    compared, left = part.split('id="not-compared"')
    assert "Not advised" in left
    for name in re.findall(r"<strong>([A-Z]\. [^:]+): Not advised", left):
        assert f"<dt>{name}</dt>" not in compared


def test_the_aid_names_the_clinic() -> None:
    with serving(clinic=Clinic("Invented clinic", "000 000 00")) as with_clinic:
        text = with_clinic.post("/patient", CARRIED).text
    assert "Invented clinic" in text
    assert "000 000 00" in text


def test_for_another_illness_there_is_nothing_to_tick(served: Served) -> None:
    text = served.post("/patient", {"example": "10-aqp4-positive-49.json"}).text
    assert "tick.relapse" not in text
    assert 'id="show-icons"' not in text


def test_axe_finds_nothing_in_any_view(page: Any, served: Served) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    open_aid(page, served)
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    for view in VIEWS[1:]:
        page.locator(f"#show-{view}").check()
        assert page.locator(".view:visible").count() == page.locator(f".{view}-view").count()
        found = axe.run(page, context="section:has(> #numbers)")
        assert found.violations_count == 0, found.generate_report()


def test_the_aid_fits_a_phone_in_every_view_and_in_large_type(page: Any, served: Served) -> None:
    page.set_viewport_size(NARROW)
    open_aid(page, served)
    for view in VIEWS:
        page.locator(f"#show-{view}").check()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(FIND_WIDE) == []
    assert min(page.evaluate(MEASURE_TARGETS)) >= 44
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    before = page.evaluate(size)
    page.get_by_label("Large type").check()
    assert page.evaluate(size) > 1.4 * before
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_views_and_ticks_go_by_keyboard(page: Any, served: Served) -> None:
    open_aid(page, served)
    page.locator("#show-icons").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".curve-view").first.is_visible()
    assert page.locator(".icons-view").first.is_hidden()
    page.get_by_label("To have no new spots on a scan").focus()
    page.keyboard.press("Space")
    page.wait_for_selector("#point-scan")
    assert page.url == f"{served.origin}/patient"


def test_the_aid_goes_without_javascript(chromium: Any, served: Served) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    open_aid(page, served)
    page.locator("#show-table").check()
    assert page.locator(".table-view").first.is_visible()
    page.get_by_label("I do not know yet").check()
    page.get_by_role("button", name="Show how my choices do on this").click()
    assert page.locator("#weighed .point:not(.left)").count() == 5
    page.get_by_role("button", name="Back to the clinician's page").click()
    assert page.locator("h1").inner_text().startswith("Options for")
    context.close()


def test_print_has_every_view_and_what_the_patient_wrote(page: Any, served: Served) -> None:
    open_aid(page, served)
    page.get_by_label("My own questions").fill("Can I still travel?")
    page.emulate_media(media="print")
    for view in VIEWS:
        assert page.locator(f".{view}-view").first.is_visible()
    assert page.locator("button:visible, fieldset:visible").count() == 0
    assert page.get_by_label("My own questions").input_value() == "Can I still travel?"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_filled_figures_on_the_screen_are_the_number_beside_them(chromium: Any, served: Served) -> None:
    context = chromium.new_context(device_scale_factor=3)
    page = context.new_page()
    open_aid(page, served)
    figures = page.locator(".icons-view figure.best")
    assert figures.count() >= 4
    for place in range(figures.count()):
        figure = figures.nth(place)
        svg, told = figure.locator("svg.icons"), figure.locator("figcaption").inner_text()
        seen = count_areas(svg.screenshot(), svg.get_attribute("data-colour") or "")
        shown = told.split(": ")[1].split(" of every")[0]
        assert str(seen) == ("0" if shown == "fewer than 1" else shown)
    context.close()
