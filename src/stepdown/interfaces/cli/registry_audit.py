"""``stepdown registry audit``: do the predictions hold in the clinic's own people?"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.cohorts.audit.results import AuditResult

#: As in ``stepdown.cohorts.audit.following``, which is loaded only when an audit runs.
OUTCOMES = ("relapse", "any_activity", "mri_activity", "confirmed_worsening")
_HELP = """Everybody on file who stopped all therapy, switched to a milder drug or took the same drug at
longer intervals is given the risk that the evidence would have told them that day, and followed. The answer,
for each step, outcome and time: it agrees with the people here; it should not be trusted here, and why; or
there are too few to tell, and how many are needed. People whose number is called extrapolated, or who have
none, are counted apart.

What is printed may be published: counts under 5 are hidden and others rounded. FOLDER also holds the exact
numbers and charts in files that are not for release.

examples:
  stepdown registry simulate --people 9000 --seed 1 --stopping-odds 3 -o invented
  stepdown registry audit --registry invented
  stepdown registry audit --registry invented --outcome relapse --at 2020-12-31
  stepdown registry audit --registry invented --outcome relapse --plot audit.png
  stepdown registry audit --registry invented -o audit

exit codes: 0 answered, whatever the verdict; 2 the registry; 3 a missing extra
"""


def add_audit(actions: Any) -> None:
    """Add ``stepdown registry audit``."""
    audit = actions.add_parser(
        "audit", help="do predictions hold in the people here? predicted against observed, and drift",
        epilog=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    audit.add_argument("--registry", type=Path, required=True, metavar="DIR", help="the registry's folder")
    audit.add_argument("--at", type=_read_day, metavar="DATE",
                       help="as if nothing later were on file, YYYY-MM-DD; default: the last day observed")
    audit.add_argument("--outcome", action="append", choices=OUTCOMES, metavar="NAME",
                       help=f"{', '.join(OUTCOMES)}; may be given again; default: all")
    audit.add_argument("--format", choices=("text", "json", "html"), default="text", help="default: text")
    audit.add_argument("--plot", type=Path, metavar="FILE",
                       help="draw what may be published to a file ending in .svg, .png or .pdf")
    audit.add_argument("-o", "--output", type=Path, metavar="FOLDER",
                       help="write report.html and audit.json, and beside them what is not for release")
    audit.add_argument("--engine", default="duckdb", metavar="NAME",
                       help="duckdb (default), spark, or the address of a database that Ibis knows")
    audit.add_argument("--master", default="local[2]", metavar="URL",
                       help="for spark: where the cluster is; default: local[2], this machine")
    audit.set_defaults(run=audit_registry)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def audit_registry(arguments: argparse.Namespace) -> int:
    """Audit a registry, print what may be published of it, and write what was asked for."""
    from stepdown.cohorts.audit.auditing import audit_registry as audit
    from stepdown.cohorts.audit.auditing import count_reports
    from stepdown.cohorts.audit.publishing import publish
    from stepdown.cohorts.study import Choice
    from stepdown.interfaces.cli._progress import show_stages

    _check_places(arguments)
    outcomes = tuple(dict.fromkeys(arguments.outcome or OUTCOMES))
    choice = Choice(arguments.engine, arguments.master)
    with show_stages(count_reports(outcomes)) as report:
        result = audit(arguments.registry, choice, arguments.at, outcomes, report)
    published = publish(result)
    print(_write(published, arguments.format))
    if arguments.plot is not None:
        _plot(published, arguments.plot)
    if arguments.output is not None:
        _write_folder(result, published, arguments.output)
    return 0


def _check_places(arguments: argparse.Namespace) -> None:
    """UserError or MissingExtra before anything is worked out, not after it."""
    from stepdown.interfaces.cli._pictures import check_picture
    from stepdown.ms.errors import UserError

    if arguments.plot is not None:
        check_picture(arguments.plot)
    if arguments.output is not None and arguments.output.exists() and not arguments.output.is_dir():
        raise UserError(f"{arguments.output}: is a file; give a folder to -o")


def _write(published: dict[str, Any], form: str) -> str:
    """What may be published, in a form."""
    from stepdown.interfaces.cli._audit_text import write_audit
    from stepdown.reports.audit.page import write_audit_page

    if form == "json":
        return json.dumps(published, indent=2)
    return (write_audit_page if form == "html" else write_audit)(published)


def _plot(published: dict[str, Any], path: Path) -> None:
    from stepdown.interfaces.cli._pictures import save_figure
    from stepdown.reports.audit.figures import draw_all

    save_figure(draw_all(published), path)


def _write_folder(result: AuditResult, published: dict[str, Any], folder: Path) -> None:
    """The page and the numbers that may be published, and beside them what may not."""
    from stepdown.cohorts.audit.writing import EXACT, EXACT_CHARTS, write_exact
    from stepdown.cohorts.stages import write_whole
    from stepdown.interfaces.cli._pictures import save_figure
    from stepdown.ms.errors import MissingExtra

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "audit.json", _write(published, "json") + "\n")
    write_whole(folder / "report.html", _write(published, "html"))
    write_exact(result, folder / EXACT)
    try:
        from stepdown.reports.audit.figures import draw_charts

        charts = draw_charts(result)
    except MissingExtra:
        charts = None
    if charts is not None:
        (folder / EXACT_CHARTS).touch(mode=0o600)
        save_figure(charts, folder / EXACT_CHARTS)
    print(f"stepdown: wrote {folder}; what begins with NOT-FOR-RELEASE in it is not for release",
          file=sys.stderr)
