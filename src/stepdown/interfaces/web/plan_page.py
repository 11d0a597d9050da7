"""The care plan on the pages, for each of its readers, and as PDF."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from stepdown.interfaces.web.asking import Posted, find_answer, find_person
from stepdown.interfaces.web.downloads import send_file
from stepdown.interfaces.web.person_text import write_person
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.web.templating import render
from stepdown.ms.errors import MissingExtra
from stepdown.reports import PLAN_AUDIENCES, to_plan_pdf
from stepdown.reports.html.care_plan import list_content

#: What the readers of a plan are called on the buttons.
_READERS = {
    "clinician": "The whole plan",
    "person": "For the person",
    "caregiver": "For the caregiver",
    "team": "For the team",
    "gp": "Letter to the GP",
}


def show_care_plan(posted: Posted, settings: Settings) -> Response:
    """The page of the plan for one reader, the clinician where none is named."""
    asked = find_person(posted, settings)
    audience = _find_audience(posted)
    content = list_content(find_answer(asked), audience, settings.clinic)
    return HTMLResponse(
        render(
            "plan.html",
            **content,
            readers=_READERS,
            person=write_person(asked.values),
            **settings.frame,
        )
    )


def send_plan_pdf(posted: Posted, settings: Settings) -> Response:
    """The same page as PDF."""
    audience = _find_audience(posted)
    try:
        content = to_plan_pdf(find_answer(find_person(posted, settings)), audience, settings.clinic)
    except MissingExtra as missing:
        return HTMLResponse(render("message.html", status=501, sentence=f"{missing.sentence}."), 501)
    return send_file(content, "application/pdf", f"stepdown-care-plan-{audience}.pdf")


def _find_audience(posted: Posted) -> str:
    wanted = posted.get("reader")
    return wanted if wanted in PLAN_AUDIENCES else "clinician"
