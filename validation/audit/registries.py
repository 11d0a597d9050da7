"""Registries of invented people whose predictions hold, or do not, and what an audit says of each.

Many registries are simulated as one and taken apart again, so that the engine starts once for all of them.
Under "by the predictions" the people, their facts and how long they can be watched are those of the
simulator, and events are drawn from the very hazards that were predicted, or from so many times these.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, EVENT, HORIZON
from stepdown.cohorts.audit.asked import find_refused
from stepdown.cohorts.audit.auditing import Part, compare_counted, count
from stepdown.cohorts.audit.following import Watched, watch
from stepdown.cohorts.audit.predicting import ESTIMATED, draw_ratio, predict
from stepdown.cohorts.audit.rules import read_rules
from stepdown.cohorts.audit.steps import Steps, find_steps
from stepdown.cohorts.audit.timeline import find_drift
from stepdown.cohorts.registry.simulation.parameters import Settings, Shift
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.study import Choice
from stepdown.evidence.clinics import draw_clinic_lots

SINCE = date(2019, 1, 1)
OUTCOME, YEARS = "relapse", 2
_SINCE_DAY = (SINCE - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Audited:
    """One registry: the verdict, its grounds, the ratio, and when each chart spoke (days since 1970)."""

    word: str
    direction: str
    grounds: tuple[str, ...]
    observed: int
    expected: float
    more_day: int | None
    fewer_day: int | None
    followed: int


def simulate(people: int, seed: int, shift: Shift | None = None) -> Steps:
    """The steps of one large registry, in which more people stop than by the assumptions."""
    settings = Settings(people=people, seed=seed, stopping_odds=12.0, shift=shift or Shift())
    with tempfile.TemporaryDirectory() as folder:
        simulate_registry(settings, Path(folder) / "registry")
        return find_steps(Path(folder) / "registry", Choice(), None).steps


def cut(steps: Steps, registries: int) -> Iterator[Part]:
    """The people of one registry after another: those whose number leaves the same remainder."""
    rules, refused = read_rules(), find_refused(steps)
    predicted = predict(steps, refused, OUTCOME)
    lots = draw_clinic_lots(rules.clinics_drawn, rules.clinics_seed)
    asked = (refused == "") & (steps.strategy == "stop") & (predicted.status[YEARS] == ESTIMATED)
    for number in range(registries):
        own = asked & (steps.table.person % registries == number)
        yield Part(steps, OUTCOME, own, predicted, lots, rules)


def draw_clinics(part: Part) -> NDArray[np.float64]:
    """The ratios of clinics that the evidence allows for: much the same in all these registries."""
    watched = watch(part.steps, part.asked, OUTCOME, YEARS)
    return draw_ratio(part.predicted, watched.row, watched.time, part.lots)


def audit(part: Part, watched: Watched, ratios: NDArray[np.float64]) -> Audited:
    """What is said of one registry."""
    index_day = part.steps.table.index_day[watched.row]
    drift = find_drift(part.predicted, watched, index_day, None, YEARS, part.rules)
    found = compare_counted(count(part.predicted, watched, YEARS), ratios, drift, part.rules)
    days = (None, None) if drift is None else (drift.more.signal_day, drift.fewer.signal_day)
    return Audited(found.verdict.word, found.verdict.direction, found.verdict.grounds, found.ratio.observed,
                   found.ratio.expected, *days, len(watched.row))


def audit_simulated(steps: Steps, registries: int) -> list[Audited]:
    """Every registry, with what the simulator made happen."""
    parts = list(cut(steps, registries))
    ratios = draw_clinics(parts[0])
    return [audit(part, watch(steps, part.asked, OUTCOME, YEARS), ratios) for part in parts]


def audit_drawn(steps: Steps, registries: int, hazard: float, seed: int, *,
                since: bool = False) -> list[Audited]:
    """Every registry, with events drawn from ``hazard`` times the predicted hazards (from SINCE on)."""
    rng, parts = np.random.default_rng(seed), list(cut(steps, registries))
    ratios = draw_clinics(parts[0])
    return [audit(part, _draw(part, watch(steps, part.asked, OUTCOME, YEARS), hazard, rng, since), ratios)
            for part in parts]


def _draw(part: Part, watched: Watched, hazard: float, rng: np.random.Generator, since: bool) -> Watched:
    """The same people with events drawn anew, by weeks; each is followed as long as without an event."""
    until, count_ = watched.time_without, len(watched.row)
    edges = np.arange(0, YEARS * DAYS_PER_YEAR + 7, 7.0) / DAYS_PER_YEAR
    left = rng.exponential(size=count_)
    time, event = until.copy(), np.zeros(count_, dtype=bool)
    before = np.zeros(count_)
    index_day = part.steps.table.index_day[watched.row]
    for edge in edges[1:]:
        at = np.minimum(edge, until)
        by_then = part.predicted.at(at, watched.row)
        shifted = np.ones(count_, dtype=bool) if not since else (
            index_day + at * DAYS_PER_YEAR > _SINCE_DAY)
        left = left - (by_then - before) * np.where(shifted, hazard, 1.0)
        happens = ~event & (left < 0)
        time[happens], event[happens] = at[happens], True
        before = by_then
    reason: NDArray[np.int64] = np.where(event, EVENT, HORIZON)
    return replace(watched, time=time, event=event, reason=reason)
