"""Times weighted Cox models beside lifelines and R survival; --save FILE writes the table too.

    benchmarks/install_peers
    python benchmarks/survival.py --save benchmarks/survival.md
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from peers import Peer, Timed, find_peer, take_faster
from table import Row, write_table
from timing import time_processor

from stepdown import __version__
from stepdown.cohorts.survival import CoxFit, fit_cox, measure_concordance, predict_log_hazard

SIZES = (100_000, 1_000_000)
LIFELINES = Path(__file__).parents[1] / "out" / "peers-lifelines" / "bin" / "python"
NOTES = """\
A Cox model with five covariates, weights from 0.5 to 2, Efron's ties (times are whole numbers, so there are
many) and robust errors, on invented people drawn with a fixed seed; two in five are censored. Each time is
processor time, the least of several runs (peers: one run of what takes them long), the data being in memory
already; the ratio says how many times less stepdown takes. "Same estimate to" is the relative distance of
the standard errors of the first covariate; lifelines takes no account of ties in the robust one. For it the
time of both peers grows with the square of the rows, so that neither runs at 1,000,000 people, where it would
be hours; R's fit without robust errors stands beside ours there. A load above the number of processors means
that other work ran beside; it lengthens short tasks, which wait for memory, more than long ones.
"""


@dataclass(frozen=True)
class People:
    """Invented people: covariates, end of follow-up, whether with the event, and weight."""

    covariates: NDArray[np.float64]
    time: NDArray[np.float64]
    event: NDArray[np.bool_]
    weight: NDArray[np.float64]


def draw_people(count: int) -> People:
    """Five covariates, the first of them 0/1, with known hazard ratios."""
    random = np.random.default_rng(count)
    x = random.normal(size=(count, 5))
    x[:, 0] = random.random(count) < 0.5
    event = random.exponential(1 / np.exp(x @ [0.3, 0.2, -0.1, 0.1, 0.0]))
    left = random.exponential(2, count)
    return People(x, np.ceil(np.minimum(event, left) * 1000), event <= left, random.uniform(0.5, 2, count))


def write_people(people: People, path: Path) -> None:
    """The people as a file that the peers read."""
    table = np.column_stack([people.time, people.event, people.weight, people.covariates])
    header = "time,event,weight,x1,x2,x3,x4,x5"
    np.savetxt(path, table, delimiter=",", header=header, comments="", fmt="%.17g")


def time_fit(people: People, robust: bool) -> Timed:
    """The fastest of several fits, and the standard error of the first covariate."""
    def fit() -> CoxFit:
        return fit_cox(people.time, people.event, people.covariates, weights=people.weight, robust=robust)
    seconds = time_processor(fit, runs=9 if len(people.time) <= SIZES[0] else 3)
    return Timed(seconds, float(fit().standard_errors[0]))


def time_stepdown(drawn: dict[str, People]) -> dict[str, Timed]:
    """Fits with and without robust errors, by task."""
    return {f"{kind}_{name}": time_fit(people, kind == "robust")
            for name, people in drawn.items() for kind in ("robust", "plain")}


def time_concordance(people: People) -> float:
    """The fastest of three measurements of the concordance with its error."""
    fit = fit_cox(people.time, people.event, people.covariates, weights=people.weight)
    score = predict_log_hazard(fit, people.covariates)
    return time_processor(
        lambda: measure_concordance(people.time, people.event, score, weights=people.weight), 3)


def find_peers() -> list[Peer]:
    """lifelines in its own environment, and R with survival, where they are installed."""
    ask = "cat(as.character(packageVersion('survival')))"
    rscript = shutil.which("Rscript")
    return [
        find_peer("lifelines", (str(LIFELINES),), ("-c", "import lifelines; print(lifelines.__version__)"),
                  "time_lifelines.py", LIFELINES.exists()),
        find_peer("R survival", ("Rscript",), ("-e", ask), "time_survival.R", rscript is not None)]


def measure(peers: list[Peer], sizes: tuple[int, ...]) -> Iterator[Row]:
    """Our rows before and after the peers' runs, so that a busy minute cannot flatter us."""
    drawn = {f"people_{size:07d}": draw_people(size) for size in sizes}
    before = time_stepdown(drawn)
    with TemporaryDirectory() as folder:
        for name, people in drawn.items():
            write_people(people, Path(folder) / f"{name}.csv")
        found = {peer.label: peer.run(Path(folder)) for peer in peers}
    ours = take_faster(before, time_stepdown(drawn))
    for task, timed in ours.items():
        yield from compare_task(task, timed, {label: theirs.get(task) for label, theirs in found.items()})
    for people in drawn.values():
        yield Row(f"concordance with its error, {len(people.time):,} people", time_concordance(people))


def compare_task(task: str, ours: Timed, peers: dict[str, Timed | None]) -> Iterator[Row]:
    """Our time beside that of each peer that does the task."""
    kind, _, size = task.split("_")
    what = f"weighted {'robust ' if kind == 'robust' else ''}Cox, {int(size):,} people"
    for label, theirs in peers.items():
        if theirs is None and kind == "plain":
            continue
        aim = 1000 if label.startswith("lifelines") and int(size) == SIZES[0] else None
        apart = None if theirs is None else abs(theirs.estimate / ours.estimate - 1)
        yield Row(what, ours.seconds, label, None if theirs is None else theirs.seconds, apart, None, aim)


def write_page(peers: list[Peer], sizes: tuple[int, ...]) -> str:
    """The whole page."""
    rows = list(measure(peers, sizes))
    now = datetime.now(UTC).date().isoformat()
    machine = (f"{os.cpu_count()} processors, load {os.getloadavg()[2]:.1f}, "
               f"{platform.system()} {platform.machine()}")
    parts = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    setting = (f"{now}, `python benchmarks/survival.py` (which `make bench` runs); {machine}; Python "
               f"{platform.python_version()}, stepdown {__version__}, {parts}; "
               f"{', '.join(peer.label for peer in peers)}.\n")
    return "\n".join(["# How long survival models take\n", setting, write_table(rows), NOTES])


def main() -> None:
    """Measure, print, and save where asked."""
    parser = argparse.ArgumentParser(description="Time Cox models beside lifelines and R survival.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the page to a file")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many people")
    arguments = parser.parse_args()
    page = write_page(find_peers(), tuple(arguments.sizes))
    print(page)
    if arguments.save:
        arguments.save.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
