"""Times stepdown beside its peers and prints the tables; --save FILE writes them too, with versions.

    benchmarks/install_peers                            # R with metafor and PyMARE, where that is allowed
    python benchmarks/run.py --save benchmarks/results.md
"""

from __future__ import annotations

import argparse
import os
import platform
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import compare_engine, measure_engine
from engine_data import draw_studies, write_tables
from in_process import measure_in_process
from peers import Peer, find_metafor, find_pymare, take_faster
from table import Row, write_table
from whole_commands import measure_commands

from stepdown import __version__

CHECKOUT = Path(__file__).resolve().parents[1]
PERSON = CHECKOUT / "examples" / "01-injectable-stable-61.json"
DAY = date(2026, 11, 1)
NOTES = """\
Each time is the fastest of several runs, on both sides; a ratio says how many times faster stepdown is. A
load above the number of processors means that other work ran beside, and that all times are too long. The
peer of an answer only starts R and loads metafor: R has no such answer to compare with. The people and the
studies are invented, drawn with a fixed seed. "Same estimate to" is the distance between the two pooled
estimates (for the refits: between their standard deviations). In the mixed models both sides use 25 nodes.
All programs fit the same resamples, PyMARE all of them at once. bayesmeta's time is a figure from elsewhere,
not measured in this run.
"""


def measure_beside_peers(peers: list[Peer]) -> list[Row]:
    """The engine's rows; the peers run before and after it, so that a busy minute cannot flatter us."""
    tables = draw_studies()
    with TemporaryDirectory() as folder:
        write_tables(tables, Path(folder))
        before = {peer.label: peer.run(Path(folder)) for peer in peers}
        ours = measure_engine(tables)
        after = {peer.label: peer.run(Path(folder)) for peer in peers}
    return compare_engine(ours, {name: take_faster(before[name], after[name]) for name in before})


def write_page(peers: list[Peer]) -> str:
    """The whole page of results."""
    answers = measure_commands(PERSON, DAY.isoformat(), has_metafor=peers[0].version is not None)
    answers += measure_in_process(PERSON, DAY)
    engine = measure_beside_peers(peers)
    return "\n".join([
        "# How long it takes\n", _write_setting(peers), "## One person's answer\n", write_table(answers),
        "## The evidence engine\n", write_table(engine), NOTES])


def _write_setting(peers: list[Peer]) -> str:
    """Date, command, machine and versions."""
    now = datetime.now(UTC).date().isoformat()
    parts = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pydantic", "weasyprint"))
    machine = (f"{os.cpu_count()} processors, load {os.getloadavg()[2]:.1f}, "
               f"{platform.system()} {platform.machine()}")
    return (f"{now}, `benchmarks/run.py` (which `make bench` runs); {machine}; "
            f"Python {platform.python_version()}, stepdown {__version__}, {parts}; "
            f"{', '.join(peer.label for peer in peers)}.\n")


def main() -> None:
    """Measure, print, and save where asked."""
    parser = argparse.ArgumentParser(description="Time stepdown beside its peers.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the page to a file")
    arguments = parser.parse_args()
    page = write_page([find_metafor(), find_pymare()])
    print(page)
    if arguments.save:
        arguments.save.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
