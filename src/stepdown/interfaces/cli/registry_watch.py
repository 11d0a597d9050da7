"""``stepdown registry watch``: everybody who stepped down, in counts; the list of people in a file alone."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

_HELP = """Everybody whose last change of treatment is a stop, a longer interval or a milder drug, and who has
not gone back: what of the follow-up is overdue, who shows a sign that asks for a talk about starting again
(relapse, new lesions, worsening, lymphocytes or immunoglobulin G under a limit), who was never seen again.
Schedules and limits stand in src/stepdown/ms/monitoring.toml, each with its source.

Standard output holds counts that may be shown: from 1 to 4 none, others to multiples of 5. The people stand
only in the file named by -o, the most urgent first, each with the next step; JSON (by its ending) has the
exact counts too. Only you may read that file, and it is not for release.

Without --at the day is the last one that the registry speaks of. What fell due later is asked about, not
overdue.

examples:
  stepdown registry watch --registry mine
  stepdown registry watch --registry mine -o monday.csv
  stepdown registry watch --registry mine --at 2026-06-01 --format html > watch.html

exit codes: 0 answered, 2 the registry, the day or the file
"""
_ENDINGS = (".csv", ".json")


def add_watch_command(actions: Any) -> None:
    """Add ``stepdown registry watch``."""
    watch = actions.add_parser(
        "watch", help="everybody who stepped down: what is overdue, who shows a sign, who was never seen",
        epilog=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    watch.add_argument("--registry", type=Path, required=True, metavar="DIR", help="folder of the registry")
    watch.add_argument("--at", type=_read_day, metavar="DATE",
                       help="the day to look from, YYYY-MM-DD; default: the last one of the registry")
    watch.add_argument("--engine", default="duckdb", metavar="NAME",
                       help="duckdb (default), spark, or the address of a database that Ibis knows")
    watch.add_argument("--master", default="local[2]", metavar="URL",
                       help="for spark: where the cluster is; default: local[2], this machine")
    watch.add_argument("--format", choices=("text", "json", "html"), default="text", help="default: text")
    watch.add_argument("-o", "--output", type=Path, metavar="FILE",
                       help="the list of people, .csv or .json; not for release")
    watch.set_defaults(run=show_watch)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def show_watch(arguments: argparse.Namespace) -> int:
    """Print the counts, and write the list of people where a file is named."""
    from stepdown.cohorts.protocol.model import Disclosure
    from stepdown.cohorts.watch.counting import count_watch, publish_watch
    from stepdown.cohorts.watch.listing import write_list
    from stepdown.cohorts.watch.watching import watch_registry
    from stepdown.interfaces.cli._progress import show_people

    _refuse_output(arguments.output)
    with show_people() as report:
        watch = watch_registry(arguments.registry, arguments.at, engine=arguments.engine,
                               master=arguments.master, report=report)
    counts = count_watch(watch)
    if arguments.output:
        write_list(watch, counts, arguments.output)
    print(_write(arguments.format, publish_watch(watch, counts, Disclosure())))
    print(_say_list(arguments.output), file=sys.stderr)
    return 0


def _refuse_output(path: Path | None) -> None:
    from stepdown.ms.errors import UserError

    if path is not None and path.suffix.lower() not in _ENDINGS:
        raise UserError(f"-o {path}: the list is written as {' or '.join(_ENDINGS)}; end the name so.")
    if path is not None and not path.absolute().parent.is_dir():
        raise UserError(f"-o {path}: there is no folder {path.parent}; make it first.")


def _write(form: str, published: dict[str, Any]) -> str:
    if form == "json":
        return json.dumps(published, indent=2)
    if form == "html":
        from stepdown.reports.watch_page import write_watch_page

        return write_watch_page(published)
    from stepdown.interfaces.cli._watch_text import write_watch

    return write_watch(published)


def _say_list(path: Path | None) -> str:
    from stepdown.reports.watch_page import read_words

    if path is None:
        return f"stepdown: {read_words()['list']}"
    return f"stepdown: wrote {path}: people, one by one, which only you may read; it is not for release"
