"""``stepdown literature review``: a draft study from an abstract, field by field, into the library."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
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
    from stepdown.literature.notices import Notice

_HELP = """examples:
  stepdown literature review 33475825 --store my-store --library my-library
  stepdown literature review 33475825 --store my-store --library my-library --format json
  stepdown literature review 33475825 --store my-store --library my-library --decisions mine.json

Reads the abstract into a draft: design, disease, people, groups, events, shares, times, contrasts. Then
asks about each field, showing the sentence it was read from with the characters marked: accept it, edit it,
or reject it. The program is often wrong (docs/explanation/draft-studies.md says how often): nothing of a
draft is evidence before a person has seen it.

Each answer is written at once to the file of decisions (default: PMID.review.json in the library), so a
review can be left at any time and goes on where it stopped. When every field is decided the study passes
the checks of stepdown evidence check; one with faults is not recorded, and they are printed.

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
    parser.add_argument("--again", action="append", default=[], metavar="NAME",
                        help="ask again about a field, finding or group, such as findings.2; may be repeated")
    parser.add_argument("--format", choices=("text", "json"), default="text",
                        help="json prints the draft with its spans and asks nothing; default: text")
    parser.set_defaults(run=review_citation)


def review_citation(arguments: argparse.Namespace) -> int:
    """Draft, ask, and record; the file of decisions holds what was decided whatever happens."""
    from stepdown.interfaces.cli._review_dialogue import ask_all
    from stepdown.literature.drafting.deciding import check_names, find_pending, read_review
    from stepdown.literature.drafting.proposing import find_questions
    from stepdown.literature.drafting.reading import read_draft

    citation, notices = _find_citation(arguments.store, arguments.pmid)
    draft = read_draft(citation)
    questions = find_questions(draft, citation)
    is_json = arguments.format == "json"
    folder = find_folder(arguments.library, will_write=not is_json, may_make=True)
    path = arguments.decisions or folder / f"{citation.pmid}.review.json"
    review = read_review(path, citation.pmid)
    for name in arguments.again:
        review = review.forget(name)
    check_names(questions, review, path)
    if is_json:
        print(json.dumps(_describe(draft, questions, review), indent=2, ensure_ascii=False))
        return 0
    _refuse_known(folder, citation.pmid)
    _say_notices(notices)
    answered = ask_all(draft, questions, review, path)
    if answered is None:
        return 0
    pending = find_pending(questions, answered)
    if pending:
        return _say_pending(pending, path)
    return _record(folder, citation, questions, answered, notices)


def _find_citation(folder: Path, pmid: str) -> tuple[Citation, list[Notice]]:
    """The citation, and what PubMed says of its standing; UserError when it is retracted."""
    from stepdown.literature.notices import RETRACTED, read_notices
    from stepdown.literature.store import open_store

    if not pmid.isdecimal():
        raise UserError(f"{pmid!r} is no PubMed number; write digits only, such as 33475825.")
    with open_store(folder) as store:
        found = next(iter(store.read_citations([pmid])), None)
        notices = read_notices(store, [pmid])
    if found is None:
        raise UserError(
            f"{folder}: no citation with PMID {pmid} is in the store; import the file that has it."
        )
    if not found.abstract:
        raise UserError(f"PMID {pmid} has no abstract to read; begin with  stepdown evidence new.")
    if any(notice.kind == RETRACTED for notice in notices):
        raise UserError(f"PMID {pmid} is retracted; a retracted study does not enter the library.")
    return found, notices


def _say_notices(notices: Sequence[Notice]) -> None:
    from stepdown.literature.standing import describe_notice

    for notice in notices:
        print(f"stepdown: {describe_notice(notice)}.", file=sys.stderr)


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
    print(f"stepdown: {len(pending)} fields are not decided: {names}{more}. What was decided is in {path}; "
          "give the command again to go on.", file=sys.stderr)
    return 2


def _record(
    folder: Path, citation: Citation, questions: Sequence[Question], review: Review, notices: Sequence[Notice]
) -> int:
    """Write the study when it has no fault; else print its faults, and how to decide anew on them."""
    from stepdown.evidence.reading import read_study
    from stepdown.literature.drafting.accepting import find_places, write_study
    from stepdown.literature.drafting.deciding import find_accepted

    accepted = find_accepted(questions, review)
    text = write_study(citation, questions, accepted, date.today())
    study = read_study(text, "the draft")
    faults = list(_find_faults(study, folder, find_places(accepted)))
    if faults:
        print("\n".join(faults), file=sys.stderr)
        print("stepdown: nothing was recorded; give the command again with --again and a name from above, "
              "and edit or reject it.", file=sys.stderr)
        return 2
    _write(folder / f"{study.id}.toml", text, notices)
    findings = f"{len(study.findings)} finding{'' if len(study.findings) == 1 else 's'}"
    print(f"stepdown: {study.id}.toml recorded with {findings}.", file=sys.stderr)
    _print_changes(folder, study)
    return 0


def _find_faults(study: Study, folder: Path, places: Sequence[int]) -> Iterator[str]:
    """Each fault with the name of the finding in the review; an id that is taken is a fault."""
    from stepdown.evidence.check import check_study

    known = {item.stem for item in folder.glob("*.toml")}
    names = {one.id: f"findings.{place}: " for one, place in zip(study.findings, places, strict=True)}
    for fault in check_study(study, known):
        yield f"{names.get(fault.finding or '', '')}{fault.field}: {fault.sentence}"
    if study.id in known:
        yield f"id: {study.id}.toml is there already"


def _write(path: Path, text: str, notices: Sequence[Notice]) -> None:
    """The file with its log: how it was made, and what PubMed says of the paper's standing."""
    from stepdown.evidence.retraction import log_change, write_whole
    from stepdown.evidence.study import Change
    from stepdown.literature.standing import describe_notice

    for words in ("read from the abstract, reviewed field by field", *map(describe_notice, notices)):
        text = log_change(text, Change(date.today().isoformat(), words))
    write_whole(path, text)


def _print_changes(folder: Path, study: Study) -> None:
    from stepdown.evidence.reading import read_folder
    from stepdown.interfaces.cli._changes_text import print_pool_changes

    after = read_folder(folder)
    before = {name: other for name, other in after.items() if name != study.id}
    print_pool_changes(before, after, (study,))
