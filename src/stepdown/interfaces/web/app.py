"""The application: its routes, its guards, and the digest beside it when there is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from stepdown import __version__
from stepdown.decisions.assess import evidence_version
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.web import downloads, pages, patient_page, plan_page
from stepdown.interfaces.web.asking import Posted, read_posted
from stepdown.interfaces.web.auditing import Audit
from stepdown.interfaces.web.cookies import SESSION
from stepdown.interfaces.web.doors import Doors
from stepdown.interfaces.web.guarding import Guard
from stepdown.interfaces.web.refusing import Refused
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.web.templating import render, write_style
from stepdown.interfaces.workers import Workers
from stepdown.ms.errors import UserError
from stepdown.reports import AUDIENCES

#: A page: from what was posted to a reply. A worker makes it, since an answer keeps a processor busy.
Page = Callable[[Posted, Settings], Response]
_POSTED: dict[str, Page] = {
    "/form": pages.show_form,
    "/answer": pages.show_answer,
    "/what-if": pages.show_what_if,
    "/ranking": pages.show_ranking,
    "/findings": pages.show_findings,
    "/patient": patient_page.show_patient,
    "/care-plan": plan_page.show_care_plan,
    "/download/pdf": downloads.send_pdf,
    "/download/care-plan": plan_page.send_plan_pdf,
    "/download/json": downloads.send_json,
    "/download/fhir": downloads.send_fhir,
    "/download/person": downloads.send_person,
}
#: Pages that keep a worker for seconds.
_LONG = ("/download/pdf", "/download/care-plan")
_FOUND = ["GET", "HEAD"]


def make_app(settings: Settings, workers: Workers, doors: Doors) -> FastAPI:
    """The application with these settings; its workers make the pages that are posted for."""
    settings = replace(settings, has_sign_in=doors.sign_in is not None)
    # An upload stays in memory: beyond this size it would be written to a file of the system.
    MultiPartParser.spool_max_size = settings.largest_body + 1
    audit = Middleware(Audit, excuse=partial(_excuse, settings), has_sign_in=settings.has_sign_in)
    app = FastAPI(title="stepdown", version=__version__, docs_url=None, redoc_url=None, openapi_url=None,
                  middleware=[audit, Middleware(Guard, settings=settings)])  # fmt: skip
    app.add_exception_handler(Refused, partial(_show_refused, settings))
    app.add_exception_handler(HTTPException, partial(_show_http, settings))
    app.add_api_route("/", partial(_show_start, settings), methods=_FOUND, response_model=None)
    app.add_api_route("/healthz", _show_health, methods=_FOUND, response_model=None)
    for audience in AUDIENCES:
        sheet = partial(_send_style, audience)
        app.add_api_route(f"/static/{audience}.css", sheet, methods=_FOUND, response_model=None)
    for path, page in _POSTED.items():
        do = partial(workers.do, expected=(UserError, Refused), is_long=path in _LONG)
        endpoint = _make_endpoint(page, settings, do)
        app.add_api_route(path, endpoint, methods=["POST"], response_model=None)
        app.add_api_route(path, _go_to_start, methods=_FOUND, response_model=None)
    _add_doors(app, settings, workers, doors)
    app.mount("/static", StaticFiles(packages=[("stepdown.interfaces.web", "static")]))
    if settings.digest:
        app.mount("/digest", StaticFiles(directory=settings.digest, html=True))
    return app


def _add_doors(app: FastAPI, settings: Settings, workers: Workers, doors: Doors) -> None:
    """Add launches and the sign-in where they are set up."""
    if doors.smart is not None:
        from stepdown.interfaces.web.launching import add_launches

        do = partial(workers.do, expected=(UserError, Refused, NotGranted))
        add_launches(app, settings, doors.smart, do)
    if doors.sign_in is not None:
        from stepdown.interfaces.web.signing_in import add_sign_in

        add_sign_in(app, settings, doors.sign_in)


def _make_endpoint(
    page: Page, settings: Settings, do: Callable[..., Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads the form, and has its page made within the time limit."""

    async def answer(request: Request) -> Response:
        posted = await read_posted(request, settings)
        try:
            return await do(partial(page, posted, settings), settings.seconds_to_answer)
        except UserError as problem:
            raise Refused(422, problem.sentence) from None
        except TimeoutError:
            raise Refused(503, "The answer took too long; try again in a moment.", 30) from None

    return answer


async def _show_start(settings: Settings) -> Response:
    return HTMLResponse(pages.write_start(settings))


async def _send_style(audience: str) -> Response:
    return Response(write_style(audience), media_type="text/css")


async def _go_to_start() -> Response:
    """Pages that are made from a form have no address of their own: who asks for one is led to the form."""
    return RedirectResponse("/", status_code=303)


async def _show_health() -> Response:
    return JSONResponse({"status": "ok", "stepdown": __version__, "evidence": evidence_version()})


async def _show_refused(settings: Settings, request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return write_excuse(refused.status, refused.sentence, refused.retry_after, settings, request)


async def _show_http(settings: Settings, request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    sentence = _SENTENCES.get(problem.status_code, "The request cannot be answered.")
    return write_excuse(problem.status_code, sentence, None, settings, request)


_SENTENCES = {
    404: "There is no such page here.",
    405: "This page is not asked for in this way.",
    400: "The form could not be read; go back to the start page and send it again.",
}


def write_excuse(
    status: int, sentence: str, retry_after: int | None, settings: Settings, request: Request
) -> Response:
    """The page for a request that ends early; who has a session can sign out there as on every page."""
    headers = {"retry-after": str(retry_after)} if retry_after else {}
    # Some requests end before anybody asks whether the session still holds: the cookie is enough here.
    frame = settings.frame_for(any(name.endswith(SESSION) for name in request.cookies))
    return HTMLResponse(render("message.html", status=status, sentence=sentence, **frame), status, headers)


async def _excuse(
    settings: Settings, status: int, sentence: str, retry_after: int | None,
    scope: Scope, receive: Receive, send: Send,
) -> None:  # fmt: skip
    page = write_excuse(status, sentence, retry_after, settings, Request(scope))
    await page(scope, receive, send)
