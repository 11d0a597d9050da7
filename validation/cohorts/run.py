"""Run the estimator on a thousand simulated registries and write down how far it is from the truth.

python validation/cohorts/run.py [--registries 1000] [--truth 400000] [--save validation/cohorts/results.md]
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from registries import PEOPLE, TOGETHER, Estimate, estimate_ten, find_truth

from stepdown.cohorts.registry.simulation.truth import Truth

FIRST_SEED = 1000
PACKAGES = ("stepdown", "ibis-framework", "duckdb", "numpy", "scipy")


def main() -> None:
    """Estimate, summarise, print, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registries", type=int, default=1000)
    parser.add_argument("--truth", type=int, default=400_000, help="people whose two lives give the truth")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    truth = find_truth(asked.truth)
    seeds = range(FIRST_SEED, FIRST_SEED + -(-asked.registries // TOGETHER))
    with ProcessPoolExecutor(asked.processes) as pool:
        found = [each for ten in pool.map(_run, seeds) for each in ten][:asked.registries]
    text = write_table(found, truth)
    print(text)
    if asked.save:
        asked.save.write_text(text, encoding="utf-8")


def _run(seed: int) -> list[Estimate]:
    found = list(estimate_ten(seed))
    mean = 100 * np.mean([each.weighted for each in found])
    print(f"seed {seed}: mean difference {mean:.2f}", file=sys.stderr, flush=True)
    return found


def write_table(found: list[Estimate], truth: Truth) -> str:
    """The results as a page: in points of 100."""
    count = len(found)
    rows = [("as the protocol estimates it", *_take(found, "weighted", "low", "high")),
            ("with the true weights", *_take(found, "true_weights", "true_low", "true_high")),
            ("without weights", np.array([each.crude for each in found]), None, None)]
    lines = [_write_row(name, values - truth.difference, low, high, truth)
             for name, values, low, high in rows]
    widths = [np.nanmedian(high - low) for _, _, low, high in rows[:2]]
    without = int(np.isnan(rows[0][2]).sum())
    return "\n".join([
        "# A thousand registries whose truth is known", "",
        f"{datetime.now(UTC).date()}, `python validation/cohorts/run.py --registries {count}`, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES) + ".", "",
        f"{count} registries of {PEOPLE:,} people; the difference of the risk of a relapse at two years "
        f"among those who stop is {100 * truth.difference:.2f} points of 100 (stop "
        f"{100 * truth.risk_begin:.2f}, continue {100 * truth.risk_continue:.2f}; standard error of the "
        f"truth {100 * truth.standard_error:.2f}). Median events among those who stop: "
        f"{np.median([each.events for each in found]):.0f}.", "",
        "| estimator | bias (Monte Carlo error) | spread | intervals that hold the truth | of all registries "
        "| median width |",
        "|---|---|---|---|---|---|", *lines, "",
        f"Median width over that with the true weights: {widths[0] / widths[1]:.2f}. Registries with too few "
        f"events for an interval: {without} of {count}; in the fifth column they count as not holding it.",
        ""])


def _take(found: list[Estimate], *names: str) -> tuple[np.ndarray, ...]:
    return tuple(np.array([getattr(each, name) for each in found]) for name in names)


def _write_row(name: str, errors: np.ndarray, low: np.ndarray | None, high: np.ndarray | None,
               truth: Truth) -> str:
    monte_carlo = 100 * errors.std(ddof=1) / np.sqrt(len(errors))
    cells = [name, f"{100 * errors.mean():+.2f} ({monte_carlo:.2f})", f"{100 * errors.std(ddof=1):.2f}"]
    if low is None or high is None:
        return f"| {' | '.join([*cells, '-', '-', '-'])} |"
    held = (low <= truth.difference) & (truth.difference <= high)
    given = held[np.isfinite(high - low)]
    cells += [f"{given.mean():.1%}", f"{held.mean():.1%}", f"{100 * np.nanmedian(high - low):.2f}"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
