"""``stepdown registry add``: the people of person files written into a registry, to be followed there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.cohorts.registry.adding import AddedPerson
    from stepdown.patients.registry_rows import RegistryRows

_HELP = """examples:
  stepdown registry add person.yaml --registry mine            the day of the decision
  stepdown registry add person.yaml --registry mine            later, with the file as it is by then

Writes each person as rows of the tables; all other rows stay as they are. Who is there already, by the id of
the file, gets the new rows in place of the old. A registry takes silence inside an observation period for "it
did not happen": a person gets such a period, from observed_since to recorded_on, only where treatments,
relapses, infections and comorbidities were asked. What no table holds is named on standard error. Keep a copy
of a registry that is not yours to change.

exit codes: 0 added, 2 a fault in a person file or in the registry
"""


def add_add_command(actions: Any) -> None:
    """Add ``add`` to the commands of ``stepdown registry``."""
    parser = actions.add_parser("add", help="write people into a registry from their person files",
                                epilog=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="person files")
    parser.add_argument("--registry", type=Path, required=True, metavar="DIR", help="the registry's folder")
    parser.set_defaults(run=add_people)


def add_people(arguments: argparse.Namespace) -> int:
    """Write the people, and say what became of each file."""
    from stepdown.cohorts.registry.adding import add_people as add

    for added in add(arguments.registry, [_read(path) for path in arguments.files]):
        _report(added)
    return 0


def _read(path: Path) -> RegistryRows:
    """The rows of a person file; FaultyPersonFile for one with errors."""
    from stepdown.patients.checking import check_file
    from stepdown.patients.faults import FaultyPersonFile
    from stepdown.patients.registry_rows import to_registry_rows

    checked = check_file(path)
    if checked.patient is None or checked.errors:
        raise FaultyPersonFile(path.name, checked.faults)
    return to_registry_rows(checked.patient, checked.recorded_on)


def _report(added: AddedPerson) -> None:
    rows = ", ".join(f"{name} {count}" for name, count in added.rows.items())
    print(f"{added.source_id}: person {added.person_id}, {'replaced' if added.replaced else 'added'}; {rows}")
    for sentence in added.left_out:
        print(f"stepdown: {added.source_id}: left out: {sentence}", file=sys.stderr)
