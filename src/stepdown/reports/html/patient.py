"""The patient's page: the aid with its pictures, in one column, to read on a telephone or on paper."""

from __future__ import annotations

from stepdown.decisions.answer import Answer
from stepdown.ms.errors import MissingExtra
from stepdown.reports.clinic import Clinic
from stepdown.reports.curves import draw_curves, has_curve
from stepdown.reports.figures import embed_figure
from stepdown.reports.html.page import render_page
from stepdown.reports.patient_aid import PatientAid, build_patient_aid
from stepdown.reports.wording import say_plainly


def write_patient_page(answer: Answer, clinic: Clinic | None = None) -> str:
    """The whole aid as a page."""
    aid = build_patient_aid(answer, clinic)
    return render_page("patient.html", aid=aid, curves=draw_aid_curves(aid))


def draw_aid_curves(aid: PatientAid) -> dict[str, str | None]:
    """The curve of each outcome of an aid, as the address of a picture; None where there is none."""
    return {group.outcome: _draw_curve(aid, group.outcome) for group in aid.numbers}


def _draw_curve(aid: PatientAid, outcome: str) -> str | None:
    """The curve of one outcome; None where no choice has two times, or nothing can draw it."""
    options = tuple(choice.option for choice in aid.choices)
    if not has_curve(options, outcome):
        return None
    names = tuple(f"{choice.letter}. {choice.name}" for choice in aid.choices)
    labels = (say_plainly("number.years"), say_plainly("number.of_100"))
    try:
        return embed_figure(draw_curves(options, outcome, names, labels))
    except MissingExtra:
        return None
