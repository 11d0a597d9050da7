"""``stepdown care-plan``: the whole care of one person, on a page for each reader."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.assess import print_or_write, read_answer, read_asked_clinic
from stepdown.interfaces.cli.patient import add_person_arguments
from stepdown.ms.disability import EDSS_SCORES
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.decisions.answer import Answer
    from stepdown.reports import Clinic

_HELP = """examples:
  stepdown care-plan person.yaml                                   every row, how sure it is, its sources
  stepdown care-plan person.yaml --for person                      in plain words, without doses
  stepdown care-plan person.yaml --for caregiver --format html -o helper.html
  stepdown care-plan person.yaml --for gp --clinic clinic.toml --format pdf -o letter.pdf
  stepdown care-plan person.yaml --format fhir -o plan.json        CarePlan, Goals and CareTeam, FHIR R4
  stepdown care-plan person.yaml --severe-from 6.5                 another limit for "severe"

A row says "not assessed" where the file lacks the fact that it needs, and which: symptoms, living, caregiver,
barriers, adherence and goals (see stepdown patient template). Nothing is diagnosed. What is private is not on
the caregiver's page; give it only if the person agrees.

Not a medical device. exit codes: 0 answered, 2 a fault in the person file, 3 an optional part is missing
"""
_FORMATS = ("text", "json", "html", "pdf", "fhir")
_AUDIENCES = ("clinician", "person", "caregiver", "team", "gp")


def add_commands(commands: Any) -> None:
    """Add ``stepdown care-plan``."""
    parser = commands.add_parser(
        "care-plan",
        help="the whole care of one person: symptoms, team, goals, review",
        description="More than the drug: what to look at, what can help, who by when, what nobody asked.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_person_arguments(parser)
    parser.add_argument(
        "--for", dest="audience", choices=_AUDIENCES, help="whom it is written for; default: clinician"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--severe-from",
        type=_read_edss,
        metavar="EDSS",
        help="the EDSS from which disability counts as severe; default: 6",
    )
    parser.add_argument(
        "--clinic", type=Path, metavar="FILE", help="names and telephone numbers of the clinic"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to a file; needed for pdf")
    parser.set_defaults(run=show_care_plan)


def _read_edss(text: str) -> float:
    """A score of the EDSS in an argument."""
    try:
        score = float(text)
    except ValueError:
        score = -1.0
    if score not in EDSS_SCORES:
        raise argparse.ArgumentTypeError("write an EDSS: 0, 1, 1.5, 2 and so on by halves to 10")
    return score


def show_care_plan(arguments: argparse.Namespace) -> int:
    """Print or write the plan of one person file."""
    if arguments.format in ("json", "fhir") and arguments.audience not in (None, "clinician"):
        raise UserError(f"{arguments.format} holds the whole plan, private parts too: leave out --for")
    clinic = read_asked_clinic(arguments)
    answer = read_answer(arguments, arguments.severe_from)
    if answer.care_plan is None and answer.refusal is not None:
        raise UserError(answer.refusal.reason)
    return print_or_write(
        arguments, _draw(answer, arguments.format, arguments.audience or "clinician", clinic)
    )


def _draw(answer: Answer, form: str, audience: str, clinic: Clinic | None) -> bytes:
    """The plan in one form, as bytes."""
    from stepdown import reports

    if form == "pdf":
        return reports.to_plan_pdf(answer, audience, clinic)
    if form == "html":
        return reports.to_plan_html(answer, audience, clinic).encode()
    if form == "text":
        return (reports.to_plan_text(answer, audience, clinic).rstrip("\n") + "\n").encode()
    written = reports.to_fhir_care_plan(answer) if form == "fhir" else reports.care_plan_to_json(answer)
    return (json.dumps(written, indent=2, ensure_ascii=False) + "\n").encode()
