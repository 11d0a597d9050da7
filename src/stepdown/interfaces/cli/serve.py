"""``stepdown serve``: the form, the answer and the patient's aid as pages, for a browser on this machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import MissingExtra

if TYPE_CHECKING:
    from stepdown.interfaces.cds_hooks.app import HooksSettings
    from stepdown.interfaces.web.doors import Doors

_HELP = """examples:
  stepdown serve                                              pages at http://127.0.0.1:8000
  stepdown serve --port 8080 --digest out/digest              with the digest beside them
  stepdown serve --host 0.0.0.0 --name stepdown.clinic.example
  stepdown serve --hooks issuers.toml --app-url https://stepdown.clinic.example/
  stepdown serve --smart record-systems.toml                  launched from a chart (SMART App Launch)
  stepdown serve --sign-in sign-in.toml                       every page asks for a sign-in (OpenID Connect)
  stepdown serve --metrics 9464                               counts for Prometheus at http://127.0.0.1:9464/
  stepdown serve --workers 2 --posts-per-minute 0             two processes, behind a proxy that sets limits

a file for --smart:                               a file for --sign-in:
  address = "https://stepdown.clinic.example/"      address = "https://stepdown.clinic.example/"
  [[record_system]]                                 issuer = "https://login.hospital.example"
  iss = "https://fhir.hospital.example/r4"          client_id = "stepdown"
  client_id = "stepdown"                            [allow]
                                                    groups = ["ms-clinic"]
Keys and secrets stand in files of their own, named there. All settings: docs/how-to/launch-from-a-chart.md
and docs/how-to/ask-for-a-sign-in.md

Nothing is kept: a person is in the page that the browser shows, and in the memory of the server while it
answers. The log on standard error has one line a request, without anything of a person. Serve other
machines only behind a proxy that speaks TLS, and that says who may come in unless --sign-in does.

Not a medical device. It shows what studies found and what is not known; it decides nothing.
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown serve``."""
    parser = commands.add_parser(
        "serve",
        help="the form, the answer and the patient's aid as pages in a browser",
        description="Serve the pages for the clinic: a form, the answer, a what-if, and the patient's aid.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")
    parser.add_argument("--port", type=_read_port, default=8000, help="default: 8000")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST",
        help="a name by which browsers reach it; may be given again",
    )  # fmt: skip
    parser.add_argument("--digest", type=Path, metavar="DIR", help="a built digest, served at /digest/")
    parser.add_argument(
        "--clinic", type=Path, metavar="FILE", help="names and telephone numbers of the clinic, for the aid"
    )
    parser.add_argument(
        "--posts-per-minute", type=int, default=120, metavar="N",
        help="how often one address may send a form; 0 sets no limit; default: 120",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=_read_count, default=1, metavar="N", help="how many processes answer; default: 1"
    )
    parser.add_argument(
        "--metrics", type=_read_address, metavar="[HOST:]PORT",
        help="counts and times for Prometheus, on a port of their own; without it there are none",
    )  # fmt: skip
    hooks = parser.add_argument_group("CDS Hooks, at /cds-services")
    hooks.add_argument("--hooks", type=Path, metavar="FILE", help="who may call: issuers and keys (TOML)")
    hooks.add_argument("--hooks-demo", action="store_true", help="answer every caller: for trying it only")
    hooks.add_argument(
        "--hooks-origin", action="append", default=[], metavar="URL",
        help="a page that may call from a browser; may be given again",
    )  # fmt: skip
    hooks.add_argument(
        "--calls-per-minute", type=int, default=6_000, metavar="N",
        help="how often one issuer may call; 0 sets no limit; default: 6000",
    )  # fmt: skip
    hooks.add_argument("--app-url", metavar="URL", help="address of these pages, linked from cards")
    hospital = parser.add_argument_group("who leads people here")
    hospital.add_argument(
        "--smart", type=Path, metavar="FILE",
        help="which record systems may launch the pages for an open chart (TOML)",
    )  # fmt: skip
    hospital.add_argument(
        "--sign-in", type=Path, metavar="FILE",
        help="where people sign in, and who may come in (TOML); without it the pages ask nobody",
    )  # fmt: skip
    parser.set_defaults(run=serve_pages)


def _read_port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _read_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", _read_port(port)


def _read_count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("workers are a number from 1 to 64")
    return int(text)


def serve_pages(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; MissingExtra without the extra ``web``."""
    try:
        from stepdown.interfaces.web.serving import serve
        from stepdown.interfaces.web.settings import Settings, check_folder

        doors = _read_doors(arguments)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("stepdown"):
            raise
        raise MissingExtra("Serving pages", "web") from missing
    from stepdown.reports import read_clinic

    named = (*Settings().names, arguments.host, *arguments.name, *doors.hosts)
    settings = Settings(
        names=tuple(dict.fromkeys(named)),
        digest=check_folder(arguments.digest),
        clinic=read_clinic(arguments.clinic) if arguments.clinic else None,
        posts_per_minute=arguments.posts_per_minute,
        https_names=doors.hosts if (doors.address or "").startswith("https://") else (),
    )
    where = (arguments.host, arguments.port)
    hooks = _read_hooks(arguments, doors)
    return serve(settings, *where, hooks, arguments.workers, arguments.metrics, doors)


def _read_doors(arguments: argparse.Namespace) -> Doors:
    """Which record systems may launch the pages, and where people sign in; neither without a file."""
    from stepdown.interfaces.web.doors import Doors

    smart = sign_in = None
    if arguments.smart:
        from stepdown.interfaces.smart.settings import read_smart

        smart = read_smart(arguments.smart)
    if arguments.sign_in:
        from stepdown.interfaces.sign_in.settings import read_sign_in

        sign_in = read_sign_in(arguments.sign_in)
    return Doors(smart, sign_in)


def _read_hooks(arguments: argparse.Namespace, doors: Doors) -> HooksSettings:
    """Who may call the hooks; without a list of issuers nobody, unless it is a demonstration."""
    from stepdown.interfaces.cds_hooks.app import HooksSettings
    from stepdown.interfaces.cds_hooks.card import App
    from stepdown.interfaces.cds_hooks.trust import read_trusted

    trusted = read_trusted(arguments.hooks) if arguments.hooks else None
    if arguments.hooks_demo and trusted is None:
        print("stepdown: --hooks-demo answers every caller of the hooks", file=sys.stderr)
    address = arguments.app_url or doors.address
    launch = doors.smart.launch_address if doors.smart else None
    return HooksSettings(
        trusted,
        arguments.hooks_demo,
        tuple(arguments.hooks_origin),
        App(address, launch) if address else None,
        calls_per_minute=arguments.calls_per_minute,
    )
