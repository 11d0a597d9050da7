"""The patient's aid inside the clinician's visit: five views of the same numbers, and what matters most."""

from __future__ import annotations

from functools import partial

from starlette.responses import HTMLResponse, Response

from stepdown.decisions.answer import Answer
from stepdown.interfaces.web.asking import Posted, find_answer, find_person
from stepdown.interfaces.web.explorer import find_summary
from stepdown.interfaces.web.person_text import write_person
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.web.templating import render
from stepdown.reports.html.patient import find_aid_curves
from stepdown.reports.patient_aid import build_patient_aid
from stepdown.reports.patient_matters import POINTS, UNSURE, find_matters

_TICKS = (*POINTS, UNSURE)


def show_patient(posted: Posted, settings: Settings) -> Response:
    """The aid; the part with what matters alone where a script of the page asks for it."""
    asked = find_person(posted, settings)
    answer = find_answer(asked)
    aid = build_patient_aid(answer, settings.clinic)
    ticked = _find_ticked(posted, answer)
    matters = find_matters(aid.choices, ticked)
    if posted.is_part:
        return HTMLResponse(render("weighed.html", matters=matters, ticked=ticked))
    return HTMLResponse(
        render(
            "aid.html",
            aid=aid,
            curves=find_aid_curves(aid),
            matters=matters,
            ticked=ticked,
            points=_TICKS,
            person=write_person(asked.values),
            summary_of=partial(find_summary, settings),
            **settings.frame,
        )
    )


def _find_ticked(posted: Posted, answer: Answer) -> list[str]:
    """What was ticked; before anything was, the wishes of the person file, which go by the same words."""
    if posted.get("ticking"):
        return [key for key in _TICKS if posted.get(f"tick.{key}")]
    return [wish for wish in answer.preferences if wish in POINTS]
