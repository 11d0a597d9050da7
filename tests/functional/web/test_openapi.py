"""The description of the service is true of it: schemathesis makes requests of it, fitting and unfitting.

The run in `make test` makes a few requests of the hooks and of the answer page; the long one, of everything,
is a validation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
pytest.importorskip("schemathesis", reason="schemathesis is not installed")

import schemathesis
from hypothesis import HealthCheck, settings
from starlette.responses import JSONResponse
from starlette.routing import Mount

from functional.web.people import PERSON
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.oauth.client import Client
from stepdown.interfaces.oauth.outside import Way
from stepdown.interfaces.oauth.settings import make_trust
from stepdown.interfaces.sign_in.allowed import Allowed
from stepdown.interfaces.sign_in.settings import SignInSettings
from stepdown.interfaces.smart.settings import RecordSystem as Listed
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.app import make_app
from stepdown.interfaces.web.doors import Doors
from stepdown.interfaces.web.openapi import describe_service
from stepdown.interfaces.web.serving import make_application
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.workers import Workers

HOST = "testserver"
#: As long as the service itself lets anybody wait; the first page of a kind is slow on a busy machine.
SECONDS = Settings().seconds_to_answer
#: A PDF takes seconds; it is made of the same person by the same code as the page.
LEFT_OUT = ("/download/pdf", "/download/care-plan")
WAY = Way(frozenset({"http://127.0.0.1:9"}), make_trust(None))
NOBODY = Listed("http://127.0.0.1:9/fhir", Client("x"), WAY)
SERVED = make_application(
    replace(Settings(posts_per_minute=0, seconds_to_answer=300.0), names=(HOST,)),
    HooksSettings(is_demo=True),
    doors=Doors(SmartSettings(f"https://{HOST}/", {NOBODY.iss: NOBODY})),
)
#: With everything that may be set up; without a session it answers next to nothing.
WHOLE = make_app(
    Settings(),
    Workers(1),
    Doors(
        SmartSettings(f"https://{HOST}/", {NOBODY.iss: NOBODY}),
        SignInSettings(f"https://{HOST}/", NOBODY.iss, NOBODY.client, WAY, Allowed()),
    ),
)


def shown() -> dict[str, Any]:
    """The description with a person for the form: what is made up is never one."""
    description = describe_service()
    for path in LEFT_OUT:
        description["paths"].pop(path)
    for path in description["paths"].values():
        content = path.get("post", {}).get("requestBody", {}).get("content", {})
        for form in content.values():
            if "properties" in form["schema"]:
                form["example"] = {"person": json.dumps(PERSON)}
    return description


async def serve_with_description(scope: Any, receive: Any, send: Any) -> None:
    """The service, with its description beside it for schemathesis to read."""
    is_it = scope["type"] == "http" and scope["path"] == "/openapi.json"
    await (JSONResponse(shown()) if is_it else SERVED)(scope, receive, send)


SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", serve_with_description)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


def check(case: Any) -> None:
    headers: Mapping[str, str] = {"Origin": f"http://{HOST}"}
    case.validate_response(case.call(headers=headers, timeout=SECONDS), checks=CHECKS)


@SCHEMA.include(path_regex="^/(cds-services.*|answer|healthz)$").parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_replies_are_as_described(case: Any) -> None:
    check(case)


@pytest.mark.validate
@SCHEMA.parametrize()
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_replies_are_as_described_however_often_it_is_asked(case: Any) -> None:
    check(case)


def list_routes(app: Any) -> set[tuple[str, str]]:
    """Path and method of everything an application answers, but the files of its folders."""
    return {
        (route.path, method)
        for route in app.routes if not isinstance(route, Mount)
        for method in route.methods - {"HEAD"}
    }  # fmt: skip


def test_everything_that_is_answered_is_described_and_nothing_else() -> None:
    described = {
        (path, method.upper()) for path, item in describe_service()["paths"].items()
        for method in item if method != "parameters"
    }  # fmt: skip
    assert described == list_routes(WHOLE) | list_routes(SERVED.hooks)


def test_the_published_description_is_fresh(checkout: Path) -> None:
    page = checkout / "docs" / "reference" / "openapi.json"
    assert json.loads(page.read_text(encoding="utf-8")) == describe_service(), "run tools/write_schemas.py"
