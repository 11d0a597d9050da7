"""A small invented study as its analysis table: two groups, relapse and death, some are lost or stop."""

from __future__ import annotations

from typing import Any

import numpy as np

from stepdown.cohorts.analysis.comparing import Prepared, prepare
from stepdown.cohorts.analysis.covariates import build_design
from stepdown.cohorts.analysis.follow_up import follow
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import Protocol

YEAR = 365


def build_protocol(**parts: Any) -> Protocol:
    """Stop against continue for two years, weighed by age and sex."""
    strategies = [{"name": "stop", "action": "stop", "grace_days": parts.pop("grace_days", 0)},
                  {"name": "continue", "action": "continue"}]
    return Protocol.model_validate({
        "name": "invented", "title": "t", "question": "q", "source": "s",
        "definitions": {"relapse": {"source": "x"}, "worsening": {"rules": "stepdown", "source": "x"},
                        "treatment": {"source": "x"}},
        "population": [], "index": {"event": "visit", "trials": "all"}, "strategies": strategies,
        "comparator": "continue", "follow_up": {"years": 2, "report_years": [1]},
        "outcomes": [{"name": "relapse", "kind": "relapse"}],
        "covariates": [{"name": "age", "fact": "age"}, {"name": "sex", "fact": "sex"}]} | parts)


def draw_study(trials: int = 600, seed: int = 1, never: bool = False) -> AnalysisTable:
    """Two trials a person; who is young stops sooner and relapses more; ``never``: nobody who stops does."""
    rng = np.random.default_rng(seed)
    age = rng.normal(50, 8, trials).round()
    stops = rng.random(trials) < 1 / (1 + np.exp((age - 45) / 8))
    acted = np.where(stops, 0.0, np.where(rng.random(trials) < 0.3, rng.integers(1, 900, trials), np.nan))
    relapse = np.ceil(rng.exponential(1500 * np.where(stops, 0.7, 1.0) * age / 50))
    if never:
        relapse[stops] = np.nan
    scans = np.repeat(np.arange(trials), 2)
    return AnalysisTable(
        trial=np.arange(trials), person=np.arange(trials) // 2, index_day=np.full(trials, 15_000),
        acted=acted, left=np.full(trials, np.nan), end=rng.integers(100, 1500, trials).astype(np.float64),
        death=np.where(rng.random(trials) < 0.1, rng.integers(1, 900, trials), np.nan),
        outcomes={"relapse": relapse}, has_baseline=np.ones(trials, dtype=np.bool_),
        last_scan=np.full(trials, np.nan), relapses_apart=np.zeros(trials, dtype=np.bool_),
        covariates={"age": age, "sex": Words.of(rng.choice(["female", "male"], trials).tolist())},
        subgroups={},
        data_cut=15_000 + 1200,
        scans=(scans, np.sort(rng.integers(1, 700, (trials, 2)), axis=1).ravel().astype(np.float64),
               (rng.random(2 * trials) < 0.2).astype(np.float64)),
        relapses=(np.flatnonzero(relapse < 700), relapse[relapse < 700]))


def prepare_study(protocol: Protocol, data: AnalysisTable) -> Prepared:
    """The study ready to be weighed."""
    followed = follow(data, protocol.outcomes[0], protocol)
    return prepare(data, followed, build_design(data.covariates, protocol), protocol)
