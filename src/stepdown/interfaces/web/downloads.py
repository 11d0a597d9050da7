"""The answer to keep: PDF, JSON, and the person file itself, each made anew from the person of the page."""

from __future__ import annotations

import json

from starlette.responses import HTMLResponse, Response

from stepdown.interfaces.web.asking import Posted, find_answer, find_person
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.web.templating import render
from stepdown.ms.errors import MissingExtra
from stepdown.reports import to_fhir, to_json, to_pdf


def send_pdf(posted: Posted, settings: Settings) -> Response:
    """The clinician's page as PDF, or the patient's aid where ``for`` says so."""
    answer = find_answer(find_person(posted, settings))
    audience = "patient" if posted.get("for") == "patient" else "clinician"
    try:
        content = to_pdf(answer, audience, settings.clinic)
    except MissingExtra as missing:
        return HTMLResponse(render("message.html", status=501, sentence=f"{missing.sentence}."), 501)
    return send_file(content, "application/pdf", f"stepdown-{audience}.pdf")


def send_json(posted: Posted, settings: Settings) -> Response:
    """The answer as JSON, as ``stepdown assess --format json`` prints it."""
    answer = find_answer(find_person(posted, settings))
    text = json.dumps(to_json(answer), indent=2, ensure_ascii=False) + "\n"
    return send_file(text.encode(), "application/json", "stepdown-answer.json")


def send_fhir(posted: Posted, settings: Settings) -> Response:
    """The answer as a FHIR R4 bundle, as ``stepdown assess --format fhir`` prints it."""
    answer = find_answer(find_person(posted, settings))
    text = json.dumps(to_fhir(answer), indent=2, ensure_ascii=False) + "\n"
    return send_file(text.encode(), "application/fhir+json", "stepdown-answer.fhir.json")


def send_person(posted: Posted, settings: Settings) -> Response:
    """The person file that the form stands for."""
    asked = find_person(posted, settings)
    text = json.dumps(asked.values, indent=2, ensure_ascii=False, default=str) + "\n"
    return send_file(text.encode(), "application/json", "stepdown-person.json")


def send_file(content: bytes, kind: str, name: str) -> Response:
    """A file for the browser to keep; its name says nothing of the person."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
