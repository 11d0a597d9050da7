"""``stepdown evidence retract``: what changes without a study, and the mark in its file."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.retraction import PoolChange, Value
    from stepdown.evidence.study import Study

_RETRACT_HELP = """examples:
  stepdown evidence retract corboy2023 --dry-run
  stepdown evidence retract corboy2023 --on 2026-11-20 --library my-library

Prints every pool whose value changes, before and after, then marks the file of the study: the day of
its retraction, and a line in its log of changes. A retracted study stays in the library and enters no pool.
"""


def add_retract_command(actions: Any) -> None:
    """Add ``retract`` to the commands of ``stepdown evidence``."""
    parser = actions.add_parser(
        "retract",
        help="mark a study as retracted, after showing what changes",
        epilog=_RETRACT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="id of the study, such as corboy2023")
    parser.add_argument("--on", type=_read_day, metavar="DATE", help="day of the retraction; default: today")
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--dry-run", action="store_true", help="show what changes, and write nothing")
    parser.set_defaults(run=retract_study)


def _read_day(text: str) -> date:
    """The day in an argument, not in the future."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or day > date.today():
        raise argparse.ArgumentTypeError("write a day up to today as YYYY-MM-DD")
    return day


def retract_study(arguments: argparse.Namespace) -> int:
    """Print what the retraction changes, then mark the study's file."""
    from stepdown.evidence.retraction import find_changes, find_lost_contrasts, mark_retracted, write_whole

    folder = _find_folder(arguments.library, arguments.dry_run)
    studies = _read_studies(folder)
    path = _find_file(folder, studies, arguments.id)
    today = date.today()
    marked = mark_retracted(path.read_text("utf-8"), path.name, arguments.on or today, today)
    _print_changes(find_changes(studies, arguments.id), find_lost_contrasts(arguments.id))
    if arguments.dry_run:
        print(f"stepdown: {path.name}: nothing written", file=sys.stderr)
        return 0
    write_whole(path, marked)
    print(f"stepdown: {path.name}: marked as retracted", file=sys.stderr)
    return 0


def _find_folder(asked: Path | None, dry_run: bool) -> Path:
    """The folder of study files; UserError when it is none, or may not be written."""
    from stepdown.evidence.reading import library_folder

    folder = asked or Path(str(library_folder()))
    if not folder.is_dir():
        raise UserError(f"{folder}: no folder is there; name one that holds study files.")
    if not dry_run and not os.access(folder, os.W_OK):
        raise UserError(f"{folder}: may not be written; copy it and name the copy with --library.")
    return folder


def _read_studies(folder: Path) -> dict[str, Study]:
    """The studies of the folder; UserError when there is none."""
    from stepdown.evidence.reading import read_folder

    studies = read_folder(folder)
    if not studies:
        raise UserError(f"{folder}: no study file (.toml) is there; name the folder that holds them.")
    return studies


def _find_file(folder: Path, studies: dict[str, Study], study_id: str) -> Path:
    """The file of a study; UserError when the folder has none."""
    if study_id not in studies or not (folder / f"{study_id}.toml").is_file():
        raise UserError(f"{folder} has no study {study_id!r}; stepdown evidence list prints all ids.")
    return folder / f"{study_id}.toml"


def _print_changes(changes: tuple[PoolChange, ...], lost: tuple[str, ...]) -> None:
    """Each pool that moves, and each covariate that moves risks no more."""
    if not changes and not lost:
        print("no pool changes")
    for change in changes:
        print(f"{change.question}: {', '.join(change.groups)}")
        print(f"  {change.measure}: {_say_value(change.before)} -> {_say_value(change.after)}")
    for covariate in lost:
        print(f"risks of one person: no longer moved by {covariate}")


def _say_value(value: Value | None) -> str:
    if value is None:
        return "unknown"
    studies = "1 study" if value.studies == 1 else f"{value.studies} studies"
    return f"{value.estimate:.3g} ({value.low:.3g} to {value.high:.3g}; {studies})"
