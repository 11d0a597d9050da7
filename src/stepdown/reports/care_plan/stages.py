"""The stages of MS as a picture of our own, this person's marked, and whether it is active or growing."""

from __future__ import annotations

from html import escape

from stepdown.decisions.planned_care import CarePlan
from stepdown.reports.care_plan.words import read_words, say

_PLACES = {"CIS": (8, 10), "RRMS": (218, 10), "SPMS": (428, 10), "PPMS": (428, 92)}
_WIDTH, _HEIGHT = 190, 62


def draw_stages(plan: CarePlan, name: str = "stages") -> str:
    """The picture as SVG; ``name`` is unique on the page."""
    here = read_words()["stage"].get(plan.course_type or "", {}).get("name", "")
    told = say("picture.stages_here", name=here) if here else say("picture.stages_unknown")
    title = say("picture.stages_alt", here=told)
    boxes = "".join(_draw_box(course, plan.course_type == course) for course in _PLACES)
    return (
        f'<svg class="stages" role="img" aria-labelledby="{name}-title" viewBox="0 0 628 164" '
        f'font-family="sans-serif" font-size="13" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{escape(title)}</title>{_ARROWS}{boxes}{_draw_states(plan)}</svg>'
    )


_ARROWS = "".join(
    f'<path d="M{x} 41h14m-6-6l6 6-6 6" fill="none" stroke="#1b2530" stroke-width="1.5"/>' for x in (200, 410)
)


def _draw_box(course: str, is_here: bool) -> str:
    """One stage; this person's with a thick frame and a word, so that it reads without colour."""
    x, y = _PLACES[course]
    words = read_words()["stage"][course]
    stroke, width, fill = ("#1b4f7d", 3.5, "#eaf2f9") if is_here else ("#6b7480", 1.2, "#ffffff")
    mark = f' <tspan font-weight="700">({escape(say("picture.mark"))})</tspan>' if is_here else ""
    return (
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{width}"/><text x="{x + 10}" y="{y + 25}" font-weight="600" fill="#1b2530">'
        f"{escape(words['name'])}</text>"
        f'<text x="{x + 10}" y="{y + 46}" fill="#1b2530">{escape(words["what"])}{mark}</text>'
    )


def _draw_states(plan: CarePlan) -> str:
    """Active or not, growing or not, each with "not known" where it is not."""
    told = (("activity", plan.active), ("worse", plan.worsening))
    return "".join(
        f'<text x="8" y="{112 + 24 * place}" fill="#1b2530">{escape(say(f"picture.{key}"))}: '
        f'<tspan font-weight="700">{escape(_tell(truth))}</tspan></text>'
        for place, (key, truth) in enumerate(told)
    )


def _tell(truth: bool | None) -> str:
    if truth is None:
        return say("picture.unknown")
    return say("picture.yes") if truth else say("picture.no")
