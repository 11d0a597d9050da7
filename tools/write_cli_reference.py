"""The reference page of the command line, made from the parsers themselves: docs/reference/cli.md.

Usage: python tools/write_cli_reference.py
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from stepdown.interfaces import cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
OPENING = """# The command line

Made by `make docs` from the program itself; a test fails when the page and the program differ. Results go to
standard output, messages to standard error.
"""


def find_commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser itself, then those of all its subcommands, in the order in which help lists them."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from find_commands(child)


def write_page(parser: argparse.ArgumentParser) -> str:
    """The whole page as Markdown."""
    return "\n".join([OPENING, *(_write_command(command) for command in find_commands(parser))])


def _write_command(parser: argparse.ArgumentParser) -> str:
    parts = [f"## {parser.prog}", parser.description, f"```\n{_write_usage(parser)}\n```"]
    parts += ["\n".join(rows)] if (rows := list(_write_rows(parser))) else []
    parts += [f"```\n{parser.epilog.rstrip()}\n```"] if parser.epilog else []
    return "\n\n".join(part for part in parts if part) + "\n"


def _write_usage(parser: argparse.ArgumentParser) -> str:
    words = [_write_term(action) for action in _find_arguments(parser)]
    return " ".join([parser.prog, *sorted(words, key=lambda word: not word.startswith("["))])


def _find_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]


def _write_term(action: argparse.Action) -> str:
    name = _write_name(action)
    is_needed = action.required if action.option_strings else action.nargs != "?"
    return name if is_needed else f"[{name}]"


def _write_name(action: argparse.Action) -> str:
    """How the argument is written: `FILE`, or `--format {text,json}`."""
    value = "" if action.nargs == 0 else _write_value(action)
    flag = action.option_strings[-1] if action.option_strings else ""
    return f"{flag} {value}".strip()


def _write_value(action: argparse.Action) -> str:
    if action.metavar is None and action.choices is not None:
        return "{" + ",".join(str(choice) for choice in action.choices) + "}"
    return str(action.metavar or action.dest.upper())


def _write_rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    arguments = [action for action in _find_arguments(parser) if action.help or action.choices]
    if arguments:
        yield "| argument | meaning |\n|---|---|"
    for action in arguments:
        if isinstance(action, argparse._SubParsersAction):
            yield from (f"| `{child.dest}` | {child.help} |" for child in action._choices_actions)
        else:
            yield f"| `{_write_name(action)}` | {_write_help(action, parser)} |"


def _write_help(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    return ((action.help or "") % {**vars(action), "prog": parser.prog}).replace("|", "\\|")


def write_current_page() -> str:
    """The page as the program of today would have it."""
    return write_page(cli.build_parser())


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(write_current_page(), encoding="utf-8")
