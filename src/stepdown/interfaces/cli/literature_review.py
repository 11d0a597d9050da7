"""``stepdown literature review``: a draft study from one abstract, decided on field by field, into the
library."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import find_folder
from stepdown.interfaces.cli.literature_import import add_store
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Study
    from stepdown.literature.citation import Citation
    from stepdown.literature.drafting.deciding import Review
    from stepdown.literature.drafting.draft import DraftStudy
    from stepdown.literature.drafting.proposing import Question

_HELP = """examples:
  stepdown literature review 33475825 --store my-store --library my-library
  stepdown literature review 33475825 --store my-store --library my-library --format json
  stepdown literature review 33475825 --store my-store --library my-library --decisions mine.json

Reads the abstract into a draft: design, disease, people, groups, events, shares, times, contrasts. Then asks
about each field, showing the sentence it was read from with the characters marked: accept it, edit it, or
reject
it. The machine is often wrong (stepdown's documentation says how often): nothing of a draft is evidence
before a
person has seen it.

Each answer is written at once to the file of decisions (default: PMID.review.json in the library), so a
review
can be left at any time and goes on where it stopped. When every field is decided the study passes the
checks of
stepdown evidence check; one with faults is not recorded, and they are printed.

Without a terminal the decisions of the file are taken as they stand; {"others": "accept"} or {"others":
"reject"} in it decides on all fields that it does not name.

exit codes: 0 recorded, or left by you; 2 fields without a decision, or faults
"""


def add_review_command(actions: Any) -> None:
    """Add ``review`` to the commands of ``stepdown literature``."""
    parser = actions.add_parser(
        "review",
        help="draft a study from an abstract, decide on each field, put it into the library",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pmid", metavar="PMID", help="PubMed number of a citation in the store")
    add_store(parser)
    parser.add_argument("--library", type=Path, metavar="DIR", help="folder of study files; default: our own")
    parser.add_argument("--decisions", type=Path, metavar="FILE",
                        help="file of decisions; default: PMID.review.json in the library")
    parser.add_argument("--format", choices=("text", "json"), default="text",
                        help="json prints the draft with its spans and asks nothing; default: text")
    parser.set_defaults(run=review_citation)


def review_citation(arguments: argparse.Namespace) -> int:
    """Draft, ask, and record; the file of decisions holds what was decided whatever happens."""
    from stepdown.interfaces.cli._review_dialogue import ask_all
    from stepdown.literature.drafting.deciding import check_names, find_pending, read_review
    from stepdown.literature.drafting.proposing import find_questions
    from stepdown.literature.drafting.reading import read_draft

    citation = _find_citation(arguments.store, arguments.pmid)
    draft = read_draft(citation)
    questions = find_questions(draft, citation)
    is_json = arguments.format == "json"
    folder = find_folder(arguments.library, will_write=not is_json)
    path = arguments.decisions or folder / f"{citation.pmid}.review.json"
    review = read_review(path, citation.pmid)
    check_names(questions, review, path)
    if is_json:
        print(json.dumps(_describe(draft, questions, review), indent=2, ensure_ascii=False))
        return 0
    _refuse_known(folder, citation.pmid)
    answered = ask_all(draft, questions, review, path)
    if answered is None:
        return 0
    pending = find_pending(questions, answered)
    return _say_pending(pending, path) if pending else _record(folder, citation, questions, answered)


def _find_citation(folder: Path, pmid: str) -> Citation:
    from stepdown.literature.store import open_store

    if not pmid.isdecimal():
        raise UserError(f"{pmid!r} is no PubMed number; write digits only, such as 33475825.")
    with open_store(folder) as store:
        found = next(iter(store.read_citations([pmid])), None)
    if found is None:
        raise UserError(
            f"{folder}: no citation with PMID {pmid} is in the store; import the file that has it."
        )
    if not found.abstract:
        raise UserError(f"PMID {pmid} has no abstract to read; begin with  stepdown evidence new.")
    return found


def _refuse_known(folder: Path, pmid: str) -> None:
    from stepdown.evidence.reading import read_folder

    known = next((study.id for study in read_folder(folder).values() if study.pmid == pmid), None)
    if known is not None:
        raise UserError(
            f"the library has PMID {pmid} as {known}; change it with  stepdown evidence edit {known}."
        )


def _describe(draft: DraftStudy, questions: Sequence[Question], review: Review) -> dict[str, Any]:
    """The draft for a program: the text, and each field with value, spans, doubt and decision."""
    from stepdown.literature.drafting.deciding import find_pending

    pending = {question.name for question in find_pending(questions, review)}
    rows = []
    for question in questions:
        decision = review.find(question)
        rows.append({"name": question.name, "value": question.value, "spans": question.spans,
                     "doubt": question.doubt or None, "decision": decision.action if decision else None,
                     "is_pending": question.name in pending})
    return {"schema_version": "1", "pmid": draft.pmid, "text": draft.text, "fields": rows}


def _say_pending(pending: Sequence[Question], path: Path) -> int:
    names = ", ".join(question.name for question in pending[:5])
    more = f" and {len(pending) - 5} more" if len(pending) > 5 else ""
    print(
        f"stepdown: {len(pending)} fields are not decided: {names}{more}. What was decided is in {path}; "
        f"give the "
        "command again to go on.",
        file=sys.stderr,
    )
    return 2


def _record(folder: Path, citation: Citation, questions: Sequence[Question], review: Review) -> int:
    """Write the study when it has no fault; else print its faults, and what to do about them."""
    from stepdown.evidence.retraction import log_change, write_whole
    from stepdown.evidence.study import Change
    from stepdown.literature.drafting.accepting import write_study
    from stepdown.literature.drafting.deciding import find_accepted

    today = date.today()
    text = write_study(citation, questions, find_accepted(questions, review), today)
    study, faults = _check(text, folder)
    if study is None or faults:
        print("\n".join(faults), file=sys.stderr)
        print("stepdown: nothing was recorded; decide anew on what is named, or reject it.", file=sys.stderr)
        return 2
    path = folder / f"{study.id}.toml"
    write_whole(
        path, log_change(text, Change(today.isoformat(), "read from the abstract, reviewed field by field"))
    )
    findings = f"{len(study.findings)} finding{'' if len(study.findings) == 1 else 's'}"
    print(f"stepdown: {path.name} recorded with {findings}.", file=sys.stderr)
    _print_changes(folder, study)
    return 0


def _check(text: str, folder: Path) -> tuple[Study | None, list[str]]:
    """The study and its faults, by the checks that ``evidence edit`` uses; an id that is taken is a fault."""
    from stepdown.evidence.check import check_study
    from stepdown.evidence.reading import read_study

    try:
        study = read_study(text, "the draft")
    except UserError as problem:
        return None, [problem.sentence]
    known = {item.stem for item in folder.glob("*.toml")}
    faults = [str(fault) for fault in check_study(study, known)]
    if study.id in known:
        faults.append(f"{study.id}: id: {study.id}.toml is there already; edit the id")
    return study, faults


def _print_changes(folder: Path, study: Study) -> None:
    from stepdown.evidence.reading import read_folder
    from stepdown.interfaces.cli._changes_text import print_pool_changes

    after = read_folder(folder)
    before = {name: other for name, other in after.items() if name != study.id}
    print_pool_changes(before, after, (study,))
