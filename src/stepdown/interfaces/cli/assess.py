"""``stepdown assess``: the options of one person, for the clinician or in plain words for the patient."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.patient import add_person_arguments
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.decisions.answer import Answer
    from stepdown.reports.clinic import Clinic

_HELP = """examples:
  stepdown assess person.yaml                                 the answer in the terminal
  stepdown assess person.yaml --for patient                   the same in plain words
  stepdown assess person.yaml --format json | jq .options     for other programs
  stepdown assess person.yaml --format html -o report.html    the clinician's page
  stepdown assess person.yaml --format fhir -o answer.json    for a record system, FHIR R4
  stepdown assess person.yaml --format pdf --for patient --clinic clinic.toml -o aid.pdf

Not a medical device. It shows what studies found and what is not known; it decides nothing.

exit codes: 0 answered (also when the answer is that it must not speak), 2 a fault in the person
file, 3 an optional part is missing
"""
_FORMATS = ("text", "json", "html", "pdf", "fhir")


def add_commands(commands: Any) -> None:
    """Add ``stepdown assess``."""
    parser = commands.add_parser(
        "assess",
        help="the options of one person, with risks, reasons and what is unknown",
        description="Continue, extend, switch or stop: what studies say for one person, and what not.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_person_arguments(parser)
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--for",
        dest="audience",
        choices=("clinician", "patient"),
        default="clinician",
        help="whom it is written for; default: clinician",
    )
    parser.add_argument(
        "--clinic", type=Path, metavar="FILE", help="names and telephone numbers of the clinic"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to a file; needed for pdf")
    parser.set_defaults(run=assess_file)


def read_answer(arguments: argparse.Namespace, severe_from: float | None = None) -> Answer:
    """The answer for the person file of the arguments; FaultyPersonFile with all errors at once."""
    from stepdown.decisions.assess import assess
    from stepdown.patients.checking import check_file
    from stepdown.patients.faults import FaultyPersonFile
    from stepdown.patients.history import History

    checked = check_file(arguments.file, arguments.at)
    if checked.patient is None or checked.errors:
        raise FaultyPersonFile(arguments.file.name, checked.faults)
    return assess(History(checked.patient, checked.at), checked.faults, severe_from=severe_from)


def assess_file(arguments: argparse.Namespace) -> int:
    """Answer for one person file and print or write it."""
    clinic = read_asked_clinic(arguments)
    content = _draw(read_answer(arguments), arguments.format, arguments.audience, clinic)
    return print_or_write(arguments, content)


def read_asked_clinic(arguments: argparse.Namespace) -> Clinic | None:
    """The clinic of ``--clinic``, if any; UserError first for a PDF without a file to write it to."""
    if arguments.format == "pdf" and arguments.output is None:
        raise UserError("a PDF is written to a file: add -o FILE.pdf")
    from stepdown.reports import read_clinic

    return read_clinic(arguments.clinic) if arguments.clinic else None


def print_or_write(arguments: argparse.Namespace, content: bytes) -> int:
    """What a command made, on the terminal or in the file of ``-o``; the exit code."""
    if arguments.output is None:
        sys.stdout.write(content.decode())
    else:
        write_output(arguments.output, content)
    return 0


def _draw(answer: Answer, form: str, audience: str, clinic: Clinic | None) -> bytes:
    """The answer in one form, as bytes."""
    from stepdown import reports

    if form == "pdf":
        return reports.to_pdf(answer, audience, clinic)
    if form == "html":
        return reports.to_html(answer, audience, clinic).encode()
    if form == "fhir":
        return (json.dumps(reports.to_fhir(answer), indent=2, ensure_ascii=False) + "\n").encode()
    if form == "json":
        return (json.dumps(reports.to_json(answer), indent=2, ensure_ascii=False) + "\n").encode()
    return (reports.to_text(answer, audience, clinic).rstrip("\n") + "\n").encode()


def write_output(path: Path, content: bytes) -> None:
    """Write a file and say so; one sentence when that cannot be done."""
    try:
        path.write_bytes(content)
    except OSError as problem:
        sentence = f"{path}: cannot be written ({problem.strerror}); name a folder that exists"
        raise UserError(sentence) from problem
    print(f"wrote {path}", file=sys.stderr)
