"""The command ``stepdown``: one module for each group of commands, each with ``add_commands(subparsers)``.

A command is a function of the parsed arguments that returns the exit code: 0 answered, 1 our fault,
2 the input, 3 a missing extra. Results go to standard output, messages to standard error, and no
clinical value into any message of ours: a message may end up in a log.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from stepdown import __version__
from stepdown.ms.errors import StepdownError

OUR_FAULT = 1
_DESCRIPTION = (
    "Can this person step down from their MS therapy (continue, extend, switch, stop), and how do we know?"
)
_EXAMPLES = """examples:
  stepdown patient template --format yaml > person.yaml    a form to fill in
  stepdown patient check person.yaml                       what to mend in it
  stepdown assess person.yaml                              the options, with their risks and reasons

exit codes: 0 answered, 1 a fault of stepdown, 2 a fault in the input, 3 an optional part is missing
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says who has to do something about it."""
    given = sys.argv[1:] if argv is None else argv
    arguments = build_parser(given[0] if given else None).parse_args(given)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except StepdownError as problem:
        print("\n".join((f"stepdown: {problem.sentence}", *problem.details)), file=sys.stderr)
        return problem.exit_code
    except BrokenPipeError:
        # The reader of our output (such as `head`) has gone: nothing left to say, and no noise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:  # noqa: BLE001 - the last door: whatever it is becomes one sentence
        print(_our_fault(problem), file=sys.stderr)
        return OUR_FAULT


def _our_fault(problem: Exception) -> str:
    """One sentence about a fault of ours: its kind and place; its text may hold clinical values."""
    if os.environ.get("STEPDOWN_DEBUG"):
        return "".join(traceback.format_exception(problem))
    place = traceback.extract_tb(problem.__traceback__)[-1]
    module = place.filename.rpartition("stepdown" + os.sep)[2]
    return (
        f"stepdown: a fault of stepdown itself ({type(problem).__name__} in {module}, line {place.lineno}); "
        "please report it; STEPDOWN_DEBUG=1 shows more, perhaps with values of the file"
    )


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, without the whole of its usage before it."""

    def error(self, message: str) -> NoReturn:
        """End with the exit code of a fault in the input."""
        self.exit(2, f"stepdown: {message}; {self.prog} --help shows what it takes\n")


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, each added by its own module; of one command alone where its name is known.

    Most of the start of a short command would be the parsers of all others.
    """
    parser = _Parser(
        prog="stepdown",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stepdown {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in _command_modules(command):
        module.add_commands(commands)
    return parser


def _command_modules(command: str | None) -> list[ModuleType]:
    """The modules of this folder that bring commands, in the order of their names; one, if it is named."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    asked = (command or "").replace("-", "_")
    return _bring_commands([asked] if asked in names else []) or _bring_commands(names)


def _bring_commands(names: Iterable[str]) -> list[ModuleType]:
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return [module for module in modules if hasattr(module, "add_commands")]
