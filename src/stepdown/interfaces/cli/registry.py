"""``stepdown registry``: bring a registry in, check it, or simulate one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

_HELP = """examples:
  stepdown registry simulate --people 1000 --seed 1 -o invented
  stepdown registry check invented
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
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown registry`` with its commands."""
    registry = commands.add_parser(
        "registry",
        help="the tables of a registry: import, check, simulate",
        epilog=_HELP,
        description="A registry is a folder of Parquet files, one a table.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = registry.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_check(actions)
    _add_simulate(actions)


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
    simulate.add_argument("--regular-visits", action="store_true",
                          help="no more visits after a relapse, nor fewer when stable")
    simulate.add_argument("-o", "--output", type=Path, required=True, metavar="DIR",
                          help="a new or empty folder")
    simulate.set_defaults(run=simulate_registry)


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
    from stepdown.cohorts.registry.simulation.parameters import Settings
    from stepdown.cohorts.registry.simulation.writing import simulate_registry as simulate
    from stepdown.interfaces.cli._progress import show_progress

    settings = Settings(
        people=arguments.people,
        seed=arguments.seed,
        effect_of_stopping=arguments.effect_of_stopping,
        confounding=arguments.confounding,
        informative_visits=not arguments.regular_visits,
    )
    with show_progress("people", arguments.people) as report:
        written = simulate(settings, arguments.output, report)
    for name, rows in written.rows.items():
        print(f"{name:<20}{rows:>12,}")
    print(f"stepdown: wrote {written.folder}; these people are invented", file=sys.stderr)
    return 0
