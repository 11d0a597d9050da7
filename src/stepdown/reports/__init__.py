"""An answer in words and pictures: text, JSON, a clinician's page, a patient's aid, PDF; and the digest.

An `Answer` comes in; text, dictionaries, HTML, PDF bytes and matplotlib Figures go out. Every number
is rounded in `rounding`, every sentence is a whole template of a wording file. Text and JSON load no
Jinja2; HTML loads it when it is asked for, and matplotlib only for forest plots. Only `interfaces` imports
this room.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.decisions.answer import Answer
    from stepdown.reports.care_plan.sheet import AUDIENCES as PLAN_AUDIENCES
    from stepdown.reports.clinic import Clinic, read_clinic
    from stepdown.reports.fhir_bundle import to_fhir, to_fhir_care_plan
    from stepdown.reports.json_answer import answer_schema, care_plan_to_json, to_json
    from stepdown.reports.json_reading import from_json

__all__ = [
    "AUDIENCES",
    "PLAN_AUDIENCES",
    "Clinic",
    "answer_schema",
    "care_plan_to_json",
    "from_json",
    "read_clinic",
    "to_fhir",
    "to_fhir_care_plan",
    "to_html",
    "to_json",
    "to_pdf",
    "to_plan_html",
    "to_plan_pdf",
    "to_plan_text",
    "to_text",
]

AUDIENCES = ("clinician", "patient")
#: Where each other name of this room is made: it is loaded when it is first asked for, since one answer is
#: written in one form, and each form has a dozen modules of its own.
_MADE_IN = {
    "PLAN_AUDIENCES": ("care_plan.sheet", "AUDIENCES"),
    "Clinic": ("clinic", "Clinic"),
    "answer_schema": ("json_answer", "answer_schema"),
    "care_plan_to_json": ("json_answer", "care_plan_to_json"),
    "from_json": ("json_reading", "from_json"),
    "read_clinic": ("clinic", "read_clinic"),
    "to_fhir": ("fhir_bundle", "to_fhir"),
    "to_fhir_care_plan": ("fhir_bundle", "to_fhir_care_plan"),
    "to_json": ("json_answer", "to_json"),
}


def __getattr__(name: str) -> Any:
    """One of the names that are made elsewhere; AttributeError for another (PEP 562)."""
    if name not in _MADE_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, made = _MADE_IN[name]
    return getattr(import_module(f"{__name__}.{module}"), made)


def to_text(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """The answer as plain text, 80 columns wide, for ``clinician`` or ``patient``."""
    if audience == "patient":
        from stepdown.reports.text_patient import write_patient_text

        return write_patient_text(answer, clinic)
    from stepdown.reports.text_clinician import write_clinician_text

    return write_clinician_text(answer)


def to_html(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """The answer as one HTML page with everything inline, for ``clinician`` or ``patient``."""
    if audience == "patient":
        from stepdown.reports.html.patient import write_patient_page

        return write_patient_page(answer, clinic)
    from stepdown.reports.html.clinician import write_clinician_page

    return write_clinician_page(answer)


def to_pdf(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> bytes:
    """The same page as tagged PDF; MissingExtra when the extra ``pdf`` is not installed."""
    from stepdown.reports.pdf import write_pdf

    return write_pdf(to_html(answer, audience, clinic))


def to_plan_text(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """The care plan as plain text, for one of ``PLAN_AUDIENCES``."""
    from stepdown.reports.care_plan.writing import write_plan_text

    return write_plan_text(answer, audience, clinic)


def to_plan_html(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """The care plan as one HTML page with everything inline, for one of ``PLAN_AUDIENCES``."""
    from stepdown.reports.html.care_plan import write_plan_page

    return write_plan_page(answer, audience, clinic)


def to_plan_pdf(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> bytes:
    """The same page as tagged PDF; MissingExtra when the extra ``pdf`` is not installed."""
    from stepdown.reports.pdf import write_pdf

    return write_pdf(to_plan_html(answer, audience, clinic))
