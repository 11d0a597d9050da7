"""A page of a care plan with its pictures, for one reader, on a screen or on paper."""

from __future__ import annotations

from typing import Any

from stepdown.decisions.answer import Answer
from stepdown.reports.care_plan.landscape import draw_landscape
from stepdown.reports.care_plan.stages import draw_stages
from stepdown.reports.care_plan.timeline import draw_timeline, tell_course
from stepdown.reports.care_plan.words import say
from stepdown.reports.care_plan.writing import find_plan, write_sheet
from stepdown.reports.clinic import Clinic
from stepdown.reports.html.page import render_page


def write_plan_page(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """A page of the plan with everything inline."""
    return render_page("care_plan.html", **list_content(answer, audience, clinic))


def list_content(answer: Answer, audience: str, clinic: Clinic | None = None) -> dict[str, Any]:
    """What the template of a plan is given: the page, the plan, its pictures and their words."""
    from markupsafe import Markup

    plan = find_plan(answer)
    pictures = {
        "timeline": Markup(draw_timeline(plan)),
        "stages": Markup("" if plan.not_ms else draw_stages(plan)),
        "landscape": Markup("" if plan.not_ms else draw_landscape(plan.therapy)),
    }
    return {
        "page": write_sheet(answer, audience, clinic),
        "plan": plan,
        "pictures": pictures,
        "course": tuple(tell_course(plan)),
        "say_plan": say,
    }
