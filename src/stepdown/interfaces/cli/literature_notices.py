"""``stepdown literature notices``: studies of the library that were retracted, doubted or corrected since."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import find_file, find_folder, read_studies
from stepdown.interfaces.cli.evidence_retract import retract_study
from stepdown.interfaces.cli.literature_import import add_store

if TYPE_CHECKING:
    from stepdown.literature.notices import Notice
    from stepdown.literature.standing import StudyNotice

_HELP = """examples:
  stepdown literature notices --store my-store
  stepdown literature notices --store my-store --library my-library --mark

Notices come from every record of the files imported, also from those of another topic; they are matched with
the studies by PMID, or by DOI for a study without one. With --mark
  a retracted study is marked as by  stepdown evidence retract : it enters no pool, its summary says so, no
  option rests on it; what changes is printed first
  an expression of concern or a correction is written into the study's file with its date, and an update into
  its log; its figures stay as they are until somebody has read the notice
The date of a retraction is that of the notice, as exact as PubMed gives it, and else "unknown".
"""


def add_notices_command(actions: Any) -> None:
    """Add ``notices`` to the commands of ``stepdown literature``."""
    parser = actions.add_parser(
        "notices",
        help="studies of the library that PubMed has since retracted, doubted, corrected or updated",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_store(parser)
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--mark", action="store_true", help="write the notices into the files of the studies")
    parser.add_argument("--people", type=Path, nargs="+", metavar="FILE",
                        help="with --mark: person files whose options are compared; default: invented people")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=show_notices)


def show_notices(arguments: argparse.Namespace) -> int:
    """Print each notice about a study of the library; with ``--mark`` write it into the study's file."""
    from stepdown.literature.standing import find_study_notices, find_unresolved
    from stepdown.literature.store import open_store

    folder = find_folder(arguments.library, will_write=arguments.mark)
    studies = list(read_studies(folder).values())
    with open_store(arguments.store) as store:
        found, unresolved = find_study_notices(store, studies), find_unresolved(store)
    if arguments.format == "json":
        _print_json(found, unresolved)
    else:
        print("\n".join(map(_write_line, found)) or "no study of the library is named in a notice")
    _say_unresolved(unresolved)
    if arguments.mark:
        _mark_all(found, folder, arguments.people)
    return 0


def _write_line(found: StudyNotice) -> str:
    notice = found.notice
    by = f", notice PMID {notice.notice}" if notice.notice else ""
    when = f", {notice.published}" if notice.published else ""
    marked = "marked already" if found.is_marked else "not marked"
    return f"{found.study.id} (PMID {notice.pmid}): {notice.kind}{by}{when}; {marked}"


def _print_json(found: list[StudyNotice], unresolved: list[Notice]) -> None:
    rows = [{"study": item.study.id, **asdict(item.notice), "is_marked": item.is_marked} for item in found]
    answer = {"notices": rows, "unresolved": [asdict(notice) for notice in unresolved]}
    print(json.dumps({"schema_version": "1", **answer}, indent=2, ensure_ascii=False))


def _say_unresolved(unresolved: list[Notice]) -> None:
    for notice in unresolved:
        print(f"stepdown: PMID {notice.notice} retracts something and does not say what by PMID; read it: "
              f"{notice.source}", file=sys.stderr)


def _mark_all(found: list[StudyNotice], folder: Path, people: list[Path] | None) -> None:
    """Write each notice that is not in the study's file yet; a study is retracted once."""
    from stepdown.evidence.retraction import write_whole
    from stepdown.literature.standing import log_notice, read_when

    new = [item for item in found if not item.is_marked]
    retracted = {item.study.id: item for item in new if item.notice.kind == "retracted"}
    for item in new:
        if item.notice.kind != "retracted":
            path = find_file(folder, item.study.id)
            write_whole(path, log_notice(path.read_text("utf-8"), item, date.today()))
            print(f"stepdown: {path.name}: {item.words}; written into its log", file=sys.stderr)
    for study_id, item in retracted.items():
        on = read_when(item.notice.published, date.today())
        retract_study(argparse.Namespace(id=study_id, on=on, library=folder, people=people, dry_run=False))

