"""``stepdown assess``: the options of one person, for the clinician or in plain words for the patient."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import read_sound_studies
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
  stepdown assess person.yaml --library my-library            by the studies of a library of your own
  stepdown assess person.yaml --compare-with answer.json      what moved since, and through which studies

--compare-with takes what --format json wrote earlier for the same person. It prints, in place of the answer,
the studies that came, changed, were retracted or went since, each standing, number and sentence that reads
otherwise, before and after, and whether it moved through such a study itself or through the risk model, which
is fitted anew whenever a study changes.

Not a medical device. It shows what studies found and what is not known; it decides nothing.

exit codes: 0 answered (also when the answer is that it must not speak), 2 a fault in the person
file, 3 an optional part is missing
"""
_FORMATS = ("text", "json", "html", "pdf", "fhir")
#: No answer is larger than so many bytes.
LARGEST_ANSWER = 20_000_000
#: How one comes by an answer.
WRITES_ANSWER = "stepdown assess FILE --format json writes one"


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
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--compare-with", type=Path, metavar="ANSWER",
                        help="an earlier answer, as --format json wrote it: say what moved since")
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
    """Answer for one person file, or say what moved since an earlier answer, and print or write it."""
    clinic = read_asked_clinic(arguments)
    earlier = _read_earlier(arguments) if arguments.compare_with else None
    with _reading_library(arguments.library):
        answer = read_answer(arguments)
        if earlier is not None:
            return print_or_write(arguments, _draw_moved(earlier, answer, arguments))
        return print_or_write(arguments, _draw(answer, arguments.format, arguments.audience, clinic))


@contextmanager
def _reading_library(folder: Path | None) -> Iterator[None]:
    """Let the studies of a folder answer, where one is named."""
    if folder is None:
        yield
        return
    from stepdown.evidence.reading import hash_folder
    from stepdown.evidence.supposing import supposing

    with supposing(read_sound_studies(folder), hash_folder(folder)):
        yield


def _read_earlier(arguments: argparse.Namespace) -> Answer:
    """The earlier answer of ``--compare-with``; one sentence where it is none, or is not to be set beside."""
    from stepdown.patients.syntax import read_text
    from stepdown.reports.json_reading import from_json

    if arguments.format not in ("text", "json") or arguments.audience != "clinician":
        raise UserError(
            "--compare-with is written for clinicians, as text or json; leave out --for and other formats")
    path = arguments.compare_with
    try:
        return from_json(json.loads(read_text(path, LARGEST_ANSWER, WRITES_ANSWER)))
    except ValueError:
        raise UserError(
            f"{path}: not an answer of this version; stepdown assess FILE --format json writes one") from None


def _draw_moved(earlier: Answer, answer: Answer, arguments: argparse.Namespace) -> bytes:
    """What moved between two answers for one person, as bytes; UserError where they are for two people."""
    from stepdown.interfaces.cli._moved_text import write_moved_json, write_moved_text

    if earlier.person != answer.person:
        raise UserError(f"{arguments.compare_with}: the answer is for somebody else than {arguments.file}")
    if arguments.format == "json":
        return (json.dumps(write_moved_json(earlier, answer), indent=2, ensure_ascii=False) + "\n").encode()
    return write_moved_text(earlier, answer).encode()


def read_asked_clinic(arguments: argparse.Namespace) -> Clinic | None:
    """The clinic of ``--clinic``, if any; UserError first for a PDF without a file to write it to."""
    if arguments.format == "pdf" and arguments.output is None:
        raise UserError("a PDF is written to a file: add -o FILE.pdf")
    if not arguments.clinic:
        return None
    from stepdown.reports import read_clinic

    return read_clinic(arguments.clinic)


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
