"""What the service answers, as an OpenAPI description: for programs that call it, and for tests of it.

It is a page of the reference and is not served: whoever calls the service has read it before.
"""

from __future__ import annotations

from typing import Any

from stepdown import __version__
from stepdown.interfaces.cds_hooks.services import read_settings
from stepdown.interfaces.web.guarding import BACK_CHANNEL
from stepdown.interfaces.web.person_text import list_examples

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_FORM = "application/x-www-form-urlencoded"
#: Why a page is not answered; the page says it in a sentence.
_REFUSALS = {
    400: "The form is none of ours.",
    401: "A sign-in is set up, and there is no session.",
    403: "The form does not come from a page of this service: send its address as Origin.",
    408: "The form took too long to arrive.",
    413: "More than one person's file can be.",
    415: "Not a form.",
    422: "Something is to be mended in what was sent.",
    429: "Too many forms from this address; Retry-After says when again.",
    503: "The answer took too long.",
}
_OUTCOMES = {
    400: "Against the specification.",
    401: "The caller is not trusted.",
    404: "No such service.",
    408: "The body took too long to arrive.",
    412: "The prefetch lacks what is needed; the OperationOutcome says what.",
    413: "More than one person's record can be.",
    429: "Too many calls of this caller; Retry-After says when again.",
    503: "The answer took too long.",
}
#: Why a launch ends; the page says it in a sentence.
_LAUNCH_ENDS = {
    400: "Not begun here, begun elsewhere, used before, or without its mark.",
    403: "A record system that is not listed, or that gives no access; or a sign-in that is not proven.",
    404: "No record system may launch these pages.",
    422: "No chart is open.",
    429: "Too many launches from this address; Retry-After says when again.",
    502: "The record system answered with what cannot be used.",
    504: "The record system took too long.",
}
#: Why a sign-in ends; the page says it in a sentence.
_SIGN_IN_ENDS = {
    400: "Not begun here, begun elsewhere, or used before.",
    401: "Another site led here: the page has a link to sign in.",
    403: "Not on a list, or not proven.",
    404: "No sign-in is set up.",
    429: "Too many from this address; Retry-After says when again.",
    502: "The issuer answered with what cannot be used.",
    504: "The issuer took too long.",
}
#: The pages made from a form, with the type of what they send.
_PAGES = {
    "/form": "text/html",
    "/answer": "text/html",
    "/what-if": "text/html",
    "/ranking": "text/html",
    "/findings": "text/html",
    "/patient": "text/html",
    "/care-plan": "text/html",
    "/download/pdf": "application/pdf",
    "/download/care-plan": "application/pdf",
    "/download/json": "application/json",
    "/download/fhir": "application/fhir+json",
    "/download/person": "application/json",
}
_GOT = {"/": "text/html", "/healthz": "application/json", "/static/clinician.css": "text/css",
        "/static/patient.css": "text/css"}  # fmt: skip


def describe_service() -> Json:
    """The whole description, as OpenAPI 3.1."""
    pages = {path: {"get": _describe_get("A page.", kind)} for path, kind in _GOT.items()}
    pages |= {path: _describe_page(path, kind) for path, kind in _PAGES.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "stepdown serve",
            "version": __version__,
            "description": "Pages of the clinic, and CDS Hooks 2.0. Nothing is kept. Not a medical device. "
            "Where a sign-in is set up, every page answers 401 without a session.",
        },
        "paths": pages | _describe_launches() | _describe_sign_in() | _describe_hooks(),
        "components": {"schemas": {"Call": _call(), "Cards": _cards(), "Feedback": _feedback(),
                                   "OperationOutcome": _outcome()}},
    }  # fmt: skip


def _describe_get(summary: str, kind: str) -> Json:
    return {"summary": summary, "responses": {"200": _reply(summary, kind, _schema_of(kind))}}


def _describe_page(path: str, kind: str) -> Json:
    """A page that is made from a form: asked for without one, it leads to the start page."""
    refused = {str(status): _reply(why, "text/html", _TEXT) for status, why in _REFUSALS.items()}
    answered = _reply("The page, or the file to keep.", kind, _schema_of(kind))
    led = {"303": {"description": "To the start page."}}
    return {
        "get": {"summary": "Leads to the start page.", "responses": led},
        "post": {
            "summary": f"What {path} makes of a person.",
            "requestBody": {"required": True, "content": {_FORM: {"schema": _form()}}},
            "responses": {"200": answered, **refused},
        },
    }


def _form() -> Json:
    """The fields that name a person; those of the form itself go by their paths in a person file."""
    return {
        "type": "object",
        "properties": {
            "person": {**_TEXT, "description": "the person that a page carried, as JSON"},
            "text": {**_TEXT, "description": "a person file or a FHIR bundle"},
            "example": {"enum": [each.name for each in list_examples()]},
            "diagnosis": {"enum": ["MS", "NMOSD", "MOGAD", "unknown", ""]},
            "age": _TEXT,
        },
        "additionalProperties": _TEXT,
    }


def _describe_launches() -> Json:
    """SMART App Launch: how it begins, where it comes back to, and our public keys."""
    led = {"303": {"description": "To the sign-in of the record system."}}
    form = {"200": _reply("The form, filled from the record.", "text/html", _TEXT)}
    keys = _describe_get("The public keys of this service, as a JWK set.", "application/json")
    keys["responses"] |= _describe_ends(404)
    return {
        "/smart/launch": {"get": {"summary": "A launch from a chart.", "parameters": _ask("iss", "launch"),
                                  "responses": led | _describe_ends(*_LAUNCH_ENDS)}},
        "/smart/callback": {"get": {"summary": "Back from the sign-in.", "parameters": _ask("state", "code"),
                                    "responses": form | _describe_ends(*_LAUNCH_ENDS)}},
        "/smart/keys": {"get": keys},
    }  # fmt: skip


def _describe_sign_in() -> Json:
    """OpenID Connect: how it begins, where it comes back to, and how it ends."""
    led, back = ({"303": {"description": to}} for to in ("To the issuer.", "To the page that was asked for."))
    ends = {str(status): _reply(why, "text/html", _TEXT) for status, why in _SIGN_IN_ENDS.items()}
    out = _describe_get("The page of those who are signed out.", "text/html")
    out["responses"] |= {"404": ends["404"]}
    sent = {each: _reply(_REFUSALS[int(each)], "text/html", _TEXT) for each in ("400", "403", "429")}
    return {
        "/sign-in": {"get": {"summary": "Begin to sign in.", "parameters": _ask("to"),
                             "responses": led | ends}},
        "/sign-in/callback": {"get": {"summary": "Back from the issuer.", "parameters": _ask("state", "code"),
                                      "responses": back | ends}},
        "/sign-out": {"post": {"summary": "Sign out here.", "responses": {**out["responses"], **sent}}},
        BACK_CHANNEL: {"post": _describe_logout({**sent, "404": ends["404"]})},
        "/signed-out": {"get": out},
    }  # fmt: skip


def _describe_logout(sent: Json) -> Json:
    """What the issuer calls when a session is over."""
    form = {"type": "object", "required": ["logout_token"], "properties": {"logout_token": _TEXT}}
    done = {"200": {"description": "Ended, or there was none."}}
    none = _reply("No logout token of the issuer.", "application/json", {"type": "object"})
    none["content"] |= sent["400"]["content"]
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {"summary": "The issuer ends sessions.", "requestBody": body,
            "responses": done | {**sent, "400": none, "404": sent["404"]}}  # fmt: skip


def _ask(*names: str) -> list[Json]:
    return [{"name": name, "in": "query", "schema": _TEXT} for name in names]


def _describe_ends(*statuses: int) -> Json:
    return {str(status): _reply(_LAUNCH_ENDS[status], "text/html", _TEXT) for status in statuses}


def _describe_hooks() -> Json:
    """Discovery, calls and feedback of CDS Hooks."""
    services = [row["id"] for row in read_settings()["service"]]
    service = {"name": "service", "in": "path", "required": True, "schema": {"enum": services}}
    return {
        "/cds-services": {"get": _describe_get("The services with their prefetch.", "application/json")},
        "/cds-services/{service}": _describe_call(service, "A call of a hook.", "Call", "Cards"),
        "/cds-services/{service}/feedback": _describe_call(service, "What became of cards.", "Feedback", ""),
    }


def _describe_call(service: Json, summary: str, asked: str, answered: str) -> Json:
    refused = {str(status): _reply(why, "application/json", _refer("OperationOutcome"))
               for status, why in _OUTCOMES.items()}  # fmt: skip
    reply = _reply(summary, "application/json", _refer(answered) if answered else {})
    body = {"required": True, "content": {"application/json": {"schema": _refer(asked)}}}
    post = {"summary": summary, "requestBody": body, "responses": {"200": reply, **refused}}
    return {"parameters": [service], "post": post}


def _refer(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _schema_of(kind: str) -> Json:
    """What a reply of a type holds: text, or any JSON."""
    return {} if "json" in kind else _TEXT


def _reply(why: str, kind: str, schema: Json) -> Json:
    return {"description": why, "content": {kind: {"schema": schema}}}


def _object(required: tuple[str, ...], **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _call() -> Json:
    """A call: who looks at whom, and the prefetch as far as the caller has it."""
    keys = [key for key in read_settings()["prefetch"] if key != "needed"]
    resource = {"type": ["object", "null"], "properties": {"resourceType": _TEXT}}
    context = _object(("userId", "patientId"), userId=_TEXT, patientId=_TEXT, draftOrders={"type": "object"})
    return _object(
        ("hook", "hookInstance", "context"),
        hook={"enum": [row["hook"] for row in read_settings()["service"]]},
        hookInstance=_TEXT,
        context=context,
        prefetch={"type": "object", "properties": dict.fromkeys(keys, resource)},
    )


def _cards() -> Json:
    card = _object(
        ("summary", "indicator", "source"),
        summary={"type": "string", "minLength": 1, "maxLength": 139},
        indicator={"enum": ["info", "warning", "critical"]},
        detail={"type": "string", "minLength": 1},
        source=_object(("label",), label=_TEXT, url=_TEXT),
    )
    return _object(("cards",), cards={"type": "array", "items": card})


def _feedback() -> Json:
    row = _object(
        ("card", "outcome", "outcomeTimestamp"),
        card={"type": "string", "minLength": 1},
        outcome={"enum": ["accepted", "overridden"]},
        outcomeTimestamp={"type": "string", "minLength": 1},
    )
    return _object(("feedback",), feedback={"type": "array", "items": row})


def _outcome() -> Json:
    issue = _object(("severity", "code", "diagnostics"), severity=_TEXT, code=_TEXT, diagnostics=_TEXT)
    kind = {"const": "OperationOutcome"}
    return _object(("resourceType", "issue"), resourceType=kind, issue={"type": "array", "items": issue})
