"""The command line explains itself: every command has help, and its reference page is that of the program."""

from __future__ import annotations

import argparse

import pytest

from stepdown.interfaces import cli
from write_cli_reference import PAGE, find_commands, write_current_page, write_page

COMMANDS = {parser.prog: parser for parser in find_commands(cli.build_parser())}


def test_the_reference_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_current_page(), "run `make docs`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([*name.split()[1:], "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: {name}")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_says_what_it_is_for(name: str) -> None:
    arguments = [action for action in COMMANDS[name]._actions if action.dest != "==SUPPRESS=="]
    silent = [a.dest for a in arguments if not a.help and not isinstance(a, argparse._SubParsersAction)]
    assert not silent


def test_a_page_shows_usage_arguments_and_examples_of_each_command() -> None:
    parser = argparse.ArgumentParser(prog="tell", description="Tell something.", epilog="examples:\n  tell x")
    parser.add_argument("file", metavar="FILE", help="what to tell")
    parser.add_argument("--loud", action="store_true", help="tell it loudly")
    page = write_page(parser)
    assert "## tell\n\nTell something.\n\n```\ntell [--loud] FILE\n```\n" in page
    assert "| `FILE` | what to tell |\n| `--loud` | tell it loudly |" in page
    assert page.endswith("```\nexamples:\n  tell x\n```\n")
