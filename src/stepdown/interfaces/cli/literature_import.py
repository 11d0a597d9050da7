"""``stepdown literature import`` and ``status``: from files of PubMed to citations that count."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._progress import show_progress

if TYPE_CHECKING:
    from stepdown.literature.intake import Tally
    from stepdown.literature.store import Store

_IMPORT_HELP = """FILE is PubMed's XML, plain or gzipped: a file of the yearly baseline or the daily updates,
or the answer of efetch (retmode=xml). Numbered files count in the order of their numbers, whenever they
arrive. A file is taken whole or not at all; taking it again changes nothing; a command that was broken off
is run again.

The last line says  records R, stored S, deleted D, older versions V, skipped K  where R = S + V + K:
  stored          now the standing version of its PMID in the store
  deleted         PMIDs that PubMed withdraws
  older versions  a higher version, a later file or a later deletion is there
  skipped         of another topic (with --topic ms), a book, without a PMID, or in a file imported before

With --topic ms the text of records that name neither MS nor NMOSD nor MOGAD is not kept; what they say of
retractions, expressions of concern, corrections and updates is.
"""


def add_import_command(actions: Any) -> None:
    """Add ``import`` to the commands of ``stepdown literature``."""
    parser = actions.add_parser(
        "import",
        help="take files of PubMed XML into the store",
        epilog=_IMPORT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="FILE.xml or FILE.xml.gz")
    add_store(parser)
    parser.add_argument("--topic", choices=("all", "ms"), default="all",
                        help="keep the text of every record, or only of those about MS; default: all")
    parser.set_defaults(run=import_files)


def add_status_command(actions: Any) -> None:
    """Add ``status`` to the commands of ``stepdown literature``."""
    parser = actions.add_parser("status", help="the files in the store, and how many citations count")
    add_store(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=show_status)


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the store."""
    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help="folder of the store")


def import_files(arguments: argparse.Namespace) -> int:
    """Take each file in, and print what became of all records."""
    from stepdown.literature.intake import Tally, sort_files
    from stepdown.literature.store import open_store

    total = Tally()
    with open_store(arguments.store, will_write=True) as store:
        for path in sort_files(arguments.files):
            tally = _import_one(store, path, arguments.topic)
            print(f"stepdown: {path.name}: {tally}{_say_skipped(tally)}", file=sys.stderr)
            total += tally
    print(total)
    return 0


def _import_one(store: Store, path: Path, topic: str) -> Tally:
    from stepdown.literature.intake import import_file

    size = path.stat().st_size if path.is_file() else 0
    with show_progress(path.name, size) as progress:
        return import_file(store, path, topic, progress)


def _say_skipped(tally: Tally) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(tally.skipped.items()) if count)
    return f" ({reasons})" if reasons else ""


def show_status(arguments: argparse.Namespace) -> int:
    """Print the files of the store in their order, and how many citations count."""
    from stepdown.literature.store import open_store

    with open_store(arguments.store) as store:
        imported, count = store.read_files(), store.count_citations()
    last = imported[-1].name if imported else None
    if arguments.format == "json":
        answer = {"citations": count, "last_file": last, "files": [asdict(file) for file in imported]}
        print(json.dumps({"schema_version": "1", **answer}, indent=2, ensure_ascii=False))
        return 0
    for file in imported:
        held = f"{file.records} records  topic {file.topic}  sha256 {file.sha256[:16]}"
        print(f"{file.imported}  {file.name}  {held}")
    print(f"{count} citations count; last file {last or 'none'}")
    return 0
