"""How many people can be answered at once? wrk asks `stepdown serve` with two workers; prints a table.

What is asked: a CDS Hooks call whose prefetch holds 200 entries (the bundle of benchmarks/fhir.py), the
answer page of an invented person, and, as the floor of the server itself, /healthz, which does nothing. Each
at 1, 8 and 64 connections that send the next request when the last is answered.

Usage: python benchmarks/load.py [--seconds N] [--save FILE]      needs wrk (benchmarks/install_peers)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from fhir import make_large_bundle

CHECKOUT = Path(__file__).resolve().parents[1]
PERSON = CHECKOUT / "examples" / "01-injectable-stable-61.json"
PORT, WORKERS, CONNECTIONS = 8_439, 2, (1, 8, 64)
SERVICE = "stepdown-patient-view"
#: Milliseconds that 99 of 100 CDS Hooks calls should stay under, at this many connections.
AIM_MS, AIM_AT = 100.0, 8
PREFETCH = {"conditions": "Condition", "requests": "MedicationRequest", "statements": "MedicationStatement",
            "administrations": "MedicationAdministration", "observations": "Observation"}  # fmt: skip
#: wrk's own script: the request, and one line of results at the end, in microseconds.
SCRIPT = """
local file = io.open("{body}", "rb")
wrk.method, wrk.body = "{method}", file:read("*a")
wrk.headers["Content-Type"] = "{kind}"
wrk.headers["Origin"] = "http://127.0.0.1:{port}"
done = function(summary, latency, requests)
  local errors = summary.errors
  print(string.format("FOUND %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """One kind of request: its name, its path, its content type and its body."""

    name: str
    path: str
    kind: str = "text/plain"
    body: str = ""


@dataclass(frozen=True)
class Found:
    """What wrk counted: requests a second, milliseconds for half and for 99 of 100, and failures."""

    per_second: float
    half: float
    nearly_all: float
    failed: int


def make_call() -> str:
    """A call of patient-view whose prefetch holds the 200 entries of the large bundle."""
    entries = json.loads(make_large_bundle())["entry"]
    found = [entry["resource"] for entry in entries]
    prefetch = {"patient": found[0]}
    for key, kind in PREFETCH.items():
        rows = [{"resource": each} for each in found if each["resourceType"] == kind]
        prefetch[key] = {"resourceType": "Bundle", "type": "searchset", "entry": rows}
    context = {"userId": "Practitioner/invented", "patientId": found[0]["id"]}
    return json.dumps({"hook": "patient-view", "hookInstance": "invented", "context": context,
                       "prefetch": prefetch})  # fmt: skip


def list_loads() -> list[Load]:
    """What is asked."""
    form = urlencode({"person": PERSON.read_text(encoding="utf-8")})
    return [
        Load("CDS Hooks call, 200 entries", f"/cds-services/{SERVICE}", "application/json", make_call()),
        Load("answer page", "/answer", "application/x-www-form-urlencoded", form),
        Load("/healthz (the server alone)", "/healthz"),
    ]


@contextmanager
def serving() -> Iterator[None]:
    """The command with two workers, without a limit to how often one address may ask."""
    limits = ["--posts-per-minute", "0", "--calls-per-minute", "0"]
    command = [str(Path(sys.executable).with_name("stepdown")), "serve", "--port", str(PORT), "--workers",
               str(WORKERS), "--hooks-demo", *limits]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until_served()
        yield
    finally:
        process.terminate()
        process.wait(60)


def wait_until_served() -> None:
    """Wait until the pages answer; SystemExit where they do not within a minute."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=30).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("stepdown serve does not answer")


def ask(load: Load, connections: int, seconds: int) -> Found:
    """What wrk finds with so many connections."""
    with TemporaryDirectory() as folder:
        body, script = Path(folder) / "body", Path(folder) / "ask.lua"
        body.write_text(load.body, encoding="utf-8")
        method = "POST" if load.body else "GET"
        text = SCRIPT.replace("{body}", str(body)).replace("{method}", method)
        script.write_text(text.replace("{kind}", load.kind).replace("{port}", str(PORT)), encoding="utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script),
                   f"http://127.0.0.1:{PORT}{load.path}"]  # fmt: skip
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    numbers = next(line for line in printed.splitlines() if line.startswith("FOUND")).split()[1:]
    count, duration, half, nearly_all, failed = map(int, numbers)
    return Found(1e6 * count / duration, half / 1000, nearly_all / 1000, failed)


def to_row(load: Load, connections: int, found: Found) -> str:
    """One row of the table."""
    has_aim = load.kind == "application/json" and connections == AIM_AT
    aim = f"p99 under {AIM_MS:g} ms: {'yes' if found.nearly_all < AIM_MS else 'no'}" if has_aim else ""
    return (f"| {load.name} | {connections} | {found.per_second:.0f} | {found.half:.1f} | "
            f"{found.nearly_all:.1f} | {found.failed} | {aim} |")  # fmt: skip


def write_table(seconds: int) -> str:
    """The whole table with date, machine and versions."""
    before = os.getloadavg()[0]
    with serving():
        rows = [to_row(load, connections, ask(load, connections, seconds))
                for load in list_loads() for connections in CONNECTIONS]  # fmt: skip
    about = (f"{date.today()}, `python benchmarks/load.py --seconds {seconds}`, {WORKERS} workers and wrk on "
             f"{os.cpu_count()} cores, load before the run {before:.1f}, Python {platform.python_version()}, "
             f"uvicorn {version('uvicorn')}.")  # fmt: skip
    head = "| asked | connections | requests a second | p50, ms | p99, ms | failed | aim |"
    head += "\n|---|---|---|---|---|---|---|"
    return "\n".join(["# Load, the last run", "", about, NOTE, "", head, *rows, ""])


NOTE = """
wrk sends the next request of a connection when the last one is answered, and takes processor time of the same
cores. A load above 0 before the run means that other work ran beside, and that all times are too long."""


def main() -> None:
    """Print the table, and save it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="for each row; default: 10")
    parser.add_argument("--save", type=Path)
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed: the table of load is not made", file=sys.stderr)
        return
    table = write_table(arguments.seconds)
    print(table)
    if arguments.save:
        arguments.save.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
