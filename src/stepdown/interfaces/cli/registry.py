"""``stepdown registry``: import, check, watch who stepped down, simulate, or audit predictions in it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.registry_add import add_add_command
from stepdown.interfaces.cli.registry_audit import add_audit
from stepdown.interfaces.cli.registry_watch import add_watch_command

if TYPE_CHECKING:
    from stepdown.cohorts.registry.importing.account import Imported

#: How the file of an OMOP database ends.
DATABASES = (".duckdb", ".db")
_HELP = """examples:
  stepdown registry template > mapping.yaml
  stepdown registry import exports --mapping mapping.yaml -o mine
  stepdown registry simulate --people 1000 --seed 1 -o invented
  stepdown registry check invented
  stepdown registry add person.yaml --registry invented
  stepdown registry audit --registry invented
  stepdown registry watch --registry invented
"""
_IMPORT_HELP = """SOURCE is a folder of CSV or Parquet files, one such file, or an OMOP database (CDM 5.4)
in a DuckDB file ending in .duckdb or .db, or in PostgreSQL. The mapping says which column of which file means
what, and how dates, numbers and words are written; start from the template. For OMOP it says which concepts
mean what, and may be left out.

An address of PostgreSQL is postgresql://USER@HOST:PORT/DATABASE or postgresql:///?service=NAME, without the
password: that comes from PGPASSWORD, ~/.pgpass or a service file. It is read in one read-only transaction;
nothing is written to the server, and only rows about people with MS leave it.

Every row is accounted for: taken, set apart in DIR/quarantine with its reason, or left aside because the
mapping asks for other rows. DIR/report.html shows the counts, the rules that rows break, and what is missing.
A therapy that is not in the catalogue is kept as other:NAME. What cannot be read is never guessed.

examples:
  stepdown registry template > mapping.yaml
  stepdown registry import exports --mapping mapping.yaml -o mine
  stepdown registry import cdm.duckdb -o mine
  stepdown registry import postgresql://reader@db.example/omop --schema cdm -o mine
  stepdown registry check mine
"""
_CHECK_HELP = """Three grades: an error must be mended before a cohort is run, a doubt should be looked
at, a note is to know. Rows are named by the number in their first column; no value of a row is printed.

examples:
  stepdown registry check invented
  stepdown registry check invented --format json
  stepdown registry check invented --format html > registry.html

exit codes: 0 no error, 2 errors
"""
_SIMULATE_HELP = """The people are invented, and what is assumed of them is known: so a method
can be tried where the truth is. The same seed gives the same rows.

examples:
  stepdown registry simulate --people 1000 --seed 1 -o invented
  stepdown registry simulate --people 1000 --seed 1 --effect-of-stopping 0 -o no-effect
  stepdown registry simulate --people 1000 --seed 1 --confounding 0 --regular-visits -o lottery
  stepdown registry simulate --people 9000 --seed 1 --shift-hazard 2 --shift-from 2020-01-01 -o shifted
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown registry`` with its commands."""
    registry = commands.add_parser(
        "registry",
        help="the tables of a registry: import, check, watch, simulate, add people, audit",
        epilog=_HELP,
        description="A registry is a folder of Parquet files, one a table.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = registry.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_import(actions)
    _add_check(actions)
    add_watch_command(actions)
    _add_simulate(actions)
    add_add_command(actions)
    add_audit(actions)
    template = actions.add_parser("template", help="print a mapping to start from, every key explained")
    template.add_argument("source", nargs="?", choices=("files", "omop"), default="files",
                          help="what is to be imported; default: files")
    template.set_defaults(run=print_template)


def _add_import(actions: Any) -> None:
    importing = actions.add_parser(
        "import",
        help="make a registry from files of another form",
        epilog=_IMPORT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    importing.add_argument("source", metavar="SOURCE",
                           help="folder with files, one file, or postgresql://USER@HOST/DATABASE")
    importing.add_argument("--mapping", type=Path, metavar="FILE",
                           help="mapping in YAML; needed unless SOURCE is an OMOP database")
    importing.add_argument("-o", "--output", type=Path, required=True, metavar="DIR",
                           help="a new or empty folder")
    importing.add_argument("--schema", metavar="NAME",
                           help="schema with the tables of OMOP; default: the only one that has them")
    importing.add_argument("--vocabulary-schema", metavar="NAME",
                           help="schema with its concepts; default: the same, or the only one that has them")
    importing.set_defaults(run=import_registry)


def _add_check(actions: Any) -> None:
    check = actions.add_parser(
        "check",
        help="say which rules the rows of a registry break, and what is missing",
        epilog=_CHECK_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("folder", type=Path, metavar="DIR", help="folder of the registry")
    check.add_argument("--format", choices=("text", "json", "html"), default="text", help="default: text")
    check.set_defaults(run=check_registry)


def _add_simulate(actions: Any) -> None:
    simulate = actions.add_parser(
        "simulate",
        help="write a registry of invented people whose truth is known",
        epilog=_SIMULATE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulate.add_argument("--people", type=int, required=True, metavar="N", help="how many people")
    simulate.add_argument("--seed", type=int, required=True, metavar="S",
                          help="a whole number: same seed, same rows")
    simulate.add_argument("--effect-of-stopping", type=float, default=1.0, metavar="X",
                          help="0: stopping changes nothing; 1: the drug's effect is lost; default: 1")
    simulate.add_argument("--confounding", type=float, default=1.0, metavar="X",
                          help="how much age and activity decide who stops; 0: a lottery; default: 1")
    simulate.add_argument("--stopping-odds", type=float, default=1.0, metavar="X",
                          help="multiplies the odds of stopping at a visit; default: 1")
    simulate.add_argument("--regular-visits", action="store_true",
                          help="no more visits after a relapse, nor fewer when stable")
    simulate.add_argument("--shift-hazard", type=float, default=1.0, metavar="X",
                          help="multiplies the rates of relapses, lesions and worsening of those who have "
                               "left all therapy: predictions that were right become wrong; default: 1")
    simulate.add_argument("--shift-from", type=_read_day, metavar="DATE",
                          help="shift them from that day on, YYYY-MM-DD; default: always")
    simulate.add_argument("--shift-centre", type=int, metavar="N", help="in this centre; default: in all")
    simulate.add_argument("-o", "--output", type=Path, required=True, metavar="DIR",
                          help="a new or empty folder")
    simulate.set_defaults(run=simulate_registry)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def print_template(arguments: argparse.Namespace) -> int:
    """Print a mapping to start from."""
    from stepdown.cohorts.registry.importing.mapping import read_template

    print(read_template(arguments.source), end="")
    return 0


def import_registry(arguments: argparse.Namespace) -> int:
    """Make a registry, write its report, and print what became of each row."""
    from stepdown.cohorts.registry.importing.from_files import import_files, list_entries
    from stepdown.cohorts.registry.importing.mapping import read_mapping
    from stepdown.cohorts.registry.importing.postgres_address import is_address
    from stepdown.interfaces.cli._progress import show_progress
    from stepdown.ms.errors import UserError

    source = Path(arguments.source)
    if is_address(arguments.source) or source.suffix.lower() in DATABASES:
        return _import_database(arguments)
    if arguments.schema or arguments.vocabulary_schema:
        raise UserError("--schema and --vocabulary-schema are for an OMOP database; files have no schema.")
    if arguments.mapping is None:
        raise UserError("files need a mapping: stepdown registry template > mapping.yaml, "
                        "change it, and give it as --mapping mapping.yaml.")
    mapping = read_mapping(arguments.mapping)
    with show_progress("files", len(list_entries(mapping))) as report:
        imported = import_files(source, mapping, arguments.output, report)
    return _report_import(imported)


def _import_database(arguments: argparse.Namespace) -> int:
    """Make a registry from an OMOP database."""
    from stepdown.cohorts.registry.importing.from_omop import STAGES, import_omop
    from stepdown.cohorts.registry.importing.omop_concepts import read_omop_mapping
    from stepdown.cohorts.registry.importing.omop_layout import Schemas
    from stepdown.interfaces.cli._progress import show_stages

    mapping = read_omop_mapping(arguments.mapping)
    schemas = Schemas(arguments.schema, arguments.vocabulary_schema)
    with show_stages(STAGES) as report:
        imported = import_omop(arguments.source, mapping, arguments.output, schemas, report)
    return _report_import(imported)


def _report_import(imported: Imported) -> int:
    """Check what was imported, write the page about both, and print the account."""
    from stepdown.cohorts.registry.checking import check_registry as check
    from stepdown.cohorts.registry.checking import count_steps
    from stepdown.interfaces.cli._progress import show_progress
    from stepdown.interfaces.cli._registry_text import write_imported
    from stepdown.reports.registry_page import write_registry_page

    with show_progress("rules", count_steps()) as report:
        checked = check(imported.folder, report)
    page = imported.folder / "report.html"
    page.write_text(write_registry_page(checked, imported), encoding="utf-8")
    print(write_imported(imported))
    print(f"stepdown: wrote {imported.folder} and {page}", file=sys.stderr)
    return 0


def check_registry(arguments: argparse.Namespace) -> int:
    """Print what is wrong with a registry and what is missing; 2 when there are errors."""
    from stepdown.cohorts.registry.checking import check_registry as check
    from stepdown.cohorts.registry.checking import count_steps
    from stepdown.interfaces.cli._progress import show_progress
    from stepdown.interfaces.cli._registry_text import write_checked, write_checked_json

    with show_progress("rules", count_steps()) as report:
        checked = check(arguments.folder, report)
    if arguments.format == "html":
        from stepdown.reports.registry_page import write_registry_page

        print(write_registry_page(checked))
    else:
        print((write_checked_json if arguments.format == "json" else write_checked)(checked))
    return 2 if checked.errors else 0


def simulate_registry(arguments: argparse.Namespace) -> int:
    """Write a simulated registry and say how many rows each table has."""
    from stepdown.cohorts.registry.simulation.parameters import Settings, Shift
    from stepdown.cohorts.registry.simulation.writing import simulate_registry as simulate
    from stepdown.interfaces.cli._progress import show_progress

    settings = Settings(
        people=arguments.people,
        seed=arguments.seed,
        effect_of_stopping=arguments.effect_of_stopping,
        confounding=arguments.confounding,
        stopping_odds=arguments.stopping_odds,
        informative_visits=not arguments.regular_visits,
        shift=Shift(hazard=arguments.shift_hazard, centre=arguments.shift_centre,
                    since=arguments.shift_from),
    )
    with show_progress("people", arguments.people) as report:
        written = simulate(settings, arguments.output, report)
    for name, rows in written.rows.items():
        print(f"{name:<20}{rows:>12,}")
    print(f"stepdown: wrote {written.folder}; these people are invented", file=sys.stderr)
    return 0
