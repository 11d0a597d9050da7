"""``stepdown literature summarise``: one study in plain words, as text, JSON or a page."""

from __future__ import annotations

import argparse
import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import find_study, read_sound_studies

if TYPE_CHECKING:
    from stepdown.evidence.study import Study
    from stepdown.literature.citation import Citation
    from stepdown.literature.summaries.summary import PlainLanguageSummary

_HELP = """examples:
  stepdown literature summarise corboy2023
  stepdown literature summarise corboy2023 --format html -o corboy2023.html
  stepdown literature summarise smith2027 --library my-library --format json
  stepdown literature summarise corboy2023 --store my-store

Every sentence is a fixed template filled from the study's data file; a study that reports no number gets
no summary, and the message says so.
"""


def add_summarise_command(actions: Any) -> None:
    """Add ``summarise``."""
    parser = actions.add_parser(
        "summarise",
        help="one study in plain words, every sentence from its data file",
        description="A study in plain words: what was found, how sure it is, what it cannot tell.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="id of the study, such as corboy2023")
    parser.add_argument("--format", choices=("text", "json", "html"), default="text", help="default: text")
    parser.add_argument("--library", type=Path, metavar="DIR", help="a folder of study files of your own")
    parser.add_argument("--store", type=Path, metavar="DIR",
                        help="PubMed's record: the publisher's own words, who paid, where numbers stand")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="who reviewed which summary ([reviews.ID] in TOML)"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to a file")
    parser.set_defaults(run=summarise_study)


def summarise_study(arguments: argparse.Namespace) -> int:
    """Print one summary; UserError when there is no such study, or none of its results is a number."""
    _put(_write(read_summary(arguments), arguments.format), arguments.output)
    return 0


def read_summary(arguments: argparse.Namespace) -> PlainLanguageSummary:
    """The summary that the arguments name, from the library that they name."""
    from stepdown.evidence.reading import read_library
    from stepdown.evidence.supposing import supposing
    from stepdown.literature.summaries.reviewing import NO_REVIEWS, read_reviews
    from stepdown.literature.summaries.writing import find_neighbours, make_summary

    studies = read_sound_studies(arguments.library) if arguments.library else read_library()
    reviews = read_reviews(arguments.settings) if arguments.settings else NO_REVIEWS
    studies, citation = _ask_store(studies, arguments)
    study = find_study(studies, arguments.id)
    with supposing(studies) if arguments.library or arguments.store else nullcontext():
        return make_summary(study, find_neighbours(studies), reviews, citation)


def _ask_store(
    studies: dict[str, Study], arguments: argparse.Namespace
) -> tuple[dict[str, Study], Citation | None]:
    """The studies with what PubMed's notices say of them, and the record of the one that is asked for."""
    if not arguments.store:
        return studies, None
    from stepdown.literature.store import open_store
    from stepdown.literature.summaries.standing import apply_notices

    pmid = find_study(studies, arguments.id).pmid
    with open_store(arguments.store) as store:
        citation = next(store.read_citations([pmid]), None) if pmid else None
        return apply_notices(studies, store, date.today()), citation


def _write(summary: PlainLanguageSummary, form: str) -> str:
    if form == "json":
        from stepdown.reports.digest.as_json import to_summary_json

        return json.dumps(to_summary_json(summary), indent=2, ensure_ascii=False) + "\n"
    if form == "html":
        from stepdown.reports.digest.page import write_summary_page

        return write_summary_page(summary)
    from stepdown.reports.digest.text import write_summary_text

    return write_summary_text(summary)


def _put(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
