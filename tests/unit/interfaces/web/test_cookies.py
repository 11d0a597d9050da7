"""Cookies of ours: how they are named and guarded, with TLS and on this machine alone without it."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

from starlette.responses import Response

from stepdown.interfaces.web.cookies import make_cookie, make_value


@pytest.mark.parametrize(
    ("address", "begins", "is_secure"),
    [
        ("https://stepdown.example/", "__Host-stepdown-x=", True),
        ("http://127.0.0.1:8000/", "stepdown-x=", False),
    ],
)
def test_a_cookie_is_for_one_host_and_no_script(address: str, begins: str, is_secure: bool) -> None:
    reply = Response()
    make_cookie("stepdown-x", address).set(reply, make_value())
    written = reply.headers["set-cookie"]
    how = {each.strip().lower() for each in written.split(";")[1:]}
    assert written.startswith(begins)
    assert how == {"httponly", "path=/", "samesite=lax", *(["secure"] if is_secure else [])}
