"""What do trials say, and what do observational studies say? Pooled apart, and together as an alternative."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.evidence.carrying import judge_horizon
from stepdown.evidence.cells import Cell, Gathered, gather
from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.pooled import PooledHazard
from stepdown.evidence.pool import OBSERVATIONAL, RANDOMISED, Pool, describe_pool, of_kind, to_pool
from stepdown.evidence.study import Study

#: The times of an answer, by which it is judged which of two kinds of evidence was watched for longer.
_YEARS = (1.0, 2.0, 5.0)
#: Worst first; what is unknown is worse than low and may be as bad as high.
_CONCERNS = ("high", "some", "unknown", "low")


@dataclass(frozen=True)
class Weighed:
    """A study in the combined estimate: worst concern, power of its likelihood, share of weight."""

    study: str
    design: str
    concern: str
    power: float
    weight: float


@dataclass(frozen=True)
class Alternative:
    """Both kinds of evidence in one pool, down-weighted by risk of bias, and the same at full weight."""

    pool: Pool
    full_weight: PooledHazard
    weighed: tuple[Weighed, ...]
    method: str


@dataclass(frozen=True)
class Apart:
    """The pools of one question by kind of evidence, and both together where there are two kinds."""

    cell: Cell
    gathered: Gathered
    pools: tuple[tuple[str, Pool], ...]
    alternative: Alternative | None


@lru_cache(maxsize=1)
def read_power_table() -> dict[str, Any]:
    """The power of a study's likelihood by its risk of bias, from ``bias_power.toml``."""
    return tomllib.loads((files("stepdown.evidence") / "bias_power.toml").read_text("utf-8"))


def find_concern(study: Study) -> str:
    """The worst concern of a study's appraisal; unknown where nothing was appraised."""
    concerns = {row.concern for row in study.appraisal} or {"unknown"}
    return next(concern for concern in _CONCERNS if concern in concerns)


# Beside a library that lacks one study nearly every question gathers the same: it is pooled once.
@lru_cache(maxsize=2048)
def pool_apart(cell: Cell, gathered: Gathered) -> Apart:
    """The pools of what was gathered for a question, trials and observational studies each alone."""
    pools = []
    for kind in (RANDOMISED, OBSERVATIONAL):
        pool = to_pool(cell, of_kind(gathered, kind))
        if isinstance(pool, Pool):
            pools.append((kind, pool))
    alternative = combine(cell, gathered) if len(pools) > 1 else None
    return Apart(cell, gathered, tuple(pools), alternative)


def combine(cell: Cell, gathered: Gathered) -> Alternative:
    """One pool of all members, each likelihood raised to a power by its risk of bias."""
    table, members = read_power_table(), gathered.members
    studies = {member.study.id: member.study for member in members}
    concerns = {name: find_concern(study) for name, study in studies.items()}
    powers = {name: table["power"][concern] for name, concern in concerns.items()}
    reports = [member.report for member in members]
    pooled = pool_hazard(reports, down_weight=powers)
    weighed = tuple(
        Weighed(name, study.design, concerns[name], powers[name], pooled.weights[name])
        for name, study in studies.items()
    )
    pool = describe_pool(cell, gathered, pooled)
    return Alternative(pool, pool_hazard(reports), weighed, table["reason"]["method"])


@lru_cache(maxsize=4096)
def fit_apart(cell: Cell) -> Apart:
    """The pools of a cell by kind of evidence, from the library."""
    return pool_apart(cell, gather(cell))


def fit_pool(cell: Cell) -> Pool | Gathered:
    """The pool that answers for a cell, or what was gathered when nothing in it can be pooled."""
    return choose_pool(fit_apart(cell))


def choose_pool(apart: Apart) -> Pool | Gathered:
    """The one kind of evidence that answers, at all times alike: the one that reaches more of them.

    On a tie the trials answer. The other kind and both together stand beside it, and are never mixed in.
    """
    pools = [pool for _, pool in apart.pools]
    return max(pools, key=_count_reached, default=apart.gathered)


def _count_reached(pool: Pool) -> int:
    """At how many of the times of an answer a pool gives a number."""
    group, strategy = pool.cell.group, pool.cell.strategy
    return sum(judge_horizon(time, pool.watched, group, strategy)[0] != "unknown" for time in _YEARS)


def forget_pools() -> None:
    """Drop every fitted pool, after a study was retracted or added."""
    fit_apart.cache_clear()
