"""An answer in words and pictures: text, JSON, a clinician's page, a patient's aid, PDF; and the digest.

An `Answer` comes in; text, dictionaries, HTML, PDF bytes and matplotlib Figures go out. Every number
is rounded in `rounding`, every sentence is a whole template of a wording file. Text and JSON load no
Jinja2; HTML loads it when it is asked for, and matplotlib only for forest plots. Only `interfaces` imports
this room.
"""

from __future__ import annotations

from stepdown.decisions.answer import Answer
from stepdown.reports.clinic import Clinic, read_clinic
from stepdown.reports.fhir_bundle import to_fhir
from stepdown.reports.json_answer import answer_schema, to_json
from stepdown.reports.text_clinician import write_clinician_text
from stepdown.reports.text_patient import write_patient_text

__all__ = ["Clinic", "answer_schema", "read_clinic", "to_fhir", "to_html", "to_json", "to_pdf", "to_text"]

AUDIENCES = ("clinician", "patient")


def to_text(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """The answer as plain text, 80 columns wide, for ``clinician`` or ``patient``."""
    return write_patient_text(answer, clinic) if audience == "patient" else write_clinician_text(answer)


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
