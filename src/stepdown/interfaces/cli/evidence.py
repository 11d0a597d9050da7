"""``stepdown evidence``: the studies that the answers rest on, one of them in full, and a check of all."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import find_study, read_studies
from stepdown.interfaces.cli.evidence_add import add_add_commands
from stepdown.interfaces.cli.evidence_edit import add_edit_commands
from stepdown.interfaces.cli.evidence_history import add_history_command
from stepdown.interfaces.cli.evidence_model import add_model_commands
from stepdown.interfaces.cli.evidence_pool import add_pool_command
from stepdown.interfaces.cli.evidence_retract import add_retract_command
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.check import Fault
    from stepdown.evidence.study import Study

_HELP = """examples:
  stepdown evidence list --topic stepping-down
  stepdown evidence show corboy2023
  stepdown evidence check
  stepdown evidence check my-study.toml --format json
  stepdown evidence pool --outcome relapse --strategy stop --group injectable --years 2
  stepdown evidence history --outcome relapse --strategy stop --group injectable
  stepdown evidence copy my-library
  stepdown evidence new smith2027 --library my-library
  stepdown evidence add study.toml --library my-library
  stepdown evidence retract corboy2023 --dry-run
"""
_CHECK_HELP = """Without FILE the whole library is checked; with it, the studies in those files. These may
overlap with studies of the library, which --library names.

exit codes: 0 no fault, 2 faults
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown evidence`` with its commands."""
    evidence = commands.add_parser(
        "evidence",
        help="list, show, check, pool, follow, edit and retract the studies behind every number",
        epilog=_HELP,
        description="The library of published studies, one data file a study.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = evidence.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_list(actions)
    _add_show(actions)
    _add_check(actions)
    add_pool_command(actions)
    add_history_command(actions)
    add_add_commands(actions)
    add_edit_commands(actions)
    add_model_commands(actions)
    add_retract_command(actions)


def _add_list(actions: Any) -> None:
    parser = actions.add_parser("list", help="a line a study: id, design, what was read, people, findings")
    parser.add_argument(
        "--topic",
        choices=("stopping", "stepping-down", "checkpoint-inhibitors"),
        help="only the studies of this topic",
    )
    _add_library(parser)
    _add_format(parser)
    parser.set_defaults(run=list_studies)


def _add_show(actions: Any) -> None:
    parser = actions.add_parser("show", help="one study in full, with every finding and its source")
    parser.add_argument("id", metavar="ID", help="id of the study, such as corboy2023")
    _add_library(parser)
    _add_format(parser)
    parser.set_defaults(run=show_study)


def _add_check(actions: Any) -> None:
    parser = actions.add_parser(
        "check",
        help="say what is wrong in the library, or in files of studies",
        epilog=_CHECK_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, metavar="FILE", nargs="*", help="study files ending in .toml")
    _add_library(parser)
    _add_format(parser)
    parser.set_defaults(run=check_studies)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def _add_library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")


def _read_asked(arguments: argparse.Namespace) -> dict[str, Study]:
    """The studies of the library that is asked for."""
    from stepdown.evidence.reading import read_library

    return read_studies(arguments.library) if arguments.library else read_library()


def list_studies(arguments: argparse.Namespace) -> int:
    """Print a line, or an object, for each study."""
    from stepdown.evidence.reading import hash_folder, library_hash
    from stepdown.interfaces.cli._study_text import write_study_row

    studies = [study for study in _read_asked(arguments).values() if arguments.topic in (None, study.topic)]
    name = hash_folder(arguments.library) if arguments.library else library_hash()
    if arguments.format == "json":
        _print_json({"library": name, "studies": [_to_row(study) for study in studies]})
        return 0
    for study in studies:
        print(write_study_row(study))
    count = sum(len(study.findings) for study in studies)
    print(f"stepdown: {len(studies)} studies, {count} findings, library {name}", file=sys.stderr)
    return 0


def _to_row(study: Study) -> dict[str, Any]:
    """A study in the list: what it is, how much of it was read, and how much it holds."""
    fields = ("id", "title", "topic", "disease", "design", "read", "published", "pmid", "doi", "retracted")
    return {
        **{name: getattr(study, name) for name in fields},
        "people": study.population.n,
        "findings": len(study.findings),
    }


def show_study(arguments: argparse.Namespace) -> int:
    """Print one study; UserError when the library has none of this id."""
    from stepdown.interfaces.cli._study_text import write_study

    study = find_study(_read_asked(arguments), arguments.id)
    if arguments.format == "json":
        _print_json({"study": asdict(study)})
    else:
        print(write_study(study))
    return 0


def check_studies(arguments: argparse.Namespace) -> int:
    """Print every fault of the library or of the files; 2 when there is one."""
    from stepdown.evidence.check import check_library, check_study

    library = _read_asked(arguments)
    if arguments.files:
        studies = _read_files(arguments.files)
        known = {*library, *(study.id for study in studies)}
        faults = tuple(fault for study in studies for fault in check_study(study, known))
    else:
        studies = list(library.values())
        faults = check_library(studies)
    _print_faults(faults, len(studies), arguments.format)
    return 2 if faults else 0


def _read_files(paths: Iterable[Path]) -> list[Study]:
    """The studies in these files; UserError when one cannot be read."""
    from stepdown.evidence.reading import read_study

    studies = []
    for path in paths:
        try:
            studies.append(read_study(path.read_text("utf-8"), str(path)))
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: no text file is there; give the path of a study file.") from error
    return studies


def _print_faults(faults: tuple[Fault, ...], count: int, form: str) -> None:
    """Each fault on its line and the sum, or all as JSON."""
    if form == "json":
        _print_json({"ok": not faults, "studies": count, "faults": [asdict(fault) for fault in faults]})
        return
    for fault in faults:
        print(fault)
    verdict = "no fault" if not faults else "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    print(f"stepdown: {count} {'study' if count == 1 else 'studies'}, {verdict}", file=sys.stderr)


def _print_json(answer: dict[str, Any]) -> None:
    print(json.dumps({"schema_version": "1", **answer}, indent=2, ensure_ascii=False))
