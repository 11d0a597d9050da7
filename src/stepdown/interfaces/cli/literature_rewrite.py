"""``stepdown literature rewrite``: let a language model put a summary into other words, behind the gate."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.literature_summary import read_summary

if TYPE_CHECKING:
    from stepdown.literature.rewriting.attempts import Attempt

KEY = "STEPDOWN_MODEL_KEY"
_HELP = f"""examples:
  stepdown literature rewrite corboy2023 --endpoint http://localhost:11434/v1 --model NAME
  {KEY}=... stepdown literature rewrite corboy2023 --endpoint https://models.example.org/v1 --model NAME

Sends our summary of a published study, and nothing else, to a server that speaks OpenAI's chat completions.
What comes back is held against the study by the gate; its objections go back to the model, at most --tries
times. A text that is rejected to the end is not printed. No other command needs a model.

exit codes: 0 a text was accepted and printed, 2 none was, or no model answered
"""


def add_rewrite_command(actions: Any) -> None:
    """Add ``rewrite``."""
    parser = actions.add_parser(
        "rewrite",
        help="let a language model put a summary into other words, behind the gate",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="id of the study")
    parser.add_argument("--endpoint", required=True, metavar="URL", help="address of the server, up to /v1")
    parser.add_argument("--model", required=True, metavar="NAME", help="name of the model there")
    parser.add_argument("--tries", type=int, choices=range(1, 10), default=3, metavar="N", help="default: 3")
    parser.add_argument("--library", type=Path, metavar="DIR", help="a folder of study files of your own")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=rewrite_summary, settings=None, store=None)


def rewrite_summary(arguments: argparse.Namespace) -> int:
    """Print the accepted text; 2 when every attempt was rejected."""
    from stepdown.evidence.reading import read_library
    from stepdown.interfaces.cli._library_folder import find_study, read_sound_studies
    from stepdown.literature.rewriting.attempts import rewrite
    from stepdown.literature.rewriting.endpoint import Endpoint, check_url
    from stepdown.reports.digest.text import write_summary_text

    studies = read_sound_studies(arguments.library) if arguments.library else read_library()
    study, summary = find_study(studies, arguments.id), read_summary(arguments)
    endpoint = Endpoint(check_url(arguments.endpoint), arguments.model, os.environ.get(KEY, ""))
    attempts = rewrite(study, summary, endpoint, arguments.tries, [write_summary_text(summary)])
    _print(attempts, arguments)
    return 2 if attempts[-1].objections else 0


def _print(attempts: tuple[Attempt, ...], arguments: argparse.Namespace) -> None:
    """The accepted text with who wrote it, or the objections against the last one; or all as JSON."""
    last = attempts[-1]
    if arguments.format == "json":
        answer = {"study": arguments.id, "model": arguments.model, "accepted": not last.objections,
                  "attempts": [asdict(attempt) for attempt in attempts]}
        print(json.dumps({"schema_version": "1", **answer}, indent=2, ensure_ascii=False))
        return
    if not last.objections:
        print(last.text)
        print(f"A language model ({arguments.model}) wrote this. A program checked it; no clinician read it.")
    for one in last.objections:
        print(f"{one.kind}: {one.what}" + (f"\n    {one.sentence}" if one.sentence else ""), file=sys.stderr)
    verdict = "rejected" if last.objections else "accepted"
    print(f"stepdown: {verdict} after {len(attempts)} of {arguments.tries} attempts", file=sys.stderr)
