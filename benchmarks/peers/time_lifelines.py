"""Times lifelines on the people of a folder. Prints: task, processor seconds, estimate."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import pandas as pd
from lifelines import CoxPHFitter

# A robust fit takes lifelines time that grows with the square of the rows: at a million it would take hours.
MOST_ROWS = 100_000


def fit_cox(people: pd.DataFrame) -> float:
    """The robust standard error of the first covariate in a weighted Cox model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises on weights that are no counts, which robust errors allow
        fit = CoxPHFitter().fit(people, "time", "event", weights_col="weight", robust=True)
    return float(fit.standard_errors_.iloc[0])


def time_tasks(folder: Path) -> None:
    """One fit for each file of people that it can do in minutes."""
    for path in sorted(folder.glob("people_*.csv")):
        people = pd.read_csv(path)
        if len(people) > MOST_ROWS:
            continue
        start = time.process_time()
        estimate = fit_cox(people)
        print(f"robust_{path.stem}\t{time.process_time() - start:.9g}\t{estimate:.15g}", flush=True)


time_tasks(Path(sys.argv[1]))
