"""A security officer and an administrator of a clinic try launches and sign-ins. All people are invented.

What is expected stands in the how-to pages, or in RFC 6749, 9110, 9207 and 9700, OpenID Connect Core and
SMART App Launch 2.2.
"""

import io
import json
import re
import secrets
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

from functional.record_system import CLINICIAN, RecordSystem, Registered
from functional.smart.walking import ADDRESS, HOST, Browser, NoRedirect, hospital
from functional.web.served import Reply, Served

STEPDOWN = Path(sys.executable).with_name("stepdown")
SECRET = "Invented-secret-7719.of~nobody"
EVIL = "evil.example"
SMART = """address = "https://stepdown.example/"
[[record_system]]
iss = "{iss}"
client_id = "stepdown-invented"
secret = "secret.txt"
certificates = "cert.pem"
"""
SIGN_IN = """address = "https://stepdown.example/"
issuer = "{base}"
client_id = "stepdown-invented"
secret = "secret.txt"
certificates = "cert.pem"
[allow]
groups = ["ms-clinic"]
"""
LISTED = """address = "https://stepdown.example/"
[[record_system]]
iss = "https://fhir.hospital.example/r4"
client_id = "stepdown"
"""
ISSUER = """address = "https://stepdown.example/"
issuer = "https://login.hospital.example"
client_id = "stepdown"
"""
#: Reads each settings file in a process of its own, which is ended after five seconds if it still serves.
READ_EACH = """
import os, signal, sys, time
import stepdown.interfaces.web.serving
from stepdown.interfaces.cli import main
for number, line in enumerate(sys.stdin.read().splitlines()):
    child = os.fork()
    if child == 0:
        out = os.open(f"{number}.said", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1); os.dup2(out, 2); signal.alarm(5)
        sys.argv = ["stepdown", *line.split()]
        code = main(line.split())
        sys.stdout.flush(); sys.stderr.flush(); os._exit(code or 0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass
class Service:
    """The command as it runs: its port, and the file of what it says."""

    port: int
    said: Path

    def read_line(self, reply: Reply) -> dict[str, Any]:
        for _ in range(300):
            said = self.said.read_text().splitlines()
            lines = [line for line in said if reply.headers["x-request-id"] in line]
            if lines:
                return dict(json.loads(lines[0]))
            time.sleep(0.01)
        raise AssertionError("no line for this reply")

    def ask(self, method: str, path: str, **headers: str) -> Reply:
        return Served(self.port, None, io.StringIO()).ask(method, path, b"", {"Host": HOST, **headers})


class Visitor(Browser):
    """A browser that trusts the invented hospital and may go to its sign-in."""

    trust: ssl.SSLContext

    def sign_in(self, address: str) -> str:
        opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=self.trust))
        try:
            raise AssertionError(opener.open(address, timeout=20).read())
        except urllib.error.HTTPError as answer:
            assert answer.code == 303, answer.read()
            return str(answer.headers["location"])

    def find_door(self, path: str = "/") -> str:
        """The address of the link to sign in, on a page that asks for it."""
        reply = self.get(path)
        assert reply.status == 401
        found = re.search(r'href="(/sign-in[^"]*)"', reply.text)
        assert found, reply.text
        return unescape(found[1])

    def begin_sign_in(self, door: str = "") -> str:
        """A sign-in up to the address to come back to."""
        reply = self.get(door or self.find_door())
        assert reply.status == 303, reply.text
        return self.sign_in(reply.headers["location"])

    def enter(self) -> Reply:
        return self.come_back(self.begin_sign_in())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for this machine, and a secret."""
    found = tmp_path_factory.mktemp("settings")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", "key.pem", "-out", "cert.pem",
         "-addext", "keyUsage=critical,digitalSignature,keyCertSign"],
        cwd=found, check=True, capture_output=True)  # fmt: skip
    (found / "secret.txt").write_text(SECRET + "\n")
    return found


@pytest.fixture(scope="module")
def clinic(folder: Path) -> Iterator[RecordSystem]:
    """The hospital behind TLS, which knows both addresses to come back to."""
    paths = {"ssl_certfile": str(folder / "cert.pem"), "ssl_keyfile": str(folder / "key.pem")}
    back = tuple(ADDRESS + each for each in ("smart/callback", "sign-in/callback"))
    registered = Registered(back=back, secret=SECRET)
    with hospital(certificate=paths, registered=registered, claims={"groups": ["ms-clinic"]}) as running:
        yield running


@contextmanager
def run_command(folder: Path, name: str, *arguments: str) -> Iterator[Service]:
    """``stepdown serve`` on a free port, ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = folder / f"{name}.log"
    with said.open("w") as log:
        command = [STEPDOWN, "serve", "--port", str(port), "--name", HOST, "--posts-per-minute", "0"]
        process = subprocess.Popen([*command, *arguments], cwd=folder, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while "pages at" not in said.read_text() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        assert "pages at" in said.read_text(), said.read_text()
        yield Service(port, said)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def open_pages(folder: Path, clinic: RecordSystem) -> Iterator[Service]:
    """The pages that a chart may launch and that ask nobody who they are."""
    (folder / "smart.toml").write_text(SMART.format(iss=clinic.iss))
    with run_command(folder, "open", "--smart", "smart.toml") as running:
        yield running


@pytest.fixture(scope="module")
def closed_pages(folder: Path, clinic: RecordSystem, open_pages: Service) -> Iterator[Service]:
    """The pages that ask for a sign-in, with the same record system."""
    assert open_pages.port
    (folder / "sign-in.toml").write_text(SIGN_IN.format(base=clinic.base))
    with run_command(folder, "closed", "--smart", "smart.toml", "--sign-in", "sign-in.toml") as running:
        yield running


def visit(service: Service, folder: Path) -> Visitor:
    """A new browser before these pages."""
    found = Visitor(Served(service.port, None, io.StringIO()))
    found.trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    return found


@pytest.fixture
def clinician(open_pages: Service, folder: Path) -> Visitor:
    """A new browser before the open pages."""
    return visit(open_pages, folder)


@pytest.fixture
def colleague(closed_pages: Service, folder: Path) -> Visitor:
    """A new browser before the pages with a sign-in."""
    return visit(closed_pages, folder)


#: Files that lie beside the settings: what is in them.
BESIDE = {
    "secret.txt": SECRET.encode(), "empty.txt": b"", "two-lines.txt": SECRET.encode() + b"\nanother\n",
    "no-key.pem": b"-----BEGIN PRIVATE KEY-----\n" + SECRET.encode() + b"\n-----END PRIVATE KEY-----\n",
    "shared.jwk": json.dumps({"kty": "oct", "k": "SW52ZW50ZWQtc2VjcmV0LTc3MTk"}).encode(),
}  # fmt: skip
#: Settings with mistakes: the option, the text, and a word that the message must have.
MISTAKES: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("--smart", "", "address"),
    "no-toml": ("--smart", "address: https://stepdown.example/\n", "no-toml.toml"),
    "latin-1": ("--smart", LISTED.encode() + "# Universitätsklinik\n".encode("latin-1"), "latin-1.toml"),
    "no-system": ("--smart", 'address = "https://stepdown.example/"\n', "record_system"),
    "misspelt": ("--smart", LISTED + 'client-secret = "secret.txt"\n', "client-secret"),
    "no-client": ("--smart", LISTED.replace("client_id", "#"), "client_id"),
    "http-iss": ("--smart", LISTED.replace("https://fhir", "http://fhir"), "iss"),
    "user-iss": ("--smart", LISTED.replace("https://fhir", "https://joe:pw@fhir"), "iss"),
    "query-iss": ("--smart", LISTED.replace("/r4", "/r4?tenant=1"), "iss"),
    "twice": ("--smart", LISTED + LISTED.partition("\n")[2], "https://fhir.hospital.example/r4"),
    "both": ("--smart", LISTED + 'secret = "secret.txt"\nkey = "no-key.pem"\n', "secret"),
    "no-file": ("--smart", LISTED + 'key = "not-there.pem"\n', "not-there.pem"),
    "folder-as-key": ("--smart", LISTED + 'key = "."\n', "key"),
    "no-key": ("--smart", LISTED + 'key = "no-key.pem"\n', "no-key.pem"),
    "shared-key": ("--smart", LISTED + 'key = "shared.jwk"\n', "shared.jwk"),
    "empty-secret": ("--smart", LISTED + 'secret = "empty.txt"\n', "empty.txt"),
    "two-secrets": ("--smart", LISTED + 'secret = "two-lines.txt"\n', "two-lines.txt"),
    "no-certificates": ("--smart", LISTED + 'certificates = "empty.txt"\n', "empty.txt"),
    "origin-path": ("--smart", LISTED + 'origins = ["https://login.hospital.example/realms"]\n', "origins"),
    "origin-star": ("--smart", LISTED + 'origins = ["https://*.hospital.example"]\n', "origins"),
    "origin-http": ("--smart", LISTED + 'origins = ["http://login.hospital.example"]\n', "origins"),
    "origin-text": ("--smart", LISTED + 'origins = "https://login.hospital.example"\n', "origins"),
    "proxy": ("--smart", LISTED + 'proxy = "proxy.hospital.example:3128"\n', "proxy"),
    "no-allow": ("--sign-in", ISSUER, "allow"),
    "nobody": ("--sign-in", ISSUER + "[allow]\ngroups = []\n", "allow"),
    "blank-group": ("--sign-in", ISSUER + '[allow]\ngroups = [""]\n', "groups"),
    "group-text": ("--sign-in", ISSUER + '[allow]\ngroups = "ms-clinic"\n', "groups"),
    "group-misspelt": ("--sign-in", ISSUER + '[allow]\ngroup = ["ms-clinic"]\n', "group"),
    "everybody-no": ("--sign-in", ISSUER + "[allow]\neverybody = false\n", "allow"),
    "everybody-text": ("--sign-in", ISSUER + '[allow]\neverybody = "true"\n', "everybody"),
    "domain-at": (
        "--sign-in", ISSUER + '[allow]\nemail_domains = ["joe@hospital.example"]\n', "email_domains"),
    "claim-only": ("--sign-in", ISSUER + '[allow]\ngroups_claim = "roles"\n', "allow"),
    "idle-241": ("--sign-in", ISSUER + "idle_minutes = 241\n[allow]\neverybody = true\n", "idle_minutes"),
    "idle-0": ("--sign-in", ISSUER + "idle_minutes = 0\n[allow]\neverybody = true\n", "idle_minutes"),
    "idle-true": ("--sign-in", ISSUER + "idle_minutes = true\n[allow]\neverybody = true\n", "idle_minutes"),
    "hours-inf": ("--sign-in", ISSUER + "longest_hours = inf\n[allow]\neverybody = true\n", "longest_hours"),
    "hours-25": ("--sign-in", ISSUER + "longest_hours = 25\n[allow]\neverybody = true\n", "longest_hours"),
    "acr-text": ("--sign-in", ISSUER + 'acr = "mfa"\n[allow]\neverybody = true\n', "acr"),
    "http-issuer": (
        "--sign-in", ISSUER.replace("https://l", "http://l") + "[allow]\neverybody = true\n", "issuer"),
}  # fmt: skip


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What comes out for each of the settings with a mistake: the exit code and what is said."""
    place = tmp_path_factory.mktemp("mistakes")
    for name, content in BESIDE.items():
        (place / name).write_bytes(content)
    (place / "other.toml").write_text(LISTED.replace("stepdown.example", "another.example"))
    (place / "allowed.toml").write_text(ISSUER + "[allow]\neverybody = true\n")
    lines = []
    for name, (option, content, _) in MISTAKES.items():
        (place / f"{name}.toml").write_bytes(content.encode() if isinstance(content, str) else content)
        lines.append(f"serve --port 0 {option} {name}.toml")
    lines += ["serve --port 0 --smart other.toml --sign-in allowed.toml", "serve --port 0 --smart ."]
    ended = subprocess.run([sys.executable, "-c", READ_EACH], cwd=place, input="\n".join(lines),
                           capture_output=True, text=True, timeout=200, check=True)  # fmt: skip
    said = [(place / f"{number}.said").read_text() for number in range(len(lines))]
    codes = map(int, ended.stdout.split())
    return dict(zip([*MISTAKES, "two addresses", "folder"], zip(codes, said, strict=True), strict=True))


# 1
@pytest.mark.parametrize("name", MISTAKES)
def test_settings_with_a_mistake_end_the_command_with_a_sentence_that_names_it(
    name: str, mistakes: dict[str, tuple[int, str]]
) -> None:
    code, said = mistakes[name]
    assert code > 0, said
    assert "Traceback" not in said and len(said.strip().splitlines()) <= 3
    assert f"{name}.toml" in said and MISTAKES[name][2] in said


# 2
def test_two_files_for_two_addresses_and_a_folder_for_a_file_end_the_command(
    mistakes: dict[str, tuple[int, str]]
) -> None:
    for name in ("two addresses", "folder"):
        code, said = mistakes[name]
        assert code > 0 and "Traceback" not in said
    assert "address" in mistakes["two addresses"][1]


# 3
def test_no_sentence_about_a_mistake_holds_a_secret(mistakes: dict[str, tuple[int, str]]) -> None:
    everything = " ".join(said for _, said in mistakes.values())
    assert SECRET not in everything and "SW52ZW50ZWQ" not in everything
    assert ":pw@" not in everything


# 4
def test_the_real_command_ends_at_once_without_its_settings(folder: Path) -> None:
    command = [STEPDOWN, "serve", "--port", "0", "--sign-in", "not-there.toml"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert ended.returncode > 0 and "not-there.toml" in ended.stderr
    assert "Traceback" not in ended.stderr and not ended.stdout


# 5
@pytest.mark.parametrize("asked", [
    "", "launch=abc", "iss=&launch=abc", "iss={iss}", "iss={iss}&launch=",
    "iss={iss}&iss={iss}&launch={mark}", "iss={iss}&launch={mark}&launch=other",
    "iss={iss}&iss=https://evil.example&launch={mark}",
    "ISS={iss}&launch={mark}",
])  # fmt: skip
def test_a_launch_that_is_incomplete_or_says_a_thing_twice_goes_nowhere(
    asked: str, clinician: Visitor, clinic: RecordSystem
) -> None:
    before = len(clinic.asked)
    reply = clinician.get("/smart/launch?" + asked.format(iss=quote(clinic.iss), mark=clinic.open_chart()))
    assert reply.status == 400 and "location" not in reply.headers
    assert len(clinic.asked) == before and "text/html" in reply.headers["content-type"]


# 6
@pytest.mark.parametrize("change", [
    ("/fhir", "/fhir/../fhir"), ("/fhir", "/fhir?x=1"), ("/fhir", "/fhir#x"), ("127.0.0.1:", "127.0.0.1:1"),
    ("//127", "//joe@127"), ("//127.0.0.1", "//127.0.0.1@evil.example"), ("127.0.0.1", "１２７.0.0.1"),
    ("https", "http"), ("/fhir", "/FHIR"), ("127.0.0.1", "2130706433"), ("/fhir", "/fhir\r\nX-Evil: 1"),
    ("/fhir", "/fhir\x00"), ("127.0.0.1", "localhost"),
], ids=repr)  # fmt: skip
def test_a_record_system_that_is_almost_a_listed_one_is_not_asked(
    change: tuple[str, str], clinician: Visitor, clinic: RecordSystem, open_pages: Service
) -> None:
    before = len(clinic.asked)
    reply = clinician.begin(clinic.iss.replace(*change), clinic.open_chart())
    assert reply.status in (400, 403) and "location" not in reply.headers
    assert len(clinic.asked) == before and EVIL not in reply.text
    assert "issuer" not in open_pages.read_line(reply)


# 7
@pytest.mark.parametrize("change", [("/fhir", "/fhir/"), ("https://", "HTTPS://")], ids=repr)
def test_a_slash_at_the_end_or_another_case_leads_to_the_listed_system_or_nowhere(
    change: tuple[str, str], clinician: Visitor, clinic: RecordSystem
) -> None:
    reply = clinician.begin(clinic.iss.replace(*change), clinic.open_chart())
    assert reply.status in (303, 400, 403)
    if reply.status == 303:
        assert reply.headers["location"].startswith(f"{clinic.base}/authorize?")
        assert dict(parse_qsl(urlsplit(reply.headers["location"]).query))["aud"] == clinic.iss


# 8
def test_a_launch_asks_for_what_the_page_says_and_comes_back_only_to_the_address_of_the_settings(
    clinician: Visitor, clinic: RecordSystem
) -> None:
    asked = urlencode({"iss": clinic.iss, "launch": clinic.open_chart(), "redirect_uri": f"https://{EVIL}/"})
    reply = clinician.get(f"/smart/launch?{asked}", **{"X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"})
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    assert all(len(each) == 1 for each in query.values()) and EVIL not in reply.headers["location"]
    assert query["redirect_uri"] == [f"{ADDRESS}smart/callback"] and query["aud"] == [clinic.iss]
    assert query["code_challenge_method"] == ["S256"] and query["response_type"] == ["code"]
    scopes = query["scope"][0].split()
    assert {"launch", "openid", "fhirUser", "patient/Patient.rs", "patient/Procedure.rs"} <= set(scopes)
    assert len(scopes) == 13 and not {"offline_access", "online_access"} & set(scopes)
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("__Host-stepdown-browser=") and "\n" not in cookie
    parts = {each.strip().lower() for each in cookie.split(";")}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts


# 9
def test_an_answer_is_good_once_and_only_in_the_browser_that_began(
    clinician: Visitor, clinic: RecordSystem, open_pages: Service, folder: Path
) -> None:
    location = clinician.go(clinic)
    stranger, other = visit(open_pages, folder), visit(open_pages, folder)
    other.go(clinic)
    assert [each.come_back(location).status for each in (stranger, other)] == [400, 400]
    first, again = clinician.come_back(location), clinician.come_back(location)
    assert first.status == 200 and "invented-fhir-1" in first.text
    assert again.status == 400 and "invented-fhir-1" not in again.text
    assert first.headers["cache-control"] == "no-store" and "location" not in again.headers


# 10
@pytest.mark.parametrize("asked", [
    "", "code={code}", "state={state}", "code={code}&state=", "code={code}&state=made-up",
    "state={state}&code=", "code={code}&state={state}x", "code={code}&state={state}&state={state}",
    "code={code}&state={state}&code=other", "code={code}&state=%00%ff%E2%82",
])  # fmt: skip
def test_an_answer_that_is_incomplete_made_up_or_said_twice_opens_no_form(
    asked: str, clinician: Visitor, clinic: RecordSystem
) -> None:
    query = dict(parse_qsl(urlsplit(clinician.go(clinic)).query))
    tokens = len(clinic.tokens)
    reply = clinician.get("/smart/callback?" + asked.format(**query))
    assert reply.status == 400 and "<form" not in reply.text.partition("<main")[2]
    assert len(clinic.tokens) == tokens


# 11
def test_an_answer_with_an_error_is_told_in_a_sentence_without_the_words_that_were_sent(
    clinician: Visitor, clinic: RecordSystem, open_pages: Service
) -> None:
    state = dict(parse_qsl(urlsplit(clinician.go(clinic)).query))["state"]
    said = {"error": "access_denied", "error_description": "<script>alert('Zebedee')</script>",
            "error_uri": f"https://{EVIL}/"}  # fmt: skip
    unknown = clinician.get(f"/smart/callback?{urlencode(said)}")
    reply = clinician.get(f"/smart/callback?{urlencode({**said, 'state': state})}")
    again = clinician.get(f"/smart/callback?{urlencode({**said, 'state': state})}")
    assert [unknown.status, reply.status, again.status] == [400, 403, 400]
    assert "Zebedee" not in reply.text and EVIL not in reply.text
    line = json.dumps(open_pages.read_line(reply))
    assert "refusal" in line and "Zebedee" not in line and EVIL not in line


# 12
def test_an_answer_that_names_another_issuer_or_comes_with_an_error_and_a_code_is_not_taken(
    clinician: Visitor, clinic: RecordSystem
) -> None:
    tokens = len(clinic.tokens)
    mixed = clinician.come_back(clinician.go(clinic), iss=f"https://{EVIL}")
    both = clinician.come_back(clinician.go(clinic), error="access_denied")
    assert mixed.status in (400, 403, 502) and both.status in (400, 403)
    assert len(clinic.tokens) == tokens
    assert clinician.come_back(clinician.go(clinic), iss=clinic.base).status == 200


# 13
def test_a_look_at_the_headers_spends_no_answer_and_a_form_sent_there_is_not_taken(
    clinician: Visitor, clinic: RecordSystem, open_pages: Service
) -> None:
    location = clinician.go(clinic).removeprefix(ADDRESS.rstrip("/"))
    cookie = "; ".join(f"{name}={value}" for name, value in clinician.cookies.items())
    tokens = len(clinic.tokens)
    head = open_pages.ask("HEAD", location, Cookie=cookie)
    assert head.status < 500 and not head.content and len(clinic.tokens) == tokens
    for path in ("/smart/launch?" + urlencode({"iss": clinic.iss, "launch": "x"}), location):
        for origin in (f"https://{HOST}", f"https://{EVIL}", "null"):
            assert open_pages.ask("POST", path, Cookie=cookie, Origin=origin).status in (403, 405)
    assert clinician.get(location).status == 200


# 14
@pytest.mark.parametrize("mark",
                         ["x" * 3_000, "x" * 30_000, "x" * 300_000, "a\r\nSet-Cookie: b=c", "\x00", "ü"],
                         ids=["3 kB", "30 kB", "300 kB", "line break", "zero", "umlaut"])  # fmt: skip
def test_a_launch_mark_that_is_very_long_or_odd_breaks_nothing(
    mark: str, clinician: Visitor, clinic: RecordSystem, open_pages: Service
) -> None:
    try:
        reply = clinician.begin(clinic.iss, mark)
    except (BrokenPipeError, ConnectionResetError):
        assert len(mark) > 65_536  # longer than the server reads: it may hang up
    else:
        assert reply.status in (303, 400, 414, 431) and "b=c" not in reply.headers.get("set-cookie", "")
    assert open_pages.ask("GET", "/healthz").status == 200
    assert "x" * 100 not in open_pages.said.read_text()


# 15
@pytest.mark.parametrize(
    "host", [EVIL, f"{HOST}.{EVIL}", f"{HOST}@{EVIL}", "", f"{HOST}:99999", f"{HOST}, {EVIL}"])  # fmt: skip
def test_a_request_for_another_host_is_refused_on_every_address(host: str, closed_pages: Service) -> None:
    for path in ("/", "/smart/launch?iss=a&launch=b", "/sign-in", "/sign-in/callback?code=a", "/signed-out"):
        reply = closed_pages.ask("GET", path, Host=host)
        if host == f"{HOST}:99999" and reply.status != 400:  # the name is ours: only the port is odd
            assert reply.status in (303, 400, 401, 200)
        else:
            assert reply.status in (400, 421)
        assert EVIL not in reply.text and EVIL not in reply.headers.get("location", "")


def find_addresses(text: str) -> set[str]:
    """The addresses of ours on a page: its links, forms and buttons."""
    found = re.findall(r'(?:href|action|formaction|hx-post|hx-get)="(/[^"#?]*)', text)
    return {unescape(each) for each in found}


# 16
def test_no_page_opens_without_a_sign_in_and_none_holds_anything(
    clinician: Visitor, clinic: RecordSystem, closed_pages: Service, open_pages: Service
) -> None:
    form = clinician.walk(clinic)
    answer = Served(open_pages.port, None, io.StringIO()).get("/example/steady", Host=HOST)
    addresses = find_addresses(clinician.get("/").text + form.text + answer.text)
    pages = {each for each in addresses if not each.startswith("/static")} | {
        "/pdf", "/care-plan", "/answer", "/docs", "/openapi.json", "/digest/", "/metrics", "/not-there",
        "/%2e%2e/healthz", "//healthz"}  # fmt: skip
    assert len(pages) > 12
    for page in pages:
        read = closed_pages.ask("GET", page)
        sent = closed_pages.ask("POST", page, Origin=f"https://{HOST}")
        assert read.status in (401, 404) and sent.status in (401, 403, 404, 405), page
        assert "sign-in" in read.text or read.status == 404
        assert read.headers["cache-control"] == "no-store"


# 17
def test_health_style_and_keys_need_no_sign_in_and_neither_do_the_hooks(
    colleague: Visitor, closed_pages: Service
) -> None:
    page = colleague.get("/")
    files = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)[^"]*)"', page.text)
    assert page.status == 401 and files
    for path in [*files, "/healthz", "/smart/keys", "/cds-services", "/signed-out"]:
        assert closed_pages.ask("GET", path).status == 200, path
        assert closed_pages.ask("HEAD", path).status == 200, path
    assert "keys" in json.loads(closed_pages.ask("GET", "/smart/keys").text)
    hook = "/cds-services/stepdown-patient-view"
    call = closed_pages.ask("POST", hook, **{"Content-Type": "application/json"})
    assert call.status == 401 and "sign-in" not in call.text


# 18
@pytest.mark.parametrize("back", [
    f"https://{EVIL}/", f"//{EVIL}/", f"/\\{EVIL}/", f"/%2F{EVIL}", f"\t//{EVIL}", f"/\t/{EVIL}", f"@{EVIL}",
    "javascript:alert(1)", f"/.//{EVIL}", f"https:{EVIL}", "/sign-out", "/x\r\nSet-Cookie: a=b",
])  # fmt: skip
def test_a_sign_in_leads_back_to_pages_of_ours_only(back: str, colleague: Visitor) -> None:
    door = colleague.find_door("/?smuggled=1")
    name = next(iter(dict(parse_qsl(urlsplit(door).query))), "back")
    begun = colleague.get(f"/sign-in?{urlencode({name: back})}")
    assert begun.status in (303, 400) and EVIL not in begun.headers.get("location", "")
    if begun.status == 400:
        return
    reply = colleague.come_back(colleague.sign_in(begun.headers["location"]))
    assert reply.status in (200, 303) and EVIL not in reply.text and "javascript:" not in reply.text
    assert re.fullmatch(r"(/(?![/\\])[\x21-\x7e]*)?", reply.headers.get("location", "").replace(ADDRESS, "/"))
    # A name in the path is no host (RFC 3986, 3.2): where it leads decides, not what it spells.
    assert urlsplit(reply.headers.get("location", "")).hostname in (None, urlsplit(ADDRESS).hostname)
    assert "a=b" not in reply.headers.get("set-cookie", "")


# 19
def test_signed_out_is_signed_out_also_with_the_old_cookie_and_nobody_else_can_do_it(
    colleague: Visitor, closed_pages: Service, folder: Path
) -> None:
    colleague.cookies["__Host-stepdown-session"] = fixed = "chosen-by-somebody-else"
    assert colleague.enter().status in (200, 303)
    held = dict(colleague.cookies)
    assert held["__Host-stepdown-session"] != fixed
    page = colleague.get("/")
    assert page.status == 200 and page.headers["cache-control"] == "no-store"
    action = next(each for each in find_addresses(page.text) if "sign-out" in each)
    for origin in (f"https://{EVIL}", "null"):
        assert colleague.post(action, {}, Origin=origin).status == 403
    assert colleague.get(action).status in (200, 404, 405) and colleague.get("/").status == 200
    assert colleague.post(action, {}).status in (200, 303)
    again = visit(closed_pages, folder)
    again.cookies.update(held)
    assert colleague.get("/").status == 401 and again.get("/").status == 401


# 20
@pytest.mark.parametrize("claims", [
    {"groups": None}, {"groups": []}, {"groups": ["MS-CLINIC"]}, {"groups": ["ms-clinic-visitors"]},
    {"groups": "not ms-clinic"}, {"groups": {"ms-clinic": True}}, {"groups": [["ms-clinic"]]},
    {"groups": None, "roles": ["ms-clinic"]}, {"groups": None, "everybody": True}, {"groups": ["ms-clinic "]},
], ids=repr)  # fmt: skip
def test_who_is_on_no_list_does_not_come_in_and_is_not_in_the_log(
    claims: dict[str, Any], colleague: Visitor, clinic: RecordSystem, closed_pages: Service
) -> None:
    clinic.faults.claims = claims
    try:
        reply = colleague.enter()
    finally:
        clinic.faults.claims = {}
    line = closed_pages.read_line(reply)
    assert reply.status == 403 and line["refusal"] == "not-allowed"
    assert CLINICIAN not in json.dumps(line) + reply.text and colleague.get("/").status == 401


# 21
def test_a_sign_in_is_good_once_in_its_own_browser_and_not_where_a_launch_is_asked_for(
    colleague: Visitor, closed_pages: Service, folder: Path
) -> None:
    other = visit(closed_pages, folder)
    other.begin_sign_in()
    location = colleague.begin_sign_in()
    query = urlsplit(location).query
    assert other.come_back(location).status == 400
    assert visit(closed_pages, folder).come_back(location).status == 400
    assert colleague.get(f"/smart/callback?{query}").status in (400, 401)
    assert colleague.come_back(location).status in (200, 303)
    spent = colleague.come_back(location)
    assert spent.status in (200, 303, 400) and "session" not in spent.headers.get("set-cookie", "")
    other.cookies["__Host-stepdown-session"] = secrets.token_urlsafe(32)
    assert other.get("/").status == 401


# 22
def test_a_launch_asks_for_the_sign_in_first_and_goes_on_after_it(
    colleague: Visitor, clinic: RecordSystem
) -> None:
    path = "/smart/launch?" + urlencode({"iss": clinic.iss, "launch": clinic.open_chart()})
    before = len(clinic.asked)
    door = colleague.find_door(path)
    assert len(clinic.asked) == before
    back = colleague.come_back(colleague.begin_sign_in(door))
    found = back.headers.get("location") or unescape(re.findall(r'href="([^"]*launch[^"]*)"', back.text)[0])
    reply = colleague.get(found.replace(ADDRESS, "/"))
    assert reply.status == 303 and reply.headers["location"].startswith(f"{clinic.base}/authorize?")
    form = colleague.come_back(colleague.sign_in(reply.headers["location"]))
    assert form.status == 200 and "invented-fhir-1" in form.text


# 23
def test_a_form_from_another_site_is_refused_from_somebody_who_is_signed_in(colleague: Visitor) -> None:
    colleague.enter()
    addresses = find_addresses(colleague.get("/").text)
    actions = [each for each in addresses if colleague.post(each, {}, Origin="null").status == 403]
    assert actions
    for action in actions:
        for origin in (f"https://{EVIL}", f"http://{HOST}", f"https://{HOST}.{EVIL}", f"https://{HOST}:8443"):
            assert colleague.post(action, {}, Origin=origin).status == 403, (action, origin)


# 24
def test_what_both_said_holds_no_secret_token_code_or_state_and_nothing_of_a_person(
    clinician: Visitor, colleague: Visitor, clinic: RecordSystem, open_pages: Service, closed_pages: Service
) -> None:
    began = [clinician.go(clinic), colleague.begin_sign_in()]
    assert clinician.come_back(began[0]).status == 200 and colleague.come_back(began[1]).status in (200, 303)
    line = colleague.get("/")
    assert "session" in closed_pages.read_line(line)
    said = open_pages.said.read_text() + closed_pages.said.read_text()
    sent = [each for location in began for each in dict(parse_qsl(urlsplit(location).query)).values()]
    cookies = [*clinician.cookies.values(), *colleague.cookies.values()]
    hidden = [SECRET, *clinic.tokens, *sent, *cookies, CLINICIAN, "invented-fhir-1", *clinic.launches,
              EVIL, "Zebedee", "Traceback"]  # fmt: skip
    assert not [each for each in hidden if each in said]
