"""``stepdown evidence new`` and ``edit``: a study read by a person, written into a library and recorded."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._changes_text import print_pool_changes
from stepdown.interfaces.cli._library_folder import find_file, find_folder
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Study

_ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_NEW_HELP = """examples:
  stepdown evidence new smith2027 --library my-library

Writes my-library/smith2027.toml: every key with its meaning, those that are needed still empty. With EDITOR
set in the environment the file is opened; then record it with  stepdown evidence edit smith2027.
"""
_EDIT_HELP = """examples:
  stepdown evidence edit smith2027 --library my-library --what "entered from the full text"
  EDITOR=nano stepdown evidence edit smith2027 --library my-library
  stepdown evidence edit smith2027 --library my-library --from corrected.toml

Takes the new text from --from, or from the editor in EDITOR, or the file as it stands. A text with faults is
not recorded; one from the editor is kept beside the file as ID.draft, and opened again next time. A text
without faults replaces the file with a new entry in its log of changes, and the pools that move are printed.

exit codes: 0 recorded or nothing to record, 2 faults in the text
"""


def add_edit_commands(actions: Any) -> None:
    """Add ``new`` and ``edit`` to the commands of ``stepdown evidence``."""
    new = actions.add_parser(
        "new",
        help="begin the file of a study read from its full text",
        epilog=_NEW_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    new.add_argument("id", metavar="ID", help="id of the new study, such as smith2027")
    edit = actions.add_parser(
        "edit",
        help="check a changed study, record what was changed, and show what moves",
        epilog=_EDIT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    edit.add_argument("id", metavar="ID", help="id of the study")
    edit.add_argument("--from", dest="source", type=Path, metavar="FILE", help="the new text of the study")
    edit.add_argument("--what", metavar="WORDS", help="what was changed; default: the names of the fields")
    for parser, run in ((new, begin_study), (edit, edit_study)):
        parser.add_argument("--library", type=Path, metavar="DIR",
                            help="folder of study files; default: our own")
        parser.set_defaults(run=run)


def begin_study(arguments: argparse.Namespace) -> int:
    """Write the skeleton of a new study, and open it where an editor is set."""
    from stepdown.evidence.editing import write_skeleton

    folder = find_folder(arguments.library, will_write=True)
    if not _ID.fullmatch(arguments.id):
        raise UserError("an id has lower-case letters, digits, hyphens and underscores, such as smith2027.")
    path = folder / f"{arguments.id}.toml"
    if path.exists():
        raise UserError(f"{path} is there already; change it with: stepdown evidence edit {arguments.id}")
    path.write_text(write_skeleton(arguments.id, date.today()), "utf-8")
    _open_editor(path)
    after = f"stepdown evidence edit {arguments.id}"
    print(f"stepdown: {path} written; fill it in, then: {after}", file=sys.stderr)
    return 0


def _open_editor(path: Path) -> bool:
    """Open a file in the editor that EDITOR names; False where none is set."""
    command = shlex.split(os.environ.get("EDITOR", ""))
    if not command:
        return False
    try:
        subprocess.run([*command, str(path)], check=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise UserError(f"the editor {command[0]!r} (from EDITOR) could not be run to its end.") from problem
    return True


@dataclass(frozen=True)
class _Draft:
    """The text that is to stand, and where it came from: a file, the editor, or the study file as it is."""

    text: str
    origin: str


def edit_study(arguments: argparse.Namespace) -> int:
    """Check the new text of a study, record the change, and print the pools that move."""
    from stepdown.evidence.reading import read_folder, read_study

    folder = find_folder(arguments.library, will_write=True)
    path = find_file(folder, arguments.id)
    before_text = _read(path)
    draft = _find_draft(arguments.source, path)
    after = _check(draft, path)
    if after is None:
        return 2
    if draft.origin == "file as it stands" and not arguments.what:
        way = "--what WORDS; or set EDITOR, or give --from FILE."
        raise UserError(f"say what was changed in {path.name}: {way}")
    if draft.origin != "file as it stands" and draft.text == before_text:
        print(f"stepdown: {path.name}: nothing changed", file=sys.stderr)
        return 0
    before = None if draft.text == before_text else _try_read(before_text, path.name)
    _record(path, draft.text, arguments.what or _describe(before, after))
    print_pool_changes(*_compare(read_folder(folder), before, read_study(_read(path), path.name)))
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: no text file is there; give the path of a study file.") from error


def _find_draft(source: Path | None, path: Path) -> _Draft:
    """The new text: of the file named, of the editor, or of the study file as it stands."""
    if source is not None:
        return _Draft(_read(source), "file named")
    kept = path.with_suffix(".draft")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(_read(kept if kept.exists() else path), "utf-8")
        if _open_editor(copy):
            return _Draft(_read(copy), "editor")
    return _Draft(_read(path), "file as it stands")


def _check(draft: _Draft, path: Path) -> Study | None:
    """The study of a draft without faults; else they are printed, and a text from the editor is kept."""
    from stepdown.evidence.check import Fault, check_study
    from stepdown.evidence.reading import read_study

    known = {item.stem for item in path.parent.glob("*.toml")}
    kept = path.with_suffix(".draft")
    try:
        study = read_study(draft.text, path.name)
        faults = [str(fault) for fault in check_study(study, known)]
        if study.id != path.stem:
            faults.append(str(Fault(study.id, None, "id", f"the file is called {path.name}")))
    except UserError as problem:
        study, faults = None, [problem.sentence]
    if not faults:
        if draft.origin == "editor":
            kept.unlink(missing_ok=True)
        return study
    if draft.origin == "editor":
        kept.write_text(draft.text, "utf-8")
        faults.append(f"the text is kept as {kept.name} and opened again by the next edit")
    print("\n".join(faults), file=sys.stderr)
    return None


def _try_read(text: str, name: str) -> Study | None:
    """The study before the change; None for a skeleton or another text that could not be read."""
    from stepdown.evidence.reading import read_study

    try:
        return read_study(text, name)
    except UserError:
        return None


def _describe(before: Study | None, after: Study) -> str:
    from stepdown.evidence.editing import describe_changes

    return (describe_changes(before, after) if before else "") or "entered, and checked"


def _record(path: Path, text: str, what: str) -> None:
    """Put the text in place with an entry in its log of changes."""
    from stepdown.evidence.retraction import log_change, write_whole
    from stepdown.evidence.study import Change

    write_whole(path, log_change(text, Change(date.today().isoformat(), what)))
    print(f"stepdown: {path.name}: recorded: {what}", file=sys.stderr)


def _compare(
    studies: Mapping[str, Study], before: Study | None, after: Study
) -> tuple[Mapping[str, Study], Mapping[str, Study], tuple[Study, ...]]:
    """The library before and after; without an earlier version, before means without the study."""
    others = {name: study for name, study in studies.items() if name != after.id}
    old = {**others, before.id: before} if before else others
    return old, {**others, after.id: after}, (before, after) if before else (after,)
