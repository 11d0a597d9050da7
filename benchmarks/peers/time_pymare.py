"""Times PyMARE on the tables of a folder. Prints: task, seconds of the fastest run, estimate."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pymare.estimators import VarianceBasedLikelihoodEstimator


def pool(y: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The pooled estimates of studies in rows; each column is a data set of its own."""
    fit = VarianceBasedLikelihoodEstimator(method="REML", small_sample_correction="wald")
    return fit.fit(y, v, np.ones((len(y), 1))).params_["fe_params"][0]


def print_fastest(name: str, call: Callable[[], float], runs: int, repeats: int = 1) -> None:
    """One line: the task, the seconds of its fastest run, its estimate."""
    estimate, seconds = call(), float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        seconds = min(seconds, (time.perf_counter() - start) / repeats)
    print(f"{name}\t{seconds:.9g}\t{estimate:.15g}")


def time_tasks(folder: Path) -> None:
    """Each task that PyMARE does."""
    read = {name: np.loadtxt(folder / f"{name}.csv", delimiter=",", skiprows=1)
            for name in ("contrasts", "resamples")}
    y, v = read["contrasts"].T
    rows = read["resamples"].astype(int).T
    print_fastest("reml", lambda: float(pool(y[:, None], v[:, None])[0]), 20, 20)
    print_fastest("bootstrap", lambda: float(np.std(pool(y[rows], v[rows]), ddof=1)), 2)
    print_fastest("leave_one_out", lambda: [float(pool(np.delete(y, i)[:, None], np.delete(v, i)[:, None])[0])
                                            for i in range(20)][-1], 10)


time_tasks(Path(sys.argv[1]))
