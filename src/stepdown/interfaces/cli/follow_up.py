"""``stepdown follow-up``: what of a plan is due, overdue or done, by what is on file now."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.assess import LARGEST_ANSWER
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.decisions.tracking import Tracked
    from stepdown.patients.watching import Watched

_HELP = """examples:
  stepdown assess person.yaml --format json > answer.json        the day of the decision
  stepdown follow-up answer.json --person person.yaml            later, with the file as it is by then
  stepdown follow-up answer.json --person person.yaml --option stop --at 2027-03-01
  stepdown follow-up answer.json --person person.yaml --format ics > due.ics

The option that was taken is read from the treatments on file; --option names it where they do not show it.
Days count from the last dose and the first dose of the new drug as soon as these are on file. Done is only
what the file shows, with a day inside the window; a part that a file cannot show is asked about. After a step
down the signs that ask for a talk about starting again are looked for. The calendar holds days and no word on
health.

Not a medical device. exit codes: 0 answered, 2 a fault in a file or the option is not clear
"""
_HEADS = {
    "overdue": "Overdue",
    "due": "Due now",
    "ask": "Its day has come; ask whether it was done",
    "planned": "Planned",
    "no-day": "Without a day yet",
    "done": "Done, by the file",
}
#: What was found of a sign.
_SAID = {
    "yes": "yes",
    "perhaps": "perhaps: an entry points to it and does not decide",
    "no": "not seen",
    "unknown": "not known: the entries are not complete",
    "no-data": "nobody looked: no entry since could have shown it",
}
_KINDS = {
    "mri": "brain MRI",
    "edss": "EDSS",
    "jcv-index": "JC virus test",
    "igg": "immunoglobulin G",
    "alt": "liver test (ALT)",
    "hbsag": "hepatitis B test",
    "vzv-igg": "varicella antibodies",
    "cd19": "CD19 cells",
    "new-drug": "the first dose",
    "other": "what a file cannot show",
}


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
    from stepdown.decisions.tracking import choose_option, track
    from stepdown.patients.checking import open_person
    from stepdown.patients.view import View
    from stepdown.patients.watching import watch

    answer = _read_answer(arguments.answer)
    at = arguments.at or date.today()
    if at < date.fromisoformat(answer["at"]):
        raise UserError(f"{arguments.answer.name}: the answer is of a later day than --at.")
    checked = open_person(arguments.person, at)
    if checked.patient is None:
        raise UserError(f"{arguments.person}: cannot be read; stepdown patient check says why.")
    view = View(checked.patient, at, checked.recorded_on)
    option = choose_option(answer, arguments.option, view)
    found = track(answer, option, view)
    _print(arguments.format, found, watch(view), option, at)
    if checked.recorded_on < at:
        print(
            f"stepdown: the file is of {checked.recorded_on}: later entries are not in it", file=sys.stderr
        )
    return 0


def _read_answer(path: Path) -> dict[str, Any]:
    """The JSON of an answer; one sentence where it is none."""
    from stepdown.patients.syntax import read_text

    try:
        answer = json.loads(read_text(path, LARGEST_ANSWER))
        date.fromisoformat(answer["at"])
        has_all = all({"id", "plan", "follow_up", "strategy"} <= set(each) for each in answer["options"])
    except (ValueError, KeyError, TypeError):
        raise UserError(
            f"{path}: not an answer; stepdown assess PERSON --format json writes one."
        ) from None
    if not has_all or answer.get("schema_version") != "1":
        raise UserError(f"{path}: an answer of another version; write it anew with stepdown assess.")
    return dict(answer)


def _print(
    form: str, found: Sequence[Tracked], watched: Watched, option: Mapping[str, Any], at: date
) -> None:
    if form == "ics":
        from stepdown.reports.calendar_file import write_calendar

        open_days = [
            (each.due, each.window_days) for each in found if each.due and each.state in ("due", "planned")
        ]
        sys.stdout.write(write_calendar(open_days))
    elif form == "json":
        rows = [_to_row(each) for each in found]
        print(
            json.dumps(
                {
                    "schema_version": "1",
                    "at": at.isoformat(),
                    "option": option["id"],
                    "follow_up": rows,
                    "since_stepping_down": _to_signs(watched),
                },
                indent=2,
            )
        )
    else:
        print("\n".join(_write_text(found, watched, option, at)))


def _to_signs(watched: Watched) -> dict[str, Any] | None:
    """What was found since the step down; None where the file shows none."""
    if watched.standing.step is None or watched.next_step is None:
        return None
    step = watched.next_step
    return {
        "change": watched.standing.step.strategy,
        "signs": {sign.id: sign.state for sign in watched.signs},
        "never_seen": watched.never_seen,
        "next_step": {"text": step.text, "sources": list(step.source)},
    }


def _to_row(each: Tracked) -> dict[str, Any]:
    return {
        "id": each.id,
        "what": each.what,
        "due": each.due.isoformat() if each.due else None,
        "when": each.when,
        "window_days": each.window_days,
        "state": each.state,
        "done_on": list(each.done_on),
        "not_shown": list(each.not_shown),
        "sources": list(each.sources),
    }


def _write_text(
    found: Sequence[Tracked], watched: Watched, option: Mapping[str, Any], at: date
) -> Iterator[str]:
    """The signs since a step down, then the lines by their state, what is late first."""
    yield f"Follow-up on {at}, option: {option['id']}"
    yield from _write_signs(watched)
    for state, head in _HEADS.items():
        rows = [each for each in found if each.state == state]
        if rows:
            yield from ("", f"{head} ({len(rows)})")
            yield from (_write_line(each) for each in rows)
    yield from ("", "Not a medical device. The team decides what is still needed.")


def _write_signs(watched: Watched) -> Iterator[str]:
    """What was looked for since the step down, and the next step; nothing where the file shows none."""
    from stepdown.ms.monitoring import read_restart_signs

    if watched.next_step is None:
        return
    texts = {sign.id: sign.text for sign in read_restart_signs()}
    yield from ("", "Since stepping down")
    yield from (f"- {texts[sign.id]}: {_SAID[sign.state]}" for sign in watched.signs)
    if watched.never_seen == "yes":
        yield "- never seen again: nothing on file since, and the first visit and its window have gone by"
    yield f"Next: {watched.next_step.text} ({', '.join(watched.next_step.source)})"


def _write_line(each: Tracked) -> str:
    window = f", {each.window_days} days either way" if each.due else ""
    done = f"; on file: {', '.join(each.done_on)}" if each.done_on else ""
    named = ", ".join(_KINDS.get(kind, kind) for kind in each.not_shown)
    missing = f"; not on file: {named}" if named and each.state in ("overdue", "due", "ask") else ""
    what = each.what.rstrip(".") if done or missing else each.what
    return f"- {each.when}{window}: {what}{done}{missing}"
