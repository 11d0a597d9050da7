"""What do trials say, and what do observational studies say? Pooled apart, and together as an alternative."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.evidence.cells import Cell, Gathered, Member
from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.pooled import PooledHazard
from stepdown.evidence.risk import Pool, to_pool
from stepdown.evidence.study import Study

RANDOMISED, OBSERVATIONAL = "randomised", "observational"
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

    pooled: PooledHazard
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


def kind_of(study: Study) -> str:
    """Randomised or observational. People in the extension of a trial are no longer as they were drawn."""
    return RANDOMISED if study.design == "rct" else OBSERVATIONAL


def find_concern(study: Study) -> str:
    """The worst concern of a study's appraisal; unknown where nothing was appraised."""
    concerns = {row.concern for row in study.appraisal} or {"unknown"}
    return next(concern for concern in _CONCERNS if concern in concerns)


def pool_apart(cell: Cell, gathered: Gathered) -> Apart:
    """The pools of what was gathered for a question, trials and observational studies each alone."""
    pools = []
    for kind in (RANDOMISED, OBSERVATIONAL):
        members = tuple(member for member in gathered.members if kind_of(member.study) == kind)
        pool = to_pool(cell, replace(gathered, members=members))
        if isinstance(pool, Pool):
            pools.append((kind, pool))
    alternative = combine(gathered.members) if len(pools) > 1 else None
    return Apart(cell, gathered, tuple(pools), alternative)


def combine(members: Iterable[Member]) -> Alternative:
    """One pool of all members, each likelihood raised to a power by its risk of bias."""
    table = read_power_table()
    studies = {member.study.id: member.study for member in members}
    concerns = {name: find_concern(study) for name, study in studies.items()}
    powers = {name: table["power"][concern] for name, concern in concerns.items()}
    reports = [member.report for member in members]
    pooled = pool_hazard(reports, down_weight=powers)
    weighed = tuple(
        Weighed(name, study.design, concerns[name], powers[name], pooled.weights[name])
        for name, study in studies.items()
    )
    return Alternative(pooled, pool_hazard(reports), weighed, table["reason"]["method"])
