"""The addresses of SMART App Launch: begin, come back with the record, and the keys by which we are known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from stepdown.interfaces.oauth.answering import read_parameters
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.rate_limit import RateLimit
from stepdown.interfaces.smart.launch import Launches
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.cookies import make_cookie, make_value
from stepdown.interfaces.web.entering import BROWSER_SECONDS, admit, refuse
from stepdown.interfaces.web.noting import note
from stepdown.interfaces.web.pages import show_record
from stepdown.interfaces.web.refusing import Refused
from stepdown.interfaces.web.settings import Settings
from stepdown.ms.errors import UserError

Do = Callable[..., Awaitable[Response]]


def add_launches(app: FastAPI, settings: Settings, smart: SmartSettings, do: Do) -> None:
    """Add the addresses of launches to the pages."""
    launching = Launching(settings, Launches(smart), do, RateLimit(settings.posts_per_minute))
    for path, endpoint, methods in (
        ("/smart/launch", launching.begin, ["GET", "HEAD"]),
        ("/smart/callback", launching.end, ["GET"]),
        ("/smart/keys", launching.send_keys, ["GET", "HEAD"]),
    ):
        app.add_api_route(path, endpoint, methods=methods, response_model=None)


@dataclass(frozen=True)
class Launching:
    """The pages of launches, with what they need."""

    settings: Settings
    launches: Launches
    do: Do
    rate: RateLimit

    async def begin(self, request: Request) -> Response:
        """Send the browser to the authorization endpoint of a listed record system."""
        cookie = make_cookie("stepdown-browser", self.launches.settings.address)
        browser = cookie.read(request) or make_value()
        try:
            admit(request, self.rate)
            asked = read_parameters(request.query_params.multi_items())
            iss = self.launches.find_system(asked.get("iss", "")).iss
            note(request.scope, "issuer", iss)
            reply = RedirectResponse(await self.launches.begin(iss, asked.get("launch", ""), browser), 303)
        except NotGranted as problem:
            raise refuse(request, "launch", problem) from None
        cookie.set(reply, browser, BROWSER_SECONDS)
        return reply

    async def end(self, request: Request) -> Response:
        """The form, filled with the record of the person whose chart is open."""
        browser = make_cookie("stepdown-browser", self.launches.settings.address).read(request)
        try:
            admit(request, self.rate)
            record = await self.launches.end(read_parameters(request.query_params.multi_items()), browser)
            note(request.scope, "issuer", record.iss)
            if record.card:
                note(request.scope, "card", record.card)
            return await self.do(partial(show_record, record, self.settings), self.settings.seconds_to_answer)
        except NotGranted as problem:
            raise refuse(request, "launch", problem) from None
        except UserError as problem:
            raise Refused(422, problem.sentence) from None
        except TimeoutError:
            raise Refused(503, "The answer took too long; try again in a moment.", 30) from None

    async def send_keys(self) -> Response:
        """The public keys of this service, for record systems that fetch them."""
        return JSONResponse(self.launches.settings.list_keys())
