"""An analysis table written by hand: a row a trial, days from the index day, NaN for what was never seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.protocol.reading import read_shipped

NEVER = float("nan")
DATA_CUT = 20_000
#: Long enough before the end of the study for everybody to be followed to the horizon.
INDEX_DAY = 15_000


def invent_table(rows: list[dict[str, float]], covariates: dict[str, list[Any]] | None = None,
                 subgroups: dict[str, list[Any]] | None = None, person: list[int] | None = None
                 ) -> AnalysisTable:
    """``rows``: event, acted, left, end, death; what is not given never was, and the end is the study's."""
    def take(name: str, default: float = NEVER) -> np.ndarray:
        return np.array([row.get(name, default) for row in rows], dtype=np.float64)

    count = len(rows)
    none = np.empty(0)
    return AnalysisTable(
        trial=np.arange(count), person=np.arange(count) if person is None else np.array(person),
        index_day=np.full(count, INDEX_DAY), acted=take("acted"), left=take("left"),
        end=take("end", DATA_CUT - INDEX_DAY), death=take("death"), outcomes={"relapse": take("event")},
        has_baseline=np.ones(count, bool), last_scan=take("scan"), relapses_apart=np.zeros(count, bool),
        covariates={name: to_column(values) for name, values in (covariates or {}).items()},
        subgroups={name: to_column(values) for name, values in (subgroups or {}).items()},
        data_cut=DATA_CUT, scans=(none.astype(int), none, none), relapses=(none.astype(int), none))


def to_column(values: list[Any]) -> np.ndarray | Words:
    """Numbers as they are, words by their place among their labels."""
    if any(isinstance(value, str) for value in values):
        return Words.of(values)
    return np.array(values, dtype=np.float64)


def invent_protocol(grace_days: int = 0, covariates: tuple[str, ...] = (), **parts: Any) -> Protocol:
    """Stopping against going on, relapse within two years; ``parts`` replace others of the protocol."""
    shipped = read_shipped("stopping-at-50").model_dump(mode="json")
    shipped["strategies"][0]["grace_days"] = grace_days
    shipped["outcomes"] = shipped["outcomes"][:1]
    shipped["covariates"] = [{"name": name, "fact": "age"} for name in covariates]
    return Protocol.model_validate({**shipped, "subgroups": [], **parts})
