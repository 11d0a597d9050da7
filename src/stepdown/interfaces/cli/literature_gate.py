"""``stepdown literature gate``: may a text about a study be published?"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.literature_summary import read_summary
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.literature.gate.checking import Objection

_HELP = """examples:
  stepdown literature gate my-text.txt --study corboy2023
  stepdown literature summarise corboy2023 | stepdown literature gate - --study corboy2023

A sentence of our own summary passes word for word; any other passes only when its numbers, drugs, illnesses,
people and direction are those of the study. What cannot be checked is rejected: a word that may be a drug
misspelt, letters of another alphabet, advice on a treatment, a promise, what holds for everybody. A sentence
with nothing of all this passes: its writer answers for it.

exit codes: 0 the text may be published, 2 it may not, or it cannot be read
"""


def add_gate_command(actions: Any) -> None:
    """Add ``gate``."""
    parser = actions.add_parser(
        "gate",
        help="hold a text about a study against the study: numbers, names, direction, what is missing",
        description="May this text about a study be published? Each objection names the sentence.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", metavar="TEXT", help="a text file, or - for standard input")
    parser.add_argument("--study", dest="id", required=True, metavar="ID", help="id of the study it is about")
    parser.add_argument("--library", type=Path, metavar="DIR", help="a folder of study files of your own")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=check_text_file, settings=None, store=None)


def check_text_file(arguments: argparse.Namespace) -> int:
    """Print each objection; 2 when there is one."""
    from stepdown.evidence.reading import read_library
    from stepdown.interfaces.cli._library_folder import find_study, read_sound_studies
    from stepdown.literature.gate.checking import check_text
    from stepdown.reports.digest.text import write_summary_text

    text = _read_text(arguments.text)
    studies = read_sound_studies(arguments.library) if arguments.library else read_library()
    study, summary = find_study(studies, arguments.id), read_summary(arguments)
    objections = check_text(text, study, summary, [write_summary_text(summary)])
    _print(objections, arguments.id, arguments.format)
    return 2 if objections else 0


def _read_text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{name}: no text file is there; give the path of a text in UTF-8.") from error


def _print(objections: tuple[Objection, ...], study_id: str, form: str) -> None:
    """Each objection on its line and the verdict, or all as JSON."""
    if form == "json":
        found = [asdict(objection) for objection in objections]
        answer = {"schema_version": "1", "study": study_id, "accepted": not found, "objections": found}
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    for one in objections:
        print(f"{one.kind}: {one.what}" + (f"\n    {one.sentence}" if one.sentence else ""))
    verdict = f"rejected, {len(objections)} objections" if objections else "accepted"
    print(f"stepdown: {verdict}", file=sys.stderr)
