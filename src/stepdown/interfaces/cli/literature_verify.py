"""``stepdown literature verify``: the numbers of the library beside the abstracts in the store."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import find_folder, read_studies
from stepdown.interfaces.cli.literature_import import add_store

if TYPE_CHECKING:
    from stepdown.literature.verify import Check

_HELP = """examples:
  stepdown literature verify --store my-store
  stepdown literature verify --store my-store --library my-library --format json

Looks for each printed number of each finding in the abstract of its study. Prints those that are not there,
and last  numbers N: found F, not found A, could not be checked U  where N = F + A + U, with the reasons.
Found means that the abstract prints the number, not that it stands there for the same thing: a person has
to see that.

exit codes: 0 every number that could be checked was found, 2 one was not found
"""


def add_verify_command(actions: Any) -> None:
    """Add ``verify`` to the commands of ``stepdown literature``."""
    parser = actions.add_parser(
        "verify",
        help="look for the library's numbers in the abstracts, and say how many could not be checked",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_store(parser)
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=verify_library)


def verify_library(arguments: argparse.Namespace) -> int:
    """Print the numbers that are not in the abstract of their study, and the sum; 2 when there is one."""
    from stepdown.literature.store import open_store
    from stepdown.literature.verify import NOT_FOUND, verify_studies

    studies = read_studies(find_folder(arguments.library, will_write=False)).values()
    with open_store(arguments.store) as store:
        wanted = [study.pmid for study in studies if study.pmid]
        citations = {citation.pmid: citation for citation in store.read_citations(wanted)}
    checks = list(verify_studies(studies, citations))
    if arguments.format == "json":
        answer = {"checks": [asdict(check) for check in checks], "verdicts": _count(checks)}
        print(json.dumps({"schema_version": "1", **answer}, indent=2))
    else:
        _print_text(checks)
    return 2 if any(check.verdict == NOT_FOUND for check in checks) else 0


def _count(checks: list[Check]) -> dict[str, int]:
    return dict(Counter(check.verdict for check in checks))


def _print_text(checks: list[Check]) -> None:
    from stepdown.literature.verify import FOUND, NOT_FOUND

    for check in checks:
        if check.verdict == NOT_FOUND:
            print(f"{check.study}#{check.finding}: {check.field} is not in the abstract")
    counts = _count(checks)
    found, missing = counts.pop(FOUND, 0), counts.pop(NOT_FOUND, 0)
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
    unchecked = f"{sum(counts.values())}{f' ({reasons})' if reasons else ''}"
    print(f"numbers {len(checks)}: found {found}, not found {missing}, could not be checked {unchecked}")
