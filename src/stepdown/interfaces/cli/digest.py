"""``stepdown digest``: the summaries of a whole library as a site that needs no server of its own."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._library_folder import read_sound_studies
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.study import Study
    from stepdown.literature.citation import Citation
    from stepdown.reports.digest.site import Site

#: A folder that holds this file is a digest, and may be written over.
_MARK = "digest.json"
_HELP = """examples:
  stepdown digest build -o site
  stepdown digest build -o site --url https://digest.example.org/
  stepdown digest build -o site --library my-library --settings reviews.toml
  stepdown digest build -o site --store my-store

Open index.html in a browser, or copy the folder to any web server. Nothing in it asks another server for
anything. Without --url the feeds hold relative links, and there is no sitemap.
"""


def add_commands(commands: Any) -> None:
    """Add ``stepdown digest`` with ``build``."""
    digest = commands.add_parser("digest", help="a site of studies in plain words, for readers")
    actions = digest.add_subparsers(title="commands", metavar="COMMAND", required=True)
    parser = actions.add_parser(
        "build",
        help="write the site: summaries, topics, drugs, evidence, search, feeds, newsletter",
        description="Write the summaries of a library as a site of plain files.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="DIR", required=True, help="the folder to write")
    add("--library", type=Path, metavar="DIR", help="study files of your own in place of ours")
    add("--store", type=Path, metavar="DIR",
        help="what PubMed says: withdrawn, corrected, who paid, the publisher's words")
    add("--url", default="", metavar="URL", help="where the site will stand, ending in /")
    add("--on", type=date.fromisoformat, metavar="DATE", help="build as of a day; default: today")
    add("--settings", type=Path, metavar="FILE", help="who reviewed which summary (TOML)")
    parser.set_defaults(run=build_digest)


def build_digest(arguments: argparse.Namespace) -> int:
    """Write the site, and say what is in it; UserError when the folder holds something else."""
    from stepdown.evidence.reading import hash_folder, library_hash, read_library
    from stepdown.literature.summaries.reviewing import NO_REVIEWS, read_reviews
    from stepdown.reports.digest.site import Setup, make_site

    old = _find_old_files(arguments.output)
    library = arguments.library
    studies = read_sound_studies(library) if library else read_library()
    reviews = read_reviews(arguments.settings) if arguments.settings else NO_REVIEWS
    name = hash_folder(library) if library else library_hash()
    on = arguments.on or date.today()
    citations: dict[str, Citation] = {}
    if arguments.store:
        studies, citations = _ask_store(studies, arguments.store, on)
    setup = Setup(on, _check_url(arguments.url), reviews, name, citations)
    site = make_site(studies, setup)
    _write(site, arguments.output, old)
    _report(site, arguments.output)
    return 0


def _ask_store(
    studies: dict[str, Study], folder: Path, on: date
) -> tuple[dict[str, Study], dict[str, Citation]]:
    """The studies with what the notices of a store say of their papers, and the citations of those papers."""
    from stepdown.literature.store import open_store
    from stepdown.literature.summaries.standing import apply_notices

    with open_store(folder) as store:
        wanted = [study.pmid for study in studies.values() if study.pmid]
        citations = {citation.pmid: citation for citation in store.read_citations(wanted)}
        return apply_notices(studies, store, on), citations


def _check_url(url: str) -> str:
    if url and not (url.startswith(("https://", "http://")) and url.endswith("/")):
        raise UserError("--url must begin with https:// and end in /, such as https://digest.example.org/.")
    return url


def _find_old_files(folder: Path) -> set[str]:
    """The files of an earlier build; UserError when the folder holds anything else."""
    import json

    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return set()
    mark = folder / _MARK
    if not mark.is_file():
        raise UserError(f"{folder} holds something that is no digest; name an empty folder, or a new one.")
    return set(json.loads(mark.read_text("utf-8"))["files"])


def _write(site: Site, folder: Path, old: set[str]) -> None:
    """Every file of the site; files of an earlier build that it no longer has are taken away."""
    import json

    for parent in {(folder / path).parent for path in site.files}:
        parent.mkdir(parents=True, exist_ok=True)
    listed = sorted({*site.files, *(path for path in old if path.startswith("newsletter/"))})
    (folder / _MARK).write_text(json.dumps({"files": listed}, indent=0) + "\n", "utf-8")
    for path, text in site.files.items():
        (folder / path).write_text(text, "utf-8")
    for path in old - set(listed):
        (folder / path).unlink(missing_ok=True)


def _report(site: Site, folder: Path) -> None:
    for study, reason in site.left_out:
        print(f"stepdown: {study} is left out: {reason}", file=sys.stderr)
    summaries = "1 summary" if site.summaries == 1 else f"{site.summaries:,} summaries"
    print(f"stepdown: {summaries}, {len(site.files):,} files", file=sys.stderr)
    print(folder / "index.html")
