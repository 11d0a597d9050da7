"""The care plan on the pages: a page for each reader, from the answer and back, and as PDF."""

from __future__ import annotations

import pytest

from functional.web.people import CARRIED
from functional.web.served import Served

EXAMPLE = {"example": "severe/03-rrms-low-mood-34.json"}


@pytest.mark.parametrize(
    ("reader", "title"),
    [("", "Care plan for invented-severe-03"), ("person", "Your care plan"),
     ("caregiver", "For you who help"), ("team", "Care plan for the team"),
     ("gp", "Letter to the general practitioner"), ("nobody", "Care plan for")],
)  # fmt: skip
def test_each_reader_has_a_page_and_another_word_is_the_whole_plan(
    served: Served, reader: str, title: str
) -> None:
    reply = served.post("/care-plan", {**EXAMPLE, "reader": reader})
    assert reply.status == 200 and f"<h1>{title}" in reply.text
    assert 'name="person"' in reply.text and "<style>" not in reply.text


def test_the_answer_leads_to_the_plan_and_the_plan_back(served: Served) -> None:
    answer = served.post("/answer", CARRIED).text
    assert 'id="care-plan"' in answer and 'formaction="/care-plan"' in answer
    plan = served.post("/care-plan", CARRIED).text
    assert 'formaction="/answer"' in plan and "to walk with the dog" in plan


def test_the_plan_is_a_pdf_whose_name_says_nothing_of_the_person(served: Served) -> None:
    pytest.importorskip("weasyprint", reason="the extra 'pdf' is not installed")
    reply = served.post("/download/care-plan", {**EXAMPLE, "reader": "caregiver"})
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"] == 'attachment; filename="stepdown-care-plan-caregiver.pdf"'


def test_a_plan_has_no_address_of_its_own(served: Served) -> None:
    assert served.get("/care-plan").status in (200, 303)
    assert served.post("/care-plan", {"age": "61", "diagnosis": "MS", "edss[0].score": "2.7"}).status == 422


def test_nobody_who_has_died_has_options_or_a_plan(served: Served) -> None:
    dead = {"age": "61", "diagnosis": "MS", "edss[0].score": "10", "edss[0].date": "2026-01-10"}
    page = served.post("/answer", dead)
    assert page.status == 200 and "somebody who has died" in page.text and 'id="h-options"' not in page.text
    for address in ("/care-plan", "/patient"):
        refused = served.post(address, dead)
        assert refused.status == 422 and "somebody who has died" in refused.text
