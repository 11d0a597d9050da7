"""The evidence engine beside metafor and PyMARE: the same studies, the same method, in one run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from engine_data import REFITS, Table
from peers import Timed
from table import Row
from timing import time_call, time_commands

from stepdown.evidence.meta.bayesian import MeanPrior, NormalModel
from stepdown.evidence.meta.diagnostics import leave_one_out
from stepdown.evidence.meta.glmm import fit_one_arm, fit_two_arms
from stepdown.evidence.meta.many_sets import refit_sets
from stepdown.evidence.meta.posterior import find_posterior
from stepdown.evidence.meta.two_stage import fit_two_stage

# 13 log odds ratios, half-normal prior: a figure from elsewhere, not measured again here
BAYESMETA_SECONDS = 7.3
BAYESMETA = "bayesmeta (reference figure)"


@dataclass(frozen=True)
class Task:
    """One thing both programs do: how to do it here, its name among the peers' results, and its aim."""

    name: str
    what: str
    call: Callable[[dict[str, Table]], float]
    aim_ratio: float
    runs: int = 5
    repeats: int = 1


def _pool(tables: dict[str, Table]) -> float:
    return float(fit_two_stage(tables["contrasts"]["y"], tables["contrasts"]["v"]).coef[0])


def _refit(tables: dict[str, Table]) -> float:
    """The standard deviation of the pooled estimate over the resamples."""
    y, v = tables["contrasts"]["y"], tables["contrasts"]["v"]
    rows = np.column_stack(list(tables["resamples"].values())).astype(int)
    return float(np.std(refit_sets(y[rows], v[rows]).coef, ddof=1))


def _leave_out(tables: dict[str, Table]) -> float:
    return float(leave_one_out(tables["contrasts"]["y"], tables["contrasts"]["v"])[-1].coef[0])


def _pool_one_arm(tables: dict[str, Table]) -> float:
    return float(fit_one_arm("PLO", tables["one_arm"]["events"], tables["one_arm"]["n"]).coef[0])


def _pool_two_arms(tables: dict[str, Table]) -> float:
    return float(fit_two_arms("OR", *tables["two_arms"].values(), model="UM.FS").coef[0])


def _pool_bayesian(tables: dict[str, Table]) -> float:
    """The posterior median with its quantiles and those of a new study, as bayesmeta gives them."""
    model = NormalModel(tables["ratios"]["y"], np.sqrt(tables["ratios"]["v"]), MeanPrior(0.0, 4.0))
    posterior = find_posterior(model, (0.5,))[0]
    marks = np.array([0.5, 0.025, 0.975])
    posterior.spread_quantiles(marks)
    posterior.predictive_quantiles(marks)
    return float(posterior.mean_quantiles(marks)[0])


TASKS = (
    Task("reml", "REML, 20 studies", _pool, 5, 20, 20),
    Task("bootstrap", f"REML, {REFITS:,} bootstrap refits", _refit, 200, 2),
    Task("leave_one_out", "leave-one-out, 20 studies", _leave_out, 5, 10),
    Task("one_arm", "mixed model, 14 single arms, 25 nodes", _pool_one_arm, 5, 10),
    Task("two_arms", "mixed model, 18 two-arm trials, 25 nodes", _pool_two_arms, 10, 5),
)


@dataclass(frozen=True)
class Ours:
    """What each task took here, and the rows that have no peer to run."""

    timed: dict[str, Timed]
    alone: list[Row]


def measure_engine(tables: dict[str, Table]) -> Ours:
    """What each task takes here."""
    timed = {task.name: _time_task(task, tables) for task in TASKS}
    bayesian = time_call(partial(_pool_bayesian, tables), 20)
    return Ours(timed, [Row("Bayesian, 13 studies", bayesian, BAYESMETA, BAYESMETA_SECONDS, aim_ratio=400),
                        _measure_import()])


def _time_task(task: Task, tables: dict[str, Table]) -> Timed:
    return Timed(time_call(partial(task.call, tables), task.runs, task.repeats), task.call(tables))


def compare_engine(ours: Ours, peers: dict[str, dict[str, Timed]]) -> list[Row]:
    """A row for each task and each peer that does it, then the rows without a peer."""
    rows = [_to_row(task, ours.timed[task.name], peer, done)
            for task in TASKS for peer, done in peers.items() if task.name in done or not done]
    return [*rows, *ours.alone]


def _to_row(task: Task, ours: Timed, peer: str, done: dict[str, Timed]) -> Row:
    theirs = done.get(task.name)
    return Row(task.what, ours.seconds, peer, theirs.seconds if theirs else None,
               abs(ours.estimate - theirs.estimate) if theirs else None, aim_ratio=task.aim_ratio)


def _measure_import() -> Row:
    code = "import stepdown.evidence, stepdown.evidence.risk, stepdown.evidence.meta.glmm"
    return Row("import of stepdown.evidence with all its parts, Python's start included",
               time_commands([(sys.executable, "-c", code)], 10)[0], aim_seconds=0.6)
