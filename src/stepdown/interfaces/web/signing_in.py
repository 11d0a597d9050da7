"""The door of the pages where a sign-in is set up, and the pages of signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from stepdown.interfaces.oauth.answering import read_parameters
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.id_token import LEEWAY
from stepdown.interfaces.rate_limit import RateLimit
from stepdown.interfaces.sign_in.sessions import Sessions
from stepdown.interfaces.sign_in.settings import SignInSettings
from stepdown.interfaces.sign_in.signing_in import SignIns
from stepdown.interfaces.web.cookies import SESSION, Cookie, make_cookie, make_value
from stepdown.interfaces.web.entering import BROWSER_SECONDS, admit, refuse
from stepdown.interfaces.web.guarding import BACK_CHANNEL
from stepdown.interfaces.web.noting import note
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.web.templating import render

#: What is answered without a session, beside style and script: signing in itself, and what programs ask for.
_OPEN = ("/healthz", "/sign-in", "/sign-in/callback", "/sign-out", BACK_CHANNEL, "/signed-out", "/smart/keys")
#: Bytes of the form in which an issuer sends a logout token.
_LARGEST_LOGOUT = 20_000
_LONGEST_PATH = 4_000


class Door:
    """Asks for a sign-in before every page; the hooks stand beside the pages and have their own trust."""

    def __init__(self, app: ASGIApp, sessions: Sessions, cookie: Cookie) -> None:
        """Keep the sessions, and the cookie that names one."""
        self.app, self.sessions, self.cookie = app, sessions, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with a session; else a page that leads to the sign-in."""
        if scope["type"] != "http" or scope["path"] in _OPEN or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        session = self.sessions.find(self.cookie.read(request))
        if session is None:
            note(scope, "refusal", "no-session")
            await _ask_to_sign_in(request)(scope, receive, send)
            return
        note(scope, "session", session.mark)
        await self.app(scope, receive, send)


def _ask_to_sign_in(request: Request) -> Response:
    """The page that leads to the sign-in; a form that was sent can be sent again after it."""
    asked = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    return write_sign_in(asked if request.method != "POST" else "/", is_form=request.method == "POST")


def write_sign_in(back: str, is_form: bool = False) -> Response:
    """The page with the link to sign in: nobody is signed in unasked, also where the issuer would."""
    page = render("sign_in.html", to=quote(back, safe=""), is_form=is_form)
    # A part of a page cannot show this: the script of the page then loads the whole page again.
    return HTMLResponse(page, 401, {"www-authenticate": 'Cookie realm="stepdown"', "hx-refresh": "true"})


def add_sign_in(app: FastAPI, settings: Settings, sign_in: SignInSettings) -> None:
    """Add the door, inside of the guards that there are, and the addresses of signing in and out."""
    sessions = Sessions(sign_in.idle_seconds, sign_in.longest_seconds)
    session, browser = (make_cookie(name, sign_in.address) for name in (SESSION, "stepdown-browser"))
    app.user_middleware.append(Middleware(Door, sessions=sessions, cookie=session))
    pages = SigningIn(SignIns(sign_in), sessions, RateLimit(settings.posts_per_minute), browser, session)
    routes: tuple[tuple[str, Callable[..., object], list[str]], ...] = (
        ("/sign-in", pages.begin, ["GET"]),
        ("/sign-in/callback", pages.end, ["GET"]),
        ("/sign-out", pages.sign_out, ["POST"]),
        (BACK_CHANNEL, pages.end_from_issuer, ["POST"]),
        ("/signed-out", pages.show_signed_out, ["GET", "HEAD"]),
    )
    for path, endpoint, methods in routes:
        app.add_api_route(path, endpoint, methods=methods, response_model=None)


@dataclass(frozen=True)
class SigningIn:
    """The pages of signing in and out, with what they need."""

    sign_ins: SignIns
    sessions: Sessions
    rate: RateLimit
    browser: Cookie
    session: Cookie

    async def begin(self, request: Request) -> Response:
        """Send the browser to the issuer; another site that leads here gets the page with the link."""
        back = check_back(request.query_params.get("to", "/"))
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return write_sign_in(back)
        browser = self.browser.read(request) or make_value()
        try:
            admit(request, self.rate)
            reply = RedirectResponse(await self.sign_ins.begin(back, browser), 303)
        except NotGranted as problem:
            raise refuse(request, "sign_in", problem) from None
        self.browser.set(reply, browser, BROWSER_SECONDS)
        return reply

    async def end(self, request: Request) -> Response:
        """Begin a session with a new cookie, and lead to the page that was asked for."""
        note(request.scope, "issuer", self.sign_ins.settings.issuer)
        try:
            admit(request, self.rate)
            asked = read_parameters(request.query_params.multi_items())
            found = await self.sign_ins.end(asked, self.browser.read(request))
        except NotGranted as problem:
            raise refuse(request, "sign_in", problem) from None
        self.sessions.end(self.session.read(request))
        value = make_value()
        session = self.sessions.begin(value, found.end_session, sid=found.sid, sub=found.sub)
        note(request.scope, "session", session.mark)
        # Whole, with our own address before it: a path alone could be read as the name of another host.
        reply = RedirectResponse(self.sign_ins.settings.address + found.back.lstrip("/"), 303)
        self.session.set(reply, value)
        return reply

    async def sign_out(self, request: Request) -> Response:
        """End the session here, and show where to end that of the issuer."""
        session = self.sessions.end(self.session.read(request))
        if session is not None:
            note(request.scope, "session", session.mark)
        page = render("signed_out.html", end_session=session.end_session if session else None)
        reply = HTMLResponse(page, headers={"clear-site-data": '"cache", "storage"'})
        self.session.end(reply)
        return reply

    async def end_from_issuer(self, request: Request) -> Response:
        """End the sessions that the issuer says are over (OpenID Connect Back-Channel Logout 1.0)."""
        note(request.scope, "issuer", self.sign_ins.settings.issuer)
        try:
            over = await self.sign_ins.read_logout(await _read_logout_token(request))
        except NotGranted as problem:
            note(request.scope, "refusal", problem.kind)
            return JSONResponse({"error": "invalid_request"}, 400)
        self.sessions.end_all(over.sid, over.sub, over.issued + LEEWAY)
        return Response()

    async def show_signed_out(self) -> Response:
        """Where the issuer leads who signed out there too."""
        return HTMLResponse(render("signed_out.html", end_session=None))


async def _read_logout_token(request: Request) -> str:
    """The token of the form that an issuer sends; NotGranted where it is none."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_LOGOUT:
            raise NotGranted("logout-token")
    sent = parse_qs(body.decode("latin-1")).get("logout_token", [])
    if len(sent) != 1 or sent[0].count(".") != 2:
        raise NotGranted("logout-token")
    return sent[0]


def check_back(path: str) -> str:
    """The path of a page of ours, with what stands after it; the start page where it is none."""
    is_path = path.startswith("/") and "\\" not in path and path.isprintable() and path.isascii()
    return path if is_path and len(path) <= _LONGEST_PATH else "/"
