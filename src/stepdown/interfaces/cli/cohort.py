"""``stepdown cohort``: a study on a registry's own tables, from a protocol to results to publish."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.cohorts.study import Choice

_HELP = """examples:
  stepdown cohort protocols
  stepdown cohort protocols stopping-at-50 > mine.yaml
  stepdown cohort check mine.yaml --registry invented
  stepdown cohort run mine.yaml --registry invented -o results
  stepdown cohort to-study results -o study.toml
"""
_PROTOCOLS_HELP = """A name prints that protocol, to be changed and run; no name lists them.

examples:
  stepdown cohort protocols
  stepdown cohort protocols stopping-ocrelizumab
"""
_CHECK_HELP = """Counts only: who is left after each criterion, who is not, and of whom it is unknown. Nothing
is said of outcomes, so that a protocol can be settled before anybody has seen a result. The counts are exact
and stay where the registry is.

exit codes: 0 checked, 2 the protocol, the registry, or nobody left
"""
_RUN_HELP = """The folder holds report.html, results.json and tables (CSV) that may be published under
the rules of the protocol, the SQL of each stage, and one file of exact results that is not for release.
A run that was interrupted is finished by the same command: until it is done, complete stages are kept in
OUT/.stages, which holds people one by one and is not for release.

engines: duckdb runs inside this process, in at most 1 GB; spark needs Java 17 and
pip install 'stepdown[spark]'; an address such as duckdb:///stages.ddb names another database, which has to
know Parquet files, months before a date and windows by days. SQLite does not, and is told so.
"""

_STUDY_HELP = """Where the protocol names who permitted the publication of small counts, the exact counts are
used; otherwise what may be published, the risks with their intervals. Where nothing is left it refuses.

examples:
  stepdown cohort to-study results -o study.toml --url https://registry.example/report
  stepdown evidence check study.toml
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown cohort`` with its commands."""
    cohort = commands.add_parser(
        "cohort", help="a study on a registry: who stopped, who relapsed, compared with whom", epilog=_HELP,
        description="A protocol and a registry give a result that may be published.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = cohort.add_subparsers(title="commands", metavar="COMMAND", required=True)
    protocols = _add(actions, "protocols", "list the protocols that ship, or print one", _PROTOCOLS_HELP)
    protocols.add_argument("name", nargs="?", metavar="NAME", help="print this one")
    protocols.set_defaults(run=show_protocols)
    check = _add(actions, "check", "check a protocol on a registry: counts only", _CHECK_HELP)
    _add_protocol(check)
    _add_format(check, "the flow")
    check.set_defaults(run=check_protocol)
    run = _add(actions, "run", "run a protocol on a registry", _RUN_HELP)
    _add_protocol(run)
    run.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="folder for the results")
    _add_format(run, "what results.json holds")
    run.set_defaults(run=run_protocol)
    study = _add(actions, "to-study", "make a study record of a result", _STUDY_HELP)
    study.add_argument("folder", type=Path, metavar="OUT", help="a folder that stepdown cohort run wrote")
    study.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the study, .toml")
    study.add_argument("--url", metavar="ADDRESS", help="where the report can be read")
    study.set_defaults(run=make_study)


def _add(actions: Any, name: str, help_: str, epilog: str) -> Any:
    return actions.add_parser(name, help=help_, epilog=epilog,
                              formatter_class=argparse.RawDescriptionHelpFormatter)


def _add_protocol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("protocol", type=Path, metavar="PROTOCOL.yaml",
                        help="a protocol file, or the name of one that ships")
    parser.add_argument("--registry", type=Path, required=True, metavar="DIR", help="the registry's folder")
    parser.add_argument("--engine", default="duckdb", metavar="NAME",
                        help="duckdb (default), spark, or the address of a database that Ibis knows")
    parser.add_argument("--master", metavar="URL",
                        help="for spark: where the cluster is; default: local[2], this machine")


def _add_format(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text",
                        help=f"text (default), or {what} as JSON for a pipe")


def show_protocols(arguments: argparse.Namespace) -> int:
    """List the shipped protocols with their questions, or print one."""
    from stepdown.cohorts.protocol.reading import find_shipped, read_shipped, read_shipped_text

    if arguments.name:
        read_shipped(arguments.name)
        print(read_shipped_text(arguments.name), end="")
        return 0
    for name in find_shipped():
        print(f"{name}\n    {read_shipped(name).question}")
    return 0


def check_protocol(arguments: argparse.Namespace) -> int:
    """Print the attrition flow and the size of each group."""
    _prepare_threads()
    from stepdown.cohorts.protocol.reading import hash_protocol, read_protocol
    from stepdown.cohorts.study import check_cohort
    from stepdown.interfaces.cli._cohort_text import write_flow
    from stepdown.interfaces.cli._progress import show_stages

    protocol = read_protocol(arguments.protocol)
    with show_stages(3 + len(protocol.population)) as report:
        steps, groups = check_cohort(protocol, arguments.registry, _choose(arguments), report)
    if arguments.format == "json":
        print(json.dumps({"protocol": protocol.name, "protocol_hash": hash_protocol(protocol),
                          "attrition": [asdict(step) for step in steps], "groups": groups}, indent=2))
        return 0
    print(f"{protocol.title}\nprotocol {hash_protocol(protocol)[:12]}\n")
    print(write_flow(steps))
    print("\nfrom the index day" + (" or within the grace period" if protocol.target.grace_days else ""))
    for name, count in groups.items():
        print(f"{name:<32}{count:>12,} trials")
    return 0


def run_protocol(arguments: argparse.Namespace) -> int:
    """Run a protocol, write its folder, and print what may be published."""
    _prepare_threads()
    from stepdown.cohorts.disclosure import publish
    from stepdown.cohorts.protocol.reading import read_protocol
    from stepdown.cohorts.stages import write_whole
    from stepdown.cohorts.study import count_reports, remove_stages, run_cohort
    from stepdown.cohorts.writing import EXACT, write_folder
    from stepdown.interfaces.cli._cohort_text import write_summary
    from stepdown.interfaces.cli._progress import show_stages
    from stepdown.reports.cohort.page import write_cohort_page

    protocol = read_protocol(arguments.protocol)
    chosen = _choose(arguments)
    _make_folder(arguments.output, arguments.registry)
    work = arguments.output / ".stages"
    with show_stages(count_reports(protocol)) as report:
        result, found = run_cohort(protocol, arguments.registry, chosen, work, report)
        report("writing the folder")
        write_folder(arguments.output, result, protocol, found.statements)
        published = publish(result, protocol.disclosure)
        write_whole(arguments.output / "report.html", write_cohort_page(published, protocol))
        remove_stages(work)
    written = (arguments.output / "results.json").read_text(encoding="utf-8").rstrip()
    print(written if arguments.format == "json" else write_summary(published))
    print(f"stepdown: wrote {arguments.output}; {EXACT} in it is not for release", file=sys.stderr)
    return 0


def make_study(arguments: argparse.Namespace) -> int:
    """Write a study record of a result."""
    from stepdown.cohorts.to_study import write_study

    text = write_study(arguments.folder, url=arguments.url)
    try:
        arguments.output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{arguments.output}: cannot be written ({error.strerror}); give another file with -o"
                        ) from error
    print(f"stepdown: wrote {arguments.output}; check it with  stepdown evidence check {arguments.output}",
          file=sys.stderr)
    return 0


def _choose(arguments: argparse.Namespace) -> Choice:
    from stepdown.cohorts.study import Choice

    if arguments.master is None:
        return Choice(arguments.engine)
    if arguments.engine != "spark":
        raise UserError(f"--master is for Spark, and the engine is {arguments.engine.partition('://')[0]}; "
                        "add --engine spark, or take --master away")
    return Choice(arguments.engine, arguments.master)


def _make_folder(out: Path, registry: Path) -> None:
    """The folder of the results; UserError where it cannot be one, or is where the registry lies."""
    if registry.is_dir() and out.resolve().is_relative_to(registry.resolve()):
        raise UserError(f"{out}: lies in the registry, and results would mix with its tables; give another "
                        "folder with -o")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: cannot be made a folder ({error.strerror}); give another with -o") from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise UserError(f"{out}: nothing may be written there; give another folder with -o")


def _prepare_threads() -> None:
    """One thread for each small matrix: several would wait for one another."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")

