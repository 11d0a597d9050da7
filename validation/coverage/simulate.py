"""How often do the intervals of the default methods hold the truth? The table of ``results.md``.

Usage: python validation/coverage/simulate.py [--runs 2000] [--save validation/coverage/results.md]
Exit 0 when no cell of a default lies under 93 % by more than two Monte Carlo errors, else 1.
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import scipy
from defaults_many import fit_default
from designs import Situation, draw_hazards, draw_ratios, list_situations
from two_stage import Intervals, fit_reml_z, to_log_hazards

LOWEST = 0.93
HIGHEST = 0.975


@dataclass(frozen=True)
class Row:
    """One cell: coverage, median width and bias of the default; the same three of REML with z."""

    cell: Situation
    runs: int
    method: str
    coverage: float
    width: float
    bias: float
    reml: tuple[float, float, float] | None

    @property
    def error(self) -> float:
        """The Monte Carlo standard error of the coverage."""
        return find_error(self.coverage, self.runs)

    @property
    def is_too_low(self) -> bool:
        """Whether the coverage lies under the limit by more than chance."""
        return self.coverage < LOWEST - 2 * self.error


def find_error(coverage: float, runs: int) -> float:
    """The Monte Carlo standard error of a coverage; that of half a run where all or none were covered."""
    inside = min(max(coverage, 0.5 / runs), 1 - 0.5 / runs)
    return math.sqrt(inside * (1 - inside) / runs)


def measure(found: Intervals, true: np.ndarray) -> tuple[float, float, float]:
    """Coverage, median width, and mean bias over the runs with a finite estimate, on the log scale."""
    covered = (found.low <= true) & (true <= found.high)
    finite = np.isfinite(found.value)
    return (float(covered.mean()), float(np.median(found.high - found.low)),
            float((found.value - true)[finite].mean()))


def simulate(cell: Situation, runs: int) -> Row:
    """One cell of the table."""
    if cell.kind == "hazard":
        hazards = draw_hazards(cell, runs)
        method, found = fit_default(hazards)
        true, (values, variances) = hazards.true, to_log_hazards(hazards)
    else:
        ratios = draw_ratios(cell, runs)
        method, found = fit_default(ratios)
        true, values, variances = ratios.true, ratios.values, ratios.errors**2
    reml = measure(fit_reml_z(values, variances), true) if cell.studies > 1 else None
    return Row(cell, runs, method, *measure(found, true), reml)


def write_rows(rows: list[Row]) -> Iterator[str]:
    """The table as Markdown."""
    yield ("| studies | events | spread | default | coverage % (MC error) | width | bias "
           "| REML, z: coverage % | width | bias |")  # fmt: skip
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        cell, other = row.cell, ("-", "-", "-")
        if row.reml:
            other = (f"{100 * row.reml[0]:.1f}", f"{row.reml[1]:.2f}", f"{row.reml[2]:+.2f}")
        mark = " (!)" if row.is_too_low else " (+)" if row.coverage - 2 * row.error > HIGHEST else ""
        covered = f"{100 * row.coverage:.1f} ({100 * row.error:.1f}){mark}"
        texts = (str(cell.studies), cell.events, f"{cell.spread:g}", row.method, covered,
                 f"{row.width:.2f}", f"{row.bias:+.2f}", *other)  # fmt: skip
        yield f"| {' | '.join(texts)} |"


def write_page(tables: dict[str, list[Row]], runs: int, seconds: float) -> str:
    """The page with date, command and versions."""
    command = f"python validation/coverage/simulate.py --runs {runs} --save validation/coverage/results.md"
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    head = f"""# Coverage of the default methods, the last run

{date.today()}, `{command}`,
{seconds:.0f} s. {versions}.
95 % intervals; width is the median on the log scale, bias the mean on the log scale.
(!) under 93 % by more than two Monte Carlo errors; (+) above 97.5 % by more than two.
What is drawn and why some cells are high: README.md.
"""
    parts = ["\n".join((f"## {title}\n", *write_rows(rows), "")) for title, rows in tables.items()]
    return "\n".join([head, *parts])


def main() -> int:
    """Run every cell, print or save the page."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--save", type=Path)
    arguments = parser.parse_args()
    begin, tables = time.perf_counter(), {}
    for kind, title in (("hazard", "Hazards of single arms"), ("ratio", "Ratios of two arms")):
        tables[title] = []
        for cell in list_situations(kind):
            tables[title].append(simulate(cell, arguments.runs))
            print(*list(write_rows(tables[title][-1:]))[2:], file=sys.stderr, flush=True)
    page = write_page(tables, arguments.runs, time.perf_counter() - begin)
    if arguments.save:
        arguments.save.write_text(page, "utf-8")
    else:
        print(page)
    return int(any(row.is_too_low for rows in tables.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
