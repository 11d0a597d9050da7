"""A record system of our own that stands for the hospital's: its FHIR and authorization servers, a chart.

SMART App Launch 2.2 and OpenID Connect as they are written, keys made when it starts. It checks what we send:
our name and its proof, the address to come back to, PKCE, the launch, the audience, each token. What
it does wrong on purpose stands in ``faults``; every request is written down in ``asked``.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import secrets
import ssl
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from functional.fhir_server import FhirServer

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]
JSON_HEADERS = {"content-type": "application/json"}
#: Where a fault may point; nothing listens there.
ELSEWHERE = "http://127.0.0.1:9/never-asked"
CLINICIAN = "invented-clinician-5521"


@dataclass
class Registered:
    """How we are known there: our name, where to come back to, and a key or a secret."""

    client_id: str = "stepdown-invented"
    back: tuple[str, ...] = ("https://stepdown.example/smart/callback",)
    key: Json | None = None
    secret: str | None = None


@dataclass
class Faults:
    """What it does wrong on purpose: parts of its replies that are put in the place of the right ones."""

    configuration: Json = field(default_factory=dict)
    claims: Json = field(default_factory=dict)
    algorithm: str = "ES256"
    key: Any = None
    token: Json = field(default_factory=dict)
    refuse: str | None = None
    status: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    next_link: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False

    def cut(self, content: bytes) -> Iterator[bytes]:
        """A body as it is sent: whole, or byte by byte without an end."""
        if not self.drips:
            yield content
            return
        for number in range(len(content)):
            time.sleep(0.1)
            yield content[number : number + 1]


@dataclass
class RecordSystem:
    """The hospital: what it holds, as whom it knows us, what it did, and what was asked of it."""

    fhir: FhirServer
    registered: Registered = field(default_factory=Registered)
    faults: Faults = field(default_factory=Faults)
    asks: bool = False
    patient: str = "invented-fhir-1"
    claims: Json = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    base: str = ""
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "hospital-1"}))
    launches: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Json] = field(default_factory=dict)
    chart: str = ""

    @property
    def iss(self) -> str:
        """The address of its FHIR server."""
        return f"{self.base}/fhir"

    def open_chart(self, patient: str | None = None) -> str:
        """A mark of a launch from the chart of a person."""
        mark = secrets.token_urlsafe(12)
        self.launches[mark] = self.patient if patient is None else patient
        return mark

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Answer:
        """Status, headers and body of a reply."""
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        form = dict(parse_qsl(body.decode())) if method == "POST" else {}
        self.asked.append(f"{method} {target}")
        time.sleep(self.faults.seconds.get(path, 0))
        if path in self.faults.status:
            return self.faults.status[path], {**JSON_HEADERS, "location": ELSEWHERE}, {"error": "invented"}
        if path in self.faults.bodies:
            return 200, JSON_HEADERS, self.faults.bodies[path]
        if path.startswith("/fhir/") and not path.startswith("/fhir/.well-known/"):
            return self._answer_fhir(method, target, headers)
        return self._find(path)(query, form, headers)

    def _find(self, path: str) -> Callable[[Json, Json, Any], Answer]:
        found = {
            "/fhir/.well-known/smart-configuration": self._configure,
            "/.well-known/openid-configuration": self._configure,
            "/authorize": self._authorize,
            "/token": self._give_token,
            "/keys": lambda *_: (200, JSON_HEADERS, KeySet([self.key]).as_dict(private=False)),
            "/chart": lambda *_: (200, {"content-type": "text/html"}, self.chart.encode()),
            "/end": lambda *_: (200, {"content-type": "text/html"}, b"<p>Signed out of the clinic.</p>"),
        }
        return found.get(path, lambda *_: (404, JSON_HEADERS, {}))

    def _configure(self, *_: Any) -> Answer:
        """The discovery document, of SMART and of OpenID Connect alike."""
        found = {
            "issuer": self.base, "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token", "jwks_uri": f"{self.base}/keys",
            "end_session_endpoint": f"{self.base}/end", "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-ehr", "context-ehr-patient", "permission-v2", "sso-openid-connect"],
        }  # fmt: skip
        kept = {name: each for name, each in (found | self.faults.configuration).items() if each is not None}
        return 200, JSON_HEADERS, kept

    def _authorize(self, query: Json, form: Json, _headers: Any) -> Answer:
        """Sign in, and send the browser back with a code; a page of its own where we did something wrong."""
        asked = query | form
        if wrong := self._find_wrong(asked):
            return 400, {"content-type": "text/plain"}, wrong.encode()
        if self.asks and "person" not in form:
            inputs = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
                             for name, value in asked.items())  # fmt: skip
            page = (f'<!DOCTYPE html><title>The hospital</title><form method="post">{inputs}'
                    '<input name="person" value="invented"><button>Sign in</button></form>')  # fmt: skip
            return 200, {"content-type": "text/html"}, page.encode()
        back = {"state": asked["state"]}
        if self.faults.refuse:
            back["error"] = self.faults.refuse
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = asked
        return 303, {"location": f"{asked['redirect_uri']}?{urlencode(back)}"}, b""

    def _find_wrong(self, asked: Json) -> str:
        ours = self.registered
        wanted = {"client_id": (ours.client_id,), "redirect_uri": ours.back, "response_type": ("code",),
                  "code_challenge_method": ("S256",)}  # fmt: skip
        wrong = [name for name, allowed in wanted.items() if asked.get(name) not in allowed]
        wrong += [name for name in ("state", "nonce", "code_challenge") if len(asked.get(name, "")) < 20]
        if "launch" in asked.get("scope", "").split():
            wrong += ["aud"] if asked.get("aud") != self.iss else []
            wrong += ["launch"] if asked.get("launch") not in self.launches else []
        return " ".join(wrong)

    def _give_token(self, _query: Json, form: Json, headers: Any) -> Answer:
        begun = self.codes.pop(form.get("code", ""), None)
        digest = encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if begun is None or digest.decode() != begun["code_challenge"] or not self._is_us(form, headers):
            return 400, JSON_HEADERS, {"error": "invalid_grant"}
        if form.get("redirect_uri") != begun["redirect_uri"]:
            return 400, JSON_HEADERS, {"error": "invalid_grant"}
        self.tokens.append(secrets.token_urlsafe(24))
        found = {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": 300,
                 "scope": begun.get("scope"), "id_token": self._write_id_token(begun)}  # fmt: skip
        if "launch" in begun:
            found |= {"patient": self.launches[begun["launch"]]}
        return 200, JSON_HEADERS, {name: each for name, each in (found | self.faults.token).items()
                                   if each is not None}  # fmt: skip

    def _is_us(self, form: Json, headers: Any) -> bool:
        """Whether the token request proves who we are in the way that was registered."""
        ours = self.registered
        if ours.key is not None:
            key = ECKey.import_key(ours.key) if ours.key["kty"] == "EC" else RSAKey.import_key(ours.key)
            claims = jwt.decode(form["client_assertion"], key, algorithms=["ES384", "RS384", "ES256"]).claims
            fits = claims["iss"] == claims["sub"] == ours.client_id and claims["aud"] == f"{self.base}/token"
            return bool(fits and claims["exp"] - time.time() < 300 and claims["jti"])
        if ours.secret is not None:
            pair = b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
            said = [unquote_plus(each) for each in pair.split(":")]
            return said == [ours.client_id, ours.secret] and "client_secret" not in form
        return form.get("client_id") == ours.client_id

    def _write_id_token(self, begun: Json) -> str:
        now = int(time.time())
        claims = {"iss": self.base, "sub": CLINICIAN, "aud": self.registered.client_id, "iat": now,
                  "exp": now + 300, "nonce": begun["nonce"], "fhirUser": "Practitioner/invented"}  # fmt: skip
        chosen = {**claims, **self.claims, **self.faults.claims}
        kept = {name: each for name, each in chosen.items() if each is not None}
        if self.faults.algorithm in ("none", "HS256"):
            return self._write_confused(kept)
        key, algorithm = self.faults.key or self.key, self.faults.algorithm
        return jwt.encode({"alg": algorithm, "kid": "hospital-1"}, kept, key, algorithms=[algorithm])

    def _write_confused(self, claims: Json) -> str:
        """A token that nobody signed, or one signed with the public key as if it were a shared secret."""
        parts = [{"alg": self.faults.algorithm, "kid": "hospital-1"}, claims]
        plain = b".".join(encode(json.dumps(each).encode()) for each in parts)
        secret = self.key.as_pem(private=False)
        sealed = encode(hmac.digest(secret, plain, "sha256")) if self.faults.algorithm == "HS256" else b""
        return (plain + b"." + sealed).decode()

    def _answer_fhir(self, method: str, target: str, headers: Any) -> Answer:
        """A read with a token that was given; the base of the FHIR server lies under /fhir."""
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, JSON_HEADERS, {}
        status, value = self.fhir.answer(method, target.removeprefix("/fhir"), b"")
        if self.faults.next_link and value["resourceType"] == "Bundle":
            value = {**value, "link": [{"relation": "next", "url": self.faults.next_link}]}
        return status, {"content-type": "application/fhir+json", **self.faults.headers}, value


def encode(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")


@contextmanager
def serving_record_system(resources: list[Json], **how: Any) -> Iterator[RecordSystem]:
    """The hospital on a free port of this machine, stopped at the end."""
    certificate: dict[str, str] = how.pop("certificate", {})
    pages = {name: how.pop(name) for name in ("page_size", "forbidden") if name in how}
    fhir = FhirServer(resources, **pages)
    held = RecordSystem(fhir, **how)

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, value = held.answer(self.command, self.path, self.headers, body)
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            for name, text in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, text)
            self.end_headers()
            for piece in held.faults.cut(content):
                self.wfile.write(piece)

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: what was asked is written down in ``asked``."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate["ssl_certfile"], certificate["ssl_keyfile"])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    held.base = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    fhir.base = held.iss
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
