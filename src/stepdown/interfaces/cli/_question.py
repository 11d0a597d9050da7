"""The arguments that name a question to the library, the cells they mean, and the library they ask."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.evidence.study import OUTCOMES, SELECTIONS
from stepdown.evidence.vocabulary import GROUPS
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.cells import Cell
    from stepdown.evidence.study import Study

_STRATEGIES = ("continue", "extend", "switch", "stop")
_MILDER = "milder"
EVERY = "each"
QUESTION = ("outcome", "strategy", "group", "to_group", "therapy", "interval_days", "selection")


def add_question_arguments(parser: argparse.ArgumentParser) -> None:
    """Add outcome, strategy, groups and what narrows them; none is required by itself."""
    parser.add_argument("--outcome", choices=OUTCOMES, help="what happened")
    parser.add_argument("--strategy", choices=_STRATEGIES, help="what was done")
    parser.add_argument("--group", choices=(*GROUPS, EVERY),
                        help="drug group taken, or left by a stop or switch; each: every group, apart")
    parser.add_argument("--to-group", choices=(*GROUPS, _MILDER), help="where a switch leads")
    parser.add_argument("--therapy", metavar="DRUG", help="only studies of this drug, such as ocrelizumab")
    parser.add_argument("--interval-days", type=int, metavar="DAYS", help="how long an extended interval is")
    parser.add_argument("--selection", choices=SELECTIONS, help="only people chosen in this way")


def add_library_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which library is asked, and as of which day."""
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--as-of", type=read_day, metavar="DATE",
                        help="the library as it was on a day: studies added by then, none retracted by then")


def read_day(text: str) -> date:
    """The day in an argument, not in the future."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or day > date.today():
        raise argparse.ArgumentTypeError("write a day up to today as YYYY-MM-DD")
    return day


def find_cells(arguments: argparse.Namespace) -> list[Cell]:
    """The cells that were asked for, one for each group and each way in which people were chosen."""
    from stepdown.evidence.cells import Cell

    _check_question(arguments)
    milder = arguments.to_group == _MILDER
    cell = Cell(
        arguments.outcome,
        arguments.strategy,
        arguments.group,
        None if milder else arguments.to_group,
        "down" if milder else None,
        _find_drug(arguments),
        arguments.interval_days,
    )
    chosen = [arguments.selection] if arguments.selection else SELECTIONS
    groups = _first_of_families() if arguments.group == EVERY else [arguments.group]
    return [replace(cell, group=group, selection=way) for group in groups for way in chosen]


def _first_of_families() -> list[str]:
    """Every group, but one alone of those whose studies answer for each other."""
    from stepdown.evidence.cells import family_of

    return list({family_of(group): group for group in reversed(GROUPS)}.values())[::-1]


def _check_question(arguments: argparse.Namespace) -> None:
    """UserError where the question is not whole, or a part belongs to another strategy."""
    if None in (arguments.outcome, arguments.strategy, arguments.group):
        raise UserError("name the question: --outcome, --strategy and --group; or a file with --csv.")
    if arguments.strategy == "switch" and arguments.to_group is None:
        raise UserError("say where the switch leads: --to-group GROUP, or --to-group milder.")
    if arguments.strategy != "switch" and arguments.to_group is not None:
        raise UserError("--to-group belongs to --strategy switch.")
    if arguments.strategy != "extend" and arguments.interval_days is not None:
        raise UserError("--interval-days belongs to --strategy extend.")


def _find_drug(arguments: argparse.Namespace) -> str | None:
    """The name of the drug asked for; UserError when the catalogue has none, or it is of another group."""
    from stepdown.ms.therapy_names import TherapyNotFound, find_therapy

    if arguments.therapy is None:
        return None
    found = find_therapy(arguments.therapy)
    if isinstance(found, TherapyNotFound):
        hint = f"did you mean {' or '.join(found.suggestions)}?" if found.suggestions else "use its INN."
        raise UserError(f"no drug goes by the name {arguments.therapy!r}; {hint}")
    if found.therapy.group != arguments.group:
        raise UserError(f"{found.therapy.name} is of the group {found.therapy.group}, not {arguments.group}.")
    return found.therapy.name


def read_asked_library(arguments: argparse.Namespace) -> tuple[dict[str, Study], dict[str, Any]]:
    """The library asked, as of the day asked; and its hash, the day, and what was changed since, for JSON."""
    from stepdown.evidence.history import changed_since, known_on
    from stepdown.evidence.reading import hash_folder, library_folder, read_library
    from stepdown.interfaces.cli._library_folder import read_sound_studies

    folder = arguments.library
    studies = read_sound_studies(folder) if folder else read_library()
    digest = hash_folder(folder or library_folder())
    about: dict[str, Any] = {"library": digest, "as_of": None, "changed_since": []}
    if arguments.as_of is None:
        return studies, about
    day = arguments.as_of.isoformat()
    later = changed_since(studies.values(), day)
    told = [{"study": name, "on": on, "what": what} for name, on, what in later]
    known = known_on(studies.values(), day)
    if not known:
        print(f"stepdown: the library held no study on {day}", file=sys.stderr)
    return known, {**about, "as_of": day, "changed_since": told}


def print_json(answer: dict[str, Any]) -> None:
    """Print plain data with the version of its shape."""
    print(json.dumps({"schema_version": "1", **answer}, indent=2, ensure_ascii=False, allow_nan=False))
