"""``stepdown evidence copy`` and ``add``: a library of one's own, and a ready study file put into it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._changes_text import print_pool_changes
from stepdown.interfaces.cli._library_folder import find_folder
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Study

_COPY_HELP = """examples:
  stepdown evidence copy my-library
  stepdown assess person.yaml --library my-library

Copies every study file of ours into a new or empty folder. From then on it is yours: add, edit and retract
with --library my-library. What is later added to ours does not come by itself.
"""
_ADD_HELP = """examples:
  stepdown cohort to-study results -o study.toml --url https://registry.example/report
  stepdown evidence add study.toml --library my-library

Takes a study file that is ready, such as one of  stepdown cohort to-study : checks it, writes it into the
library under its id with an entry in its log of changes, and prints the pools that move.

exit codes: 0 added, 2 faults in the study, or its id is taken
"""


def add_add_commands(actions: Any) -> None:
    """Add ``copy`` and ``add`` to the commands of ``stepdown evidence``."""
    copy = actions.add_parser("copy", help="begin a library of your own with our studies", epilog=_COPY_HELP,
                              formatter_class=argparse.RawDescriptionHelpFormatter)
    copy.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    copy.set_defaults(run=copy_library)
    add = actions.add_parser("add", help="put a study file that is ready into the library", epilog=_ADD_HELP,
                             formatter_class=argparse.RawDescriptionHelpFormatter)
    add.add_argument("file", type=Path, metavar="FILE", help="study file ending in .toml")
    add.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    add.set_defaults(run=add_study)


def copy_library(arguments: argparse.Namespace) -> int:
    """Copy the embedded study files into a folder that holds nothing yet."""
    from stepdown.evidence.reading import library_folder

    folder = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: there is something there already; name a new or empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [item for item in library_folder().iterdir() if item.name.endswith(".toml")]
        for item in files:
            (folder / item.name).write_bytes(item.read_bytes())
    except OSError as problem:
        sentence = f"{folder}: cannot be written ({problem.strerror}); name another folder."
        raise UserError(sentence) from problem
    print(f"stepdown: {len(files)} studies copied into {folder}", file=sys.stderr)
    return 0


def add_study(arguments: argparse.Namespace) -> int:
    """Check a study file, write it into the library, and print the pools that move."""
    from stepdown.evidence.reading import read_folder, read_study
    from stepdown.evidence.retraction import log_change, write_whole
    from stepdown.evidence.study import Change

    folder = find_folder(arguments.library, will_write=True)
    text = _read(arguments.file)
    study = read_study(text, arguments.file.name)
    before = read_folder(folder)
    faults = _find_faults(study, before)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 2
    path = folder / f"{study.id}.toml"
    write_whole(path, log_change(text, Change(date.today().isoformat(), f"added from {arguments.file.name}")))
    print(f"stepdown: {path.name} added", file=sys.stderr)
    print_pool_changes(before, {**before, study.id: study}, (study,))
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: no text file is there; give the path of a study file.") from error


def _find_faults(study: Study, library: dict[str, Study]) -> Sequence[str]:
    """What is wrong with the study, and whether the library has it, or its paper, already."""
    from stepdown.evidence.check import check_study

    faults = [str(fault) for fault in check_study(study, set(library))]
    same = [other.id for other in library.values() if study.pmid and other.pmid == study.pmid]
    if study.id in library:
        faults.append(f"{study.id}: the library has it already; change it with  stepdown evidence edit")
    elif same:
        faults.append(f"{study.id}: the library has PMID {study.pmid} already, as {same[0]}")
    return faults
