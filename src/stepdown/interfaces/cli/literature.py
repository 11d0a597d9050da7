"""``stepdown literature``: from what is published to what people can read."""

from __future__ import annotations

import argparse
from typing import Any

from stepdown.interfaces.cli.literature_fetch import add_fetch_command
from stepdown.interfaces.cli.literature_gate import add_gate_command
from stepdown.interfaces.cli.literature_import import add_import_command, add_status_command
from stepdown.interfaces.cli.literature_notices import add_notices_command
from stepdown.interfaces.cli.literature_review import add_review_command
from stepdown.interfaces.cli.literature_rewrite import add_rewrite_command
from stepdown.interfaces.cli.literature_screen import add_screen_command
from stepdown.interfaces.cli.literature_summary import add_summarise_command
from stepdown.interfaces.cli.literature_verify import add_verify_command

_HELP = """examples:
  stepdown literature import pubmed26n1300.xml.gz pubmed26n1301.xml.gz --store my-store
  stepdown literature status --store my-store
  stepdown literature notices --store my-store --library my-library --mark
  stepdown literature verify --store my-store
  stepdown literature screen --store my-store
  stepdown literature review 33475825 --store my-store --library my-library
  stepdown literature summarise corboy2023
  stepdown literature gate my-text.txt --study corboy2023
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown literature`` with its commands."""
    literature = commands.add_parser(
        "literature",
        help="take in PubMed files; studies in plain words",
        epilog=_HELP,
        description="From what is published to what people can read.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = literature.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_import_command(actions)
    add_fetch_command(actions)
    add_status_command(actions)
    add_notices_command(actions)
    add_verify_command(actions)
    add_screen_command(actions)
    add_review_command(actions)
    add_summarise_command(actions)
    add_gate_command(actions)
    add_rewrite_command(actions)
