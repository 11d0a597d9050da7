"""The patient's page: the aid with its pictures, in one column, to read on a telephone or on paper."""

from __future__ import annotations

from functools import partial

from stepdown.decisions.answer import Answer
from stepdown.reports.clinic import Clinic
from stepdown.reports.curves import Curve, CurveWords, find_curve
from stepdown.reports.html.page import render_page
from stepdown.reports.patient_aid import PatientAid, build_patient_aid
from stepdown.reports.wording import say_plainly


def write_patient_page(answer: Answer, clinic: Clinic | None = None) -> str:
    """The whole aid as a page."""
    aid = build_patient_aid(answer, clinic)
    return render_page("patient.html", aid=aid, curves=find_aid_curves(aid))


def find_aid_curves(aid: PatientAid) -> dict[str, Curve | None]:
    """The curve of each outcome of an aid; None where no choice has two times."""
    return {group.outcome: _find_curve(aid, group.outcome, group.title) for group in aid.numbers}


def _find_curve(aid: PatientAid, outcome: str, title: str) -> Curve | None:
    words = CurveWords(
        say_plainly("number.curve_title", title=title),
        say_plainly("number.years"),
        say_plainly("number.of_100"),
        partial(say_plainly, "number.curve_told"),
    )
    names = [(choice.letter, choice.name) for choice in aid.choices]
    return find_curve([choice.option for choice in aid.choices], outcome, names, words)
