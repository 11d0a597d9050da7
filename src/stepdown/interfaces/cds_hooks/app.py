"""The hooks as a web service: discovery, calls, feedback; a refusal is an OperationOutcome.

A line is logged for each request: service, issuer, engine and evidence version, status, number of cards and
time. Nothing of a person, and no name of a rule.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from stepdown import __version__
from stepdown.decisions.assess import evidence_version
from stepdown.interfaces.cds_hooks.calls import CallRefused, read_call
from stepdown.interfaces.cds_hooks.card import App
from stepdown.interfaces.cds_hooks.cards import make_cards
from stepdown.interfaces.cds_hooks.feedback import FeedbackCounts
from stepdown.interfaces.cds_hooks.services import Json, find_hook, read_settings, write_discovery
from stepdown.interfaces.cds_hooks.trust import NotTrusted, TrustedCallers
from stepdown.interfaces.rate_limit import RateLimit
from stepdown.interfaces.workers import Workers, name_fault

ROOT = "/cds-services"
LOG = logging.getLogger("stepdown.cds_hooks")
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_DEEPEST = 60
#: JSON is read into these very types; ten thousand values are looked at in each call.
_NESTED = frozenset({dict, list})


@dataclass(frozen=True)
class HooksSettings:
    """Who may call (None: nobody, or everybody in a demonstration), from which pages, and within what limits.

    ``app`` is where cards lead; limits are bytes and seconds.
    ``calls_per_minute`` is for one issuer, or one address in a demonstration; 0 sets no limit.
    """

    trusted: TrustedCallers | None = None
    is_demo: bool = False
    origins: tuple[str, ...] = ()
    app: App | None = None
    largest_body: int = 20_000_000
    seconds: float = 20.0
    calls_per_minute: int = 6_000


Answer = Callable[[Request, str, HooksSettings], Awaitable[tuple[int, Json, dict[str, Any]]]]


def make_hooks_app(settings: HooksSettings, workers: Workers) -> FastAPI:
    """The service with these settings; its workers make the cards."""
    cors = [
        Middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
        )
    ]
    app = FastAPI(
        title="stepdown",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=cors,
    )
    counts = FeedbackCounts()
    call, feedback = partial(_answer_call, workers=workers), partial(_take_feedback, counts=counts)
    admit = partial(_admit, settings=settings, rate=RateLimit(settings.calls_per_minute))
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_api_route(ROOT, _discover, methods=["GET", "HEAD"], response_model=None)
    routes = {"/{service}": call, "/{service}/feedback": feedback}
    for path, answer in routes.items():
        endpoint = _route(answer, settings, admit)
        app.add_api_route(ROOT + path, endpoint, methods=["POST"], response_model=None)
    app.state.feedback = counts
    return app


async def _discover(request: Request) -> Response:
    started = time.perf_counter()
    reply = JSONResponse(write_discovery(), headers=_HEADERS)
    _write_line(request.method, {"service": "discovery"}, 200, time.perf_counter() - started)
    return reply


def _route(
    answer: Answer, settings: HooksSettings, admit: Callable[[Request], str]
) -> Callable[[Request, str], Awaitable[Response]]:
    """A route that checks the caller, answers, and writes its line."""

    async def handle(request: Request, service: str) -> Response:
        started, hook = time.perf_counter(), find_hook(service)
        seen = {"service": service, "hook": hook} if hook else {"service": "other"}
        headers = dict(_HEADERS)
        try:
            seen["issuer"] = admit(request)
            if hook is None:
                raise CallRefused(404, "there is no such service", "not-found")
            status, body, more = await answer(request, service, settings)
        except NotTrusted:
            status, body, more = 401, _to_outcome("login", "not trusted"), {}
        except CallRefused as refused:
            status, body, more = refused.status, _to_outcome(refused.code, refused.sentence), {}
            headers |= {"retry-after": str(refused.retry_after)} if refused.retry_after else {}
        except Exception as problem:  # noqa: BLE001 - the last door: its text may hold what was sent
            status, body = 500, _to_outcome("exception", "a fault of stepdown itself; nothing was kept")
            more = {"fault": name_fault(problem)}
        _write_line("POST", seen | more, status, time.perf_counter() - started)
        return JSONResponse(body, status, headers=headers)

    return handle


def _admit(request: Request, settings: HooksSettings, rate: RateLimit) -> str:
    """Who calls; CallRefused where the same one called too often."""
    issuer = _check_caller(request, settings)
    address = request.client.host if request.client else ""
    if wait := rate.seconds_to_wait(issuer if settings.trusted else address):
        raise CallRefused(429, "too many calls; Retry-After says when again", "throttled", wait)
    return issuer


def _check_caller(request: Request, settings: HooksSettings) -> str:
    """Who calls: an issuer on the list; anybody in a demonstration; nobody where no issuer is configured."""
    if settings.trusted is not None:
        return settings.trusted.check(request.headers.get("authorization", ""))
    if settings.is_demo:
        return "demonstration"
    raise NotTrusted("no issuers are configured")


async def _answer_call(
    request: Request, service: str, settings: HooksSettings, workers: Workers
) -> tuple[int, Json, dict[str, Any]]:
    """The cards of a call, made by a worker within the time limit."""
    body = await _read_body(request, settings)
    work = partial(_make_reply, body, service, settings.app)
    try:
        reply = await workers.do(work, settings.seconds, expected=(CallRefused,))
    except TimeoutError:
        raise CallRefused(503, "the answer took too long", "timeout") from None
    return 200, reply, {"cards": len(reply["cards"])}


def warm_up() -> None:
    """Answer once for nobody: what is read once is there before anybody waits."""
    context = {"userId": "Practitioner/nobody", "patientId": "nobody"}
    coding = [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "G35"}]
    condition = {"resourceType": "Condition", "id": "1", "code": {"coding": coding}}
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": condition}]}
    patient = {"resourceType": "Patient", "id": "nobody", "birthDate": "1970"}
    call = {"hook": "patient-view", "hookInstance": "1", "context": context,
            "prefetch": {"patient": patient, "conditions": bundle}}  # fmt: skip
    _make_reply(json.dumps(call).encode(), read_settings()["service"][0]["id"], None)


def _make_reply(body: bytes, service: str, app: App | None) -> Json:
    hook = find_hook(service) or ""
    return {"cards": make_cards(read_call(_parse(body), hook), app)}


async def _take_feedback(
    request: Request, service: str, settings: HooksSettings, counts: FeedbackCounts
) -> tuple[int, Json, dict[str, Any]]:
    """Count the feedback of a request."""
    body = await _read_body(request, settings)
    return 200, {}, {"feedback": counts.add(service, _parse(body))}


async def _read_body(request: Request, settings: HooksSettings) -> bytes:
    """The body within its limits of size and time."""
    pieces, size = [], 0
    try:
        with anyio.fail_after(settings.seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > settings.largest_body:
                    raise CallRefused(413, "the body is larger than one person's record can be", "too-long")
                pieces.append(piece)
    except TimeoutError:
        raise CallRefused(408, "the body took too long to arrive", "timeout") from None
    except ClientDisconnect:
        raise CallRefused(400, "the caller went away") from None
    return b"".join(pieces)


def _parse(body: bytes) -> Any:
    """The JSON of a body, not nested too deeply."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise CallRefused(400, "the body is no JSON") from None
    if _depth(value) > _DEEPEST:
        raise CallRefused(400, "the body is nested too deeply")
    return value


def _depth(value: Any) -> int:
    """How deep groups and lists are nested, level by level."""
    depth, level = 1, [value] if type(value) in _NESTED else []
    while level and depth <= _DEEPEST:
        depth += 1
        level = [inner for each in level for inner in (each.values() if type(each) is dict else each)
                 if type(inner) in _NESTED]  # fmt: skip
    return depth


def _to_outcome(code: str, sentence: str) -> Json:
    issue = {"severity": "error", "code": code, "diagnostics": sentence}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


async def _refuse_http(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    _write_line(request.method, {"service": "other"}, status, 0.0)
    return JSONResponse(_to_outcome("not-supported", "not answered here"), status, headers=_HEADERS)


def _write_line(method: str, seen: dict[str, Any], status: int, seconds: float) -> None:
    """The line of a request, as JSON."""
    line = {
        "request": secrets.token_hex(8),
        "method": method if method in ("GET", "HEAD", "POST") else "other",
        **seen,
        "status": status,
        "milliseconds": round(1000 * seconds),
        "stepdown": __version__,
        "evidence": evidence_version(),
    }
    LOG.info(json.dumps(line), extra={"line": line, "seconds": seconds})


class Beside:
    """Two applications on one address: the hooks under their own path, the pages everywhere else."""

    def __init__(self, pages: Any, hooks: Any) -> None:
        """Keep both."""
        self.pages, self.hooks = pages, hooks

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand a request to the one it is for."""
        is_hook = scope["type"] == "http" and (scope["path"] + "/").startswith(ROOT + "/")
        await (self.hooks if is_hook else self.pages)(scope, receive, send)
