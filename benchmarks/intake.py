"""Times the reading of a real PubMed file beside pubmed_parser and beside gunzip alone.

    tools/install_pubmed_file; benchmarks/install_peers
    python benchmarks/intake.py --save benchmarks/intake.md

Each run is a program of its own, so that its peak memory is its own; they take turns, and the fastest of each
counts. Times are seconds of the processor for the reading alone, without the start of Python: what else runs
on the machine changes them little.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
FILE = CHECKOUT / "out" / "pubmed" / "pubmed21n1298.xml.gz"
PEER_PYTHON = CHECKOUT / "out" / "peers" / "bin" / "python"
ROUNDS = 3
_HEAD = """
import resource, sys, time
from pathlib import Path
path = Path(sys.argv[1])
start = time.process_time()
"""
_TAIL = """
seconds = time.process_time() - start
print(seconds, count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, sep="\\t")
"""
GUNZIP = """
from isal import igzip
count = 0
with igzip.open(path) as file:
    while chunk := file.read(1 << 18):
        count += chunk.count(b"</PubmedArticle>")
"""
ALL_FIELDS = """
from stepdown.literature.pubmed_file import read_pieces
from stepdown.literature.pubmed_record import cut_references, read_record
count = sum(1 for piece in read_pieces(path)
            if piece.tag == "PubmedArticle" and read_record(*cut_references(piece.xml)))
"""
TRIAGE = """
from stepdown.literature.intake import read_piece
from stepdown.literature.pubmed_file import read_pieces
count = sum(piece.tag == "PubmedArticle" and bool(read_piece(piece, 1, path, "ms"))
            for piece in read_pieces(path))
"""
IMPORT = """
import tempfile
from stepdown.literature.intake import import_file
from stepdown.literature.store import open_store
with tempfile.TemporaryDirectory() as folder, open_store(Path(folder), will_write=True) as store:
    count = import_file(store, path, TOPIC).records
"""


@dataclass(frozen=True)
class Reading:
    """One way to read the file: its name, its program, and what it should reach beside pubmed_parser."""

    name: str
    command: tuple[str, ...]
    aim_ratio: float | None = None
    aim_megabytes: float | None = None


def write_program(body: str) -> tuple[str, ...]:
    """The command that runs a reading of ours."""
    return (sys.executable, "-c", _HEAD + body + _TAIL, str(FILE))


READINGS = (
    Reading("gunzip alone (isal), the floor", write_program(GUNZIP)),
    Reading("stepdown, every field", write_program(ALL_FIELDS), 3, 64),
    Reading("stepdown, triage for MS with notices of every record", write_program(TRIAGE), 8, 64),
    Reading("pubmed_parser, every field", (
        str(PEER_PYTHON), str(CHECKOUT / "benchmarks" / "peers" / "time_pubmed_parser.py"), str(FILE))),
    Reading("stepdown literature import, the store included",
            write_program(IMPORT.replace("TOPIC", '"all"'))),
    Reading("stepdown literature import --topic ms, the store included",
            write_program(IMPORT.replace("TOPIC", '"ms"'))),
)


@dataclass(frozen=True)
class Run:
    """What one reading took: seconds, records, peak memory in MB."""

    seconds: float
    records: int
    megabytes: float


def run_once(reading: Reading) -> Run | None:
    """One run in a program of its own; None when it is not installed."""
    done = subprocess.run(reading.command, capture_output=True, text=True, check=False,
                          env={**os.environ, "TMPDIR": str(FILE.parent)})
    if done.returncode:
        return None
    seconds, records, megabytes = done.stdout.split()
    return Run(float(seconds), int(records), float(megabytes))


def measure() -> dict[str, Run | None]:
    """The fastest run of each reading, with the largest memory of its runs."""
    rounds = [{reading.name: run_once(reading) for reading in READINGS} for _ in range(ROUNDS)]
    return {reading.name: _join([taken[reading.name] for taken in rounds]) for reading in READINGS}


def _join(runs: list[Run | None]) -> Run | None:
    done = [run for run in runs if run is not None]
    if not done:
        return None
    return Run(min(run.seconds for run in done), done[0].records, max(run.megabytes for run in done))


def write_page(taken: dict[str, Run | None]) -> str:
    """The table as a page, with date, machine and versions."""
    peer = taken["pubmed_parser, every field"]
    rows = [_write_row(reading, taken[reading.name], peer) for reading in READINGS]
    setting = (f"{datetime.now(UTC).date().isoformat()}, `benchmarks/intake.py` (which `make bench` runs); "
               f"{os.cpu_count()} processors, load {os.getloadavg()[2]:.1f}, {platform.system()} "
               f"{platform.machine()}; Python {platform.python_version()}, lxml {version('lxml')}, "
               f"isal {version('isal')}, duckdb {version('duckdb')}; pubmed_parser 0.5.1.")
    return "\n".join([
        "# How long a PubMed file takes\n", setting, "",
        "`pubmed21n1298.xml.gz`: 40 MB packed, 233 MB of XML, 20,788 records.\n",
        "| what | processor seconds | records per second | times pubmed_parser | peak MB | aim | reached |",
        "|---|---|---|---|---|---|---|", *rows, "",
        "Every reading is a program of its own; the fastest of three counts, with the largest memory.",
        "Processor seconds change little with what else runs. The fields of both programs are compared",
        "record by record in `tests/validation/test_real_pubmed_file.py`.\n"])


def _write_row(reading: Reading, run: Run | None, peer: Run | None) -> str:
    if run is None:
        return f"| {reading.name} | did not run | | | | | |"
    ratio = peer.seconds / run.seconds if peer else None
    cells = [reading.name, f"{run.seconds:.2f}", f"{run.records / run.seconds:,.0f}",
             f"{ratio:.1f}" if ratio else "", f"{run.megabytes:.0f}", *_judge(reading, run, ratio)]
    return f"| {' | '.join(cells)} |"


def _judge(reading: Reading, run: Run, ratio: float | None) -> tuple[str, str]:
    if reading.aim_ratio is None or reading.aim_megabytes is None or ratio is None:
        return "", ""
    reached = ratio >= reading.aim_ratio and run.megabytes < reading.aim_megabytes
    return f"{reading.aim_ratio:g} times, under {reading.aim_megabytes:g} MB", "yes" if reached else "no"


def main() -> None:
    """Measure, print, and save where asked."""
    parser = argparse.ArgumentParser(description="Time the reading of a PubMed file beside its peers.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the page to a file")
    arguments = parser.parse_args()
    if not FILE.exists():
        raise SystemExit("out/pubmed/pubmed21n1298.xml.gz is missing: run tools/install_pubmed_file")
    page = write_page(measure())
    print(page)
    if arguments.save:
        arguments.save.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
