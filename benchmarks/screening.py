"""How many labels until every relevant record is found, and how long does it take, beside ASReview?

    benchmarks/install_peers
    python benchmarks/screening.py --save benchmarks/screening.md

The records are the 469 of the gold set (validation/screening), so they are needed in the folder that
STEPDOWN_REFERENCE names. A run starts from one relevant and one irrelevant record, drawn by its seed and the
same for both programs, and labels one record at a time, the one that the program puts first. The words that
give the disease away are masked, or every relevant record would be found by them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.pubmed_file import ARTICLE, read_pieces
from stepdown.literature.pubmed_record import cut_references, read_record
from stepdown.literature.screening import ranking
from stepdown.literature.screening.labels import read_labels
from stepdown.literature.screening.stopping import judge_stopping

CHECKOUT = Path(__file__).resolve().parents[1]
GOLD = CHECKOUT / "validation" / "screening" / "gold-labels.tsv"
REFERENCE = Path(os.environ.get("STEPDOWN_REFERENCE", CHECKOUT.parent / "shared"))
FILES = ("ms-sample.xml", "ms-near-negatives.xml.gz")
PEER_PYTHON = CHECKOUT / "out" / "peers-asreview" / "bin" / "python"
SEEDS = 20
_MASKED = re.compile(r"multiple[- ]sclerosis|sclerosis, multiple|\bMS\b", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """One run: the labels until the last relevant record was found, and seconds of the processor."""

    labels: int
    seconds: float


def read_records() -> list[Citation]:
    """The records of the gold set, masked, in the order of their files."""
    folder = REFERENCE / "data" / "pubmed"
    pieces = (piece for name in FILES for piece in read_pieces(folder / name) if piece.tag == ARTICLE)
    return [mask(read_record(*cut_references(piece.xml))) for piece in pieces]


def mask(citation: Citation) -> Citation:
    """A citation without the words that name MS."""
    hide = lambda text: _MASKED.sub(" ", text)  # noqa: E731
    return replace(
        citation,
        title=hide(citation.title),
        abstract=(AbstractSection(hide(citation.abstract_text)),),
        keywords=tuple(map(hide, citation.keywords)),
    )


def draw_starts(labels: Sequence[bool]) -> list[list[int]]:
    """For each seed the places of one relevant and one irrelevant record."""
    places = [[place for place, label in enumerate(labels) if label is kind] for kind in (True, False)]
    draws = (random.Random(seed) for seed in range(SEEDS))
    return [[draw.choice(kind) for kind in places] for draw in draws]


def run_ours(citations: Sequence[Citation], labels: Sequence[bool], start: Sequence[int]) -> tuple[Run, int]:
    """One run of ours; and the label after which the stop rule first said that one may stop."""
    begun, stopped = time.process_time(), 0
    order = ranking.Ranking(citations).order
    truth = {citation.pmid: label for citation, label in zip(citations, labels, strict=True)}
    known = {citations[place].pmid: labels[place] for place in start}
    while sum(known.values()) < sum(labels):
        first = order(known)[0]
        known[first] = truth[first]
    run = Run(len(known), time.process_time() - begun)
    while not stopped:
        if judge_stopping(list(known.values()), len(labels)).may_stop:
            stopped = len(known)
        else:
            first = order(known)[0]
            known[first] = truth[first]
    return run, stopped


def run_without_marks(
    citations: Sequence[Citation], labels: Sequence[bool], starts: list[list[int]]
) -> list[Run]:
    """The runs of ours on titles and abstracts alone, to see what the marks of the rule are worth."""
    ranking.write_text = lambda citation: f"{citation.title} {citation.abstract_text}"
    return [run_ours(citations, labels, start)[0] for start in starts]


def run_peer(citations: Sequence[Citation], labels: Sequence[bool], starts: list[list[int]]) -> list[Run]:
    """The runs of ASReview, in a program of its own; none where it is not installed."""
    records = [
        {"title": one.title, "abstract": one.abstract_text, "label": int(label)}
        for one, label in zip(citations, labels, strict=True)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"records": records, "starts": starts}, file)
        file.flush()
        command = [str(PEER_PYTHON), str(CHECKOUT / "benchmarks" / "peers" / "time_asreview.py"), file.name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return []
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return [Run(int(count), float(seconds)) for count, seconds in rows]


def write_page(
    ours: list[Run], stops: list[int], theirs: list[Run], plain: list[Run], total: int
) -> str:
    """The table as a page, with date, machine and versions."""
    setting = (
        f"{datetime.now(UTC).date().isoformat()}, `benchmarks/screening.py` (which `make bench` runs); "
        f"{platform.system()} {platform.machine()}, load {os.getloadavg()[2]:.1f}; "
        f"Python {platform.python_version()}, scikit-learn {version('scikit-learn')}; "
        "ASReview 3.0.8 (ELAS u4, its default)."
    )
    rows = [_write_row("stepdown", ours), _write_row("ASReview", theirs),
            _write_row("stepdown without the marks of its rule", plain)]
    return "\n".join([
        "# How many labels until every relevant record is found\n", setting, "",
        f"{total} records of the gold set, 14 of them relevant; {SEEDS} runs, each from one relevant and one",
        "irrelevant record, the same for both programs; MS masked in every text. Labels and seconds are",
        "those until the last relevant record was found.\n",
        "| program | labels: median | fewest | most | processor seconds a run: median |",
        "|---|---|---|---|---|",
        *rows, "", _write_verdict(ours, theirs), "",
        "Both use the same kind of model with the same settings. Ours also reads what its rule finds in a",
        "text: a drug, near it a word for what is done, people. The author of the rule had read these",
        "records, so on others expect less.\n", _write_stops(ours, stops)])


def _write_stops(ours: list[Run], stops: list[int]) -> str:
    """When the stop rule spoke, and whether all were found by then."""
    complete = sum(stop >= run.labels for stop, run in zip(stops, ours, strict=True))
    return (f"Our stop rule (recall under 95 % improbable, p < 0.05) spoke after a median of "
            f"{median(stops):.0f} labels;\nall 14 were found by then in {complete} of {len(ours)} runs. "
            "Of 14 records 95 % are all, so it must speak late.\n")


def _write_row(name: str, runs: list[Run]) -> str:
    if not runs:
        return f"| {name} | did not run | | | |"
    labels = [run.labels for run in runs]
    seconds = median(run.seconds for run in runs)
    return f"| {name} | {median(labels):g} | {min(labels)} | {max(labels)} | {seconds:.2f} |"


def _write_verdict(ours: list[Run], theirs: list[Run]) -> str:
    if not theirs:
        return "ASReview did not run."
    fewer = median(run.labels for run in ours) <= median(run.labels for run in theirs)
    ratio = median(run.seconds for run in theirs) / median(run.seconds for run in ours)
    return (f"Not more labels: {'reached' if fewer else 'not reached'}. "
            f"Faster: {'reached' if ratio > 1 else 'not reached'} ({ratio:.1f} times).")


def main() -> None:
    """Run both, print the table, and save it where asked."""
    parser = argparse.ArgumentParser(description="Count labels and seconds beside ASReview.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the page to a file")
    arguments = parser.parse_args()
    if not (REFERENCE / "data" / "pubmed").is_dir():
        sys.exit("the gold records are missing: name their folder with STEPDOWN_REFERENCE")
    citations = read_records()
    relevant = {label.pmid: label.is_relevant for label in read_labels(GOLD)}
    labels = [relevant[citation.pmid] for citation in citations]
    starts = draw_starts(labels)
    runs = [run_ours(citations, labels, start) for start in starts]
    plain = run_without_marks(citations, labels, starts)
    page = write_page([run for run, _ in runs], [stop for _, stop in runs],
                      run_peer(citations, labels, starts), plain, len(labels))
    print(page)
    if arguments.save:
        arguments.save.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
