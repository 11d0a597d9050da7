"""Invented studies for the timings, the same for every program: drawn once with a fixed seed.

Their sizes are those of data sets that meta-analysts know: 20 contrasts, 14 single arms, 18 two-arm trials
with few events, 13 log ratios.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stepdown.evidence.meta.distributions import Floats

SEED = 20261101
REFITS = 10_000
Table = dict[str, Floats]


def draw_studies() -> dict[str, Table]:
    """The tables by name: contrasts, resamples of them, one_arm, two_arms, ratios."""
    random = np.random.default_rng(SEED)
    contrasts = _draw_contrasts(random, 20)
    resamples = random.integers(0, 20, size=(REFITS, 20)).astype(float)
    return {"contrasts": contrasts, "resamples": {f"s{i + 1}": resamples[:, i] for i in range(20)},
            "one_arm": _draw_one_arm(random, 14), "two_arms": _draw_two_arms(random, 18),
            "ratios": _draw_contrasts(random, 13)}


def _draw_contrasts(random: np.random.Generator, k: int) -> Table:
    v = random.uniform(0.02, 0.3, k)
    return {"y": random.normal(-0.4, np.sqrt(0.25 + v)), "v": v}


def _draw_one_arm(random: np.random.Generator, k: int) -> Table:
    n = random.integers(8, 90, k)
    chance = 1 / (1 + np.exp(-random.normal(-1.0, 0.7, k)))
    return {"events": random.binomial(n, chance).astype(float), "n": n.astype(float)}


def _draw_two_arms(random: np.random.Generator, k: int) -> Table:
    n1, n2 = random.integers(40, 300, k), random.integers(40, 300, k)
    base, effect = random.normal(-3.0, 0.8, k), random.normal(-0.7, 0.5, k)
    first, second = 1 / (1 + np.exp(-base - effect)), 1 / (1 + np.exp(-base))
    return {"events1": random.binomial(n1, first).astype(float), "n1": n1.astype(float),
            "events2": random.binomial(n2, second).astype(float), "n2": n2.astype(float)}


def write_tables(tables: dict[str, Table], folder: Path) -> None:
    """Each table as NAME.csv, for the peers to read."""
    for name, table in tables.items():
        np.savetxt(folder / f"{name}.csv", np.column_stack(list(table.values())), fmt="%.17g", delimiter=",",
                   header=",".join(table), comments="")
