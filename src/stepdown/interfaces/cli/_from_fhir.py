"""``stepdown patient from-fhir``: a person file from the record of a hospital, and what was left out."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.patients.fhir import FhirPerson, LeftOut

_HELP = """examples:
  stepdown patient from-fhir bundle.json > person.yaml
  stepdown patient from-fhir bundle.json --report left-out.json > person.yaml
  stepdown patient check person.yaml                       then fill in what a record does not hold

Reads a FHIR R4 bundle, a list of bundles (pages), or one resource on each line. The person file goes to
standard output, what was left out and why to standard error. Nothing is fetched: references that lead out of
the bundle are not followed. No name, address or number of the person is taken over.

A record rarely says that something did not happen. So recorded_on and observed_since are both the day of the
record: what it does not hold stays unknown. Set observed_since to the day since which you would have known of
every relapse, and enter the lesions of each MRI.

exit codes: 0 a person file (also where no MS was found; it says so), 2 no FHIR, or which person is not clear
"""
_MOST_PLACES = 4
#: Bytes: whole records of decades are some ten megabytes.
LARGEST_BUNDLE = 200_000_000


def add_from_fhir(actions: Any) -> None:
    """Add ``from-fhir`` to the commands of ``stepdown patient``."""
    parser = actions.add_parser(
        "from-fhir",
        help="write the person file of a FHIR bundle",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON of one bundle or several")
    parser.add_argument("--patient", metavar="ID", help="id of the Patient, where the bundle holds several")
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="default: yaml")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what was left out as JSON too")
    parser.set_defaults(run=convert_bundle)


def convert_bundle(arguments: argparse.Namespace) -> int:
    """Print the person file of a bundle; say what was left out."""
    from stepdown.patients.fhir import read_bundle, read_json
    from stepdown.patients.syntax import read_text

    name = arguments.file.name
    found = read_bundle(read_json(read_text(arguments.file, LARGEST_BUNDLE), name), name, arguments.patient)
    print(_write_person(dict(found.person), arguments.format), end="")
    print("\n".join(_write_report(found, name)), file=sys.stderr)
    if arguments.report is not None:
        try:
            arguments.report.write_text(json.dumps(to_report(found), indent=2) + "\n", encoding="utf-8")
        except OSError as problem:
            raise UserError(f"{arguments.report}: cannot be written ({problem.strerror}).") from problem
    return 0


def _write_person(person: dict[str, Any], form: str) -> str:
    if form == "json":
        return json.dumps(person, indent=2) + "\n"
    import yaml

    return str(yaml.safe_dump(person, sort_keys=False, allow_unicode=True, width=100))


def to_report(found: FhirPerson) -> dict[str, Any]:
    """What became of the entries, as plain data."""
    rows = [{"place": row.place, "resource": row.resource, "reason": row.reason} for row in found.left_out]
    return {
        "schema_version": "1",
        "has_ms": found.has_ms,
        "entries": found.entries,
        "used": found.used,
        "left_out": rows,
        "not_read": dict(found.not_read),
        "notes": list(found.notes),
    }


def _write_report(found: FhirPerson, name: str) -> Iterator[str]:
    """What became of the entries, in lines: notes, then what was left out by its reason."""
    if said := _say_diagnosis(found):
        yield f"stepdown: {name}: {said}"
    unread = sum(found.not_read.values())
    yield (
        f"stepdown: {name}: {found.entries} entries: {found.used} used, {len(found.left_out)} left out, "
        f"{unread} of kinds that are not read"
    )
    yield from (f"note: {note}" for note in found.notes)
    grouped: dict[str, list[LeftOut]] = defaultdict(list)
    for row in found.left_out:
        grouped[f"{row.resource}: {row.reason}"].append(row)
    yield from (f"left out: {reason} ({_say_places(rows)})" for reason, rows in grouped.items())
    if unread:
        yield "not read: " + ", ".join(f"{count} {kind}" for kind, count in found.not_read.items())


def _say_diagnosis(found: FhirPerson) -> str:
    """What the record says instead of MS alone; empty where it says MS."""
    if found.has_ms:
        return ""
    if len(found.diagnoses) > 1:
        both = " and ".join(found.diagnoses)
        return f"this record says {both}, so no diagnosis is taken over"
    others = f"; it says {found.diagnoses[0]}" if found.diagnoses else ""
    return f"no MS found in this record{others}"


def _say_places(rows: list[LeftOut]) -> str:
    """The places of some entries, the first few by name."""
    more = f" and {len(rows) - _MOST_PLACES} more" if len(rows) > _MOST_PLACES else ""
    return ", ".join(row.place for row in rows[:_MOST_PLACES]) + more
