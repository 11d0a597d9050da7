"""``stepdown follow-up``: what of a plan is due, overdue or done, by what is on file now."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.assess import LARGEST_ANSWER, WRITES_ANSWER
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.decisions.following import Followed

_HELP = """examples:
  stepdown assess person.yaml --format json > answer.json        the day of the decision
  stepdown follow-up answer.json --person person.yaml            later, with the file as it is by then
  stepdown follow-up answer.json --person person.yaml --option stop --at 2027-03-01
  stepdown follow-up answer.json --person person.yaml --format ics > due.ics

The option that was taken is read from the treatments on file; --option names it where they do not show it.
Days count from the last dose and the first dose of the new drug as soon as these are on file. Done is only
what the file shows, with a day inside the window; a part that a file cannot show is asked about. After a step
down the signs that ask for a talk about starting again are looked for, with their days. The calendar holds
days and no word on health; what is overdue stands on the next working day. After a death (an EDSS of 10)
nothing is due.

Not a medical device. exit codes: 0 answered, 2 a fault in a file, an answer that was refused or is of
somebody else, or the option is not clear
"""
def add_commands(commands: Any) -> None:
    """Add ``stepdown follow-up``."""
    parser = commands.add_parser(
        "follow-up",
        help="what of a plan is due, overdue or done",
        description="After the decision: what was to be watched, and what of it the file shows.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("answer", type=Path, metavar="ANSWER", help="what assess --format json wrote")
    parser.add_argument(
        "--person", type=Path, required=True, metavar="FILE", help="the person file as it is now"
    )
    parser.add_argument(
        "--option", metavar="ID", help="the option that was taken; default: by the treatments on file"
    )
    parser.add_argument(
        "--at", type=_read_day, metavar="DATE", help="the day to look from, YYYY-MM-DD; default: today"
    )
    parser.add_argument("--format", choices=("text", "json", "ics"), default="text", help="default: text")
    parser.set_defaults(run=show_follow_up)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def show_follow_up(arguments: argparse.Namespace) -> int:
    """Print what is due, overdue and done."""
    from stepdown.decisions.answer_and_file import check_belonging
    from stepdown.decisions.following import follow
    from stepdown.patients.checking import open_person
    from stepdown.patients.view import View

    answer = _read_answer(arguments.answer)
    at = arguments.at or date.today()
    if at < date.fromisoformat(answer["at"]):
        raise UserError(f"{arguments.answer.name}: the answer is of a later day than --at.")
    checked = open_person(arguments.person, at)
    if checked.patient is None:
        raise UserError(f"{arguments.person}: cannot be read; stepdown patient check says why.")
    view = View(checked.patient, at, checked.recorded_on)
    notes = check_belonging(answer, view)
    followed = follow(answer, arguments.option, view)
    _print(arguments.format, followed, (*notes, *followed.notes))
    return 0


def _read_answer(path: Path) -> dict[str, Any]:
    """The JSON of an answer; one sentence where it is none."""
    from stepdown.patients.syntax import read_text

    try:
        answer = json.loads(read_text(path, LARGEST_ANSWER, WRITES_ANSWER))
        date.fromisoformat(answer["at"])
        has_all = all({"id", "plan", "follow_up", "strategy"} <= set(each) for each in answer["options"])
    except (ValueError, KeyError, TypeError):
        raise UserError(
            f"{path}: not an answer; stepdown assess PERSON --format json writes one."
        ) from None
    if not has_all or answer.get("schema_version") != "1":
        raise UserError(f"{path}: an answer of another version; write it anew with stepdown assess.")
    return dict(answer)


def _print(form: str, followed: Followed, notes: tuple[str, ...]) -> None:
    from stepdown.interfaces.cli import _follow_up_text as writing

    written = {"ics": writing.write_days, "json": writing.write_json, "text": writing.write_text}[form]
    sys.stdout.write(written(followed, notes))
    for note in notes:
        print(f"stepdown: {note}", file=sys.stderr)
