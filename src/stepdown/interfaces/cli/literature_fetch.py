"""``stepdown literature fetch``: records that a query finds, from PubMed into the store."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli.literature_import import add_store
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.literature.fetching.pubmed import PubMed

KEY = "NCBI_API_KEY"
_HELP = f"""examples:
  stepdown literature fetch '"multiple sclerosis"[tiab] AND discontinu*[tiab] AND 2026[pdat]' --store my-store
  stepdown literature fetch 'ocrelizumab AND "stopped treatment"' --from europe-pmc --store my-store

The query is written as PubMed or Europe PMC reads it, and goes to them over the network. PubMed is asked at
most three times a second, ten times with a key of yours in {KEY}; a busy server is asked again after 1,
2, 4 and 8 seconds. What Europe PMC finds is fetched from PubMed; hits without a PMID are counted and left
out. The last line is that of import.
"""


def add_fetch_command(actions: Any) -> None:
    """Add ``fetch`` to the commands of ``stepdown literature``."""
    from stepdown.literature.fetching import europe_pmc, pubmed

    parser = actions.add_parser(
        "fetch",
        help="take the records that a query finds from PubMed into the store",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("query", metavar="QUERY", help="what to look for")
    add_store(parser)
    add("--from", dest="place", choices=("pubmed", "europe-pmc"), default="pubmed", help="default: pubmed")
    add("--most", type=int, default=2_000, metavar="N", help="refuse a query that finds more; default: 2000")
    add("--email", default="", metavar="ADDRESS", help="told to PubMed, so that they can write to you")
    add("--pubmed-url", default=pubmed.ADDRESS, metavar="URL", help="another address of the E-utilities")
    add("--europe-pmc-url", default=europe_pmc.ADDRESS, metavar="URL", help="another address of Europe PMC")
    parser.set_defaults(run=fetch_records)


def fetch_records(arguments: argparse.Namespace) -> int:
    """Fetch, import, and print what became of all records."""
    from stepdown.literature.fetching import pubmed
    from stepdown.literature.fetching.web import Server, check_address
    from stepdown.literature.intake import Tally, import_file
    from stepdown.literature.store import open_store

    key = os.environ.get(KEY, "")
    server = Server(check_address(arguments.pubmed_url), pubmed.A_SECOND_WITH_KEY if key else pubmed.A_SECOND)
    total = Tally()
    with open_store(arguments.store, will_write=True) as store, tempfile.TemporaryDirectory() as folder:
        batches = _find_batches(arguments, pubmed.PubMed(server, key, arguments.email))
        for number, xml in enumerate(batches, 1):
            path = Path(folder) / f"fetched-{datetime.now(UTC):%Y%m%dT%H%M%S}-{number:03}.xml"
            path.write_bytes(xml)
            total += import_file(store, path)
    print(total)
    return 0


def _find_batches(arguments: argparse.Namespace, source: PubMed) -> Iterator[bytes]:
    """The XML of what the query finds; how many there are is said first."""
    from stepdown.literature.fetching import europe_pmc
    from stepdown.literature.fetching.web import Server, check_address

    if arguments.most < 1:
        raise UserError("--most must be 1 or more.")
    if arguments.place == "pubmed":
        found = source.search(arguments.query, arguments.most)
        for phrase in found.not_found:
            print(f"stepdown: PubMed knows nothing of {phrase!r}", file=sys.stderr)
        print(f"stepdown: {found.count} records found", file=sys.stderr)
        yield from source.fetch(found)
        return
    server = Server(check_address(arguments.europe_pmc_url), europe_pmc.A_SECOND)
    hits = europe_pmc.search_europe_pmc(server, arguments.query, arguments.most)
    print(f"stepdown: {len(hits.pmids)} records found, {hits.without_pmid} hits without a PMID left out",
          file=sys.stderr)
    yield from source.fetch_ids(hits.pmids)
