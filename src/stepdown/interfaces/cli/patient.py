"""``stepdown patient``: a form to fill in, a check of a filled one, and its JSON Schema."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._from_fhir import add_from_fhir

if TYPE_CHECKING:
    from stepdown.patients.checking import Checked

_HELP = """examples:
  stepdown patient template --format yaml > person.yaml
  stepdown patient check person.yaml
  stepdown patient check person.yaml --at 2026-11-20 --format json
  stepdown patient from-fhir bundle.json > person.yaml
  stepdown patient schema > person.schema.json
  stepdown patient comorbidities
"""
_CHECK_HELP = """Three grades: an error forbids any answer, a doubt makes one fact unknown, a note is to know.
All are shown at once, each with its place in the file. Positions count from 0: edss[0] is the first score.

exit codes: 0 no error, 2 errors
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown patient`` with its commands."""
    patient = commands.add_parser(
        "patient",
        help="a form for one person, and its check",
        epilog=_HELP,
        description="The file that describes one person: JSON, TOML or YAML.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = patient.add_subparsers(title="commands", metavar="COMMAND", required=True)
    template = actions.add_parser("template", help="print a form to fill in, every key explained")
    template.add_argument("--format", choices=("json", "toml", "yaml"), default="yaml", help="default: yaml")
    template.set_defaults(run=print_template)
    check = actions.add_parser(
        "check",
        help="say what to mend in a person file",
        epilog=_CHECK_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_person_arguments(check)
    check.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    check.set_defaults(run=check_person)
    add_from_fhir(actions)
    schema = actions.add_parser("schema", help="print the JSON Schema of a person file")
    schema.set_defaults(run=print_schema)
    diseases = actions.add_parser("comorbidities", help="print the list of other diseases and their names")
    diseases.set_defaults(run=print_comorbidities)


def add_person_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command about one person: FILE and --at."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="person file ending in .json, .toml, .yaml or .yml"
    )
    parser.add_argument(
        "--at",
        type=_read_day,
        metavar="DATE",
        help="index date, YYYY-MM-DD; default: recorded_on of the file, or today without it",
    )


def _read_day(text: str) -> date:
    """The day in an argument."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else date.fromisoformat("")
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def print_template(arguments: argparse.Namespace) -> int:
    """Print the template."""
    from stepdown.patients.template import write_template

    print(write_template(arguments.format), end="")
    return 0


def print_schema(_: argparse.Namespace) -> int:
    """Print the JSON Schema of a person file."""
    print(write_schema(), end="")
    return 0


def print_comorbidities(_: argparse.Namespace) -> int:
    """Print each condition that a file may name, by kind, with the other names that are understood."""
    from stepdown.ms.comorbidities import read_comorbidities

    rows = sorted(read_comorbidities().values(), key=lambda row: (row.kind, row.name))
    for row in rows:
        print("\t".join((row.kind, row.name, ", ".join(row.synonyms))).rstrip())
    return 0


def write_schema() -> str:
    """The JSON Schema of a person file as text; docs/reference/person.schema.json holds the same."""
    from stepdown.patients.reading import json_schema

    return json.dumps(json_schema(), indent=2) + "\n"


def check_person(arguments: argparse.Namespace) -> int:
    """Print every fault of a person file; 2 when one is an error."""
    from stepdown.patients.checking import check_file

    checked = check_file(arguments.file, arguments.at)
    if arguments.format == "json":
        print(_to_json(checked))
    else:
        _print_faults(checked, str(arguments.file))
    return 2 if checked.errors else 0


def _print_faults(checked: Checked, name: str) -> None:
    """Each fault on its line, and the count."""
    for fault in checked.faults:
        print(fault)
    count = len(checked.errors)
    verdict = "no error" if not count else "1 error" if count == 1 else f"{count} errors"
    print(f"stepdown: {name}: {verdict}", file=sys.stderr)


def _to_json(checked: Checked) -> str:
    """The faults as JSON."""
    faults = [
        {"grade": fault.grade, "path": fault.path, "text": fault.sentence, "fact": fault.fact}
        for fault in checked.faults
    ]
    return json.dumps(
        {"schema_version": "1", "at": checked.at.isoformat(), "ok": not checked.errors, "faults": faults},
        indent=2,
    )
