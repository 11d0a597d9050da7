"""``stepdown evidence retract``: what changes without a study, and the mark in its file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import find_file, find_folder, read_studies
from stepdown.interfaces.cli._question import read_day
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Study

_RETRACT_HELP = """examples:
  stepdown evidence retract corboy2023 --dry-run
  stepdown evidence retract corboy2023 --dry-run --people examples/01-injectable-stable-61.json
  stepdown evidence retract corboy2023 --on 2026-11-20 --library my-library

Prints every pool whose value changes, before and after; every option whose standing or numbers change for
invented people (one for each drug at 36 and at 62 years, quiet for years) or for the people of --people,
with PML figures, the VIAADISC score and words on cancer drugs;
and the rules that cite the study and must be judged anew. Then it marks the file of the study: the day of
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
    parser.add_argument("--on", type=read_day, metavar="DATE", help="day of the retraction; default: today")
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--people", type=Path, nargs="+", metavar="FILE",
                        help="person files whose options are compared; default: invented people")
    parser.add_argument("--dry-run", action="store_true", help="show what changes, and write nothing")
    parser.set_defaults(run=retract_study)


def retract_study(arguments: argparse.Namespace) -> int:
    """Print what the retraction changes, then mark the study's file."""
    from stepdown.evidence.retraction import mark_retracted, write_whole

    folder = find_folder(arguments.library, will_write=not arguments.dry_run)
    studies = read_studies(folder)
    path = find_file(folder, arguments.id)
    today = date.today()
    on = str(arguments.on or today)
    _check_day(studies[arguments.id], on)
    marked = mark_retracted(path.read_text("utf-8"), path.name, on, today)
    after = {**studies, arguments.id: replace(studies[arguments.id], retracted=on)}
    lines = list(_write_changes(studies, after, arguments.id, arguments.people))
    print("\n".join(lines or ["no pool changes, and no option"]))
    if arguments.dry_run:
        print(f"stepdown: {path.name}: nothing written", file=sys.stderr)
        return 0
    write_whole(path, marked)
    print(f"stepdown: {path.name}: marked as retracted", file=sys.stderr)
    return 0


def _check_day(study: Study, on: str) -> None:
    """UserError for a retraction before the study was published; both as exact as they are known."""
    if "unknown" in (study.published, on):
        return
    if on[: len(study.published)] < study.published[: len(on)]:
        raise UserError(f"--on {on}: {study.id} was published in {study.published}, after this day")


def _write_changes(
    studies: dict[str, Study], after: dict[str, Study], study_id: str, people: list[Path] | None
) -> Iterator[str]:
    """Each pool that moves, each covariate that moves risks no more, each option that changes."""
    from stepdown.evidence.retraction import find_changes, find_lost_contrasts
    from stepdown.interfaces.cli._changes_text import write_pool_changes
    from stepdown.interfaces.cli._option_changes import find_option_changes, read_people

    yield from write_pool_changes(find_changes(studies, study_id))
    for covariate in find_lost_contrasts(study_id):
        yield f"risks of one person: no longer moved by {covariate}"
    yield from find_option_changes(read_people(people), studies, after, study_id)
