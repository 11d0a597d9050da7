"""The estimator on simulated registries of 2,000 people, beside one that is given the true weights.

Ten registries are simulated as one of 20,000 people and taken apart again: people are independent of one
another, and the engine is started once for ten.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stepdown.cohorts.analysis.comparing import (
    Prepared,
    Weighed,
    find_risks_with_weights,
    prepare,
)
from stepdown.cohorts.analysis.covariates import build_design
from stepdown.cohorts.analysis.follow_up import follow
from stepdown.cohorts.analysis.intervals import Estimates
from stepdown.cohorts.analysis.panel import each_interval
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.registry.simulation import decisions
from stepdown.cohorts.registry.simulation.chunk import CHUNK, simulate_chunk
from stepdown.cohorts.registry.simulation.parameters import Eligible, Settings
from stepdown.cohorts.registry.simulation.truth import Truth, simulate_truth
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.study import Choice, find_analysis_table

PEOPLE = 2000
TOGETHER = CHUNK // PEOPLE
#: The population of the shipped protocol, in the simulator's words; the effect among those who stop.
ELIGIBLE = Eligible(age_min=50, years_without_relapse=2, years_on_drug=1, index="decision")
TRUTH_SEED = 999
Numbers = np.ndarray


@dataclass(frozen=True)
class Estimate:
    """The difference of risk at two years in one registry: weighted, with the true weights, and crude."""

    weighted: float
    low: float
    high: float
    true_weights: float
    true_low: float
    true_high: float
    crude: float
    events: int


@dataclass(frozen=True)
class Chances:
    """What the simulator knows: for each visit (lines) and person, the day, and the chance to stop on it."""

    day: Numbers
    chance: Numbers


def find_truth(people: int) -> Truth:
    """The true risks among those who stop, from two lives of each of so many people."""
    return simulate_truth(Settings(people=people, seed=TRUTH_SEED), ELIGIBLE, years=2.0)


def read_protocol() -> Protocol:
    """The shipped protocol with relapse alone and without subgroups."""
    shipped = read_shipped("stopping-at-50")
    return shipped.model_copy(update={"outcomes": shipped.outcomes[:1], "subgroups": ()})


def estimate_ten(seed: int) -> Iterator[Estimate]:
    """Ten registries of 2,000 people from one seed."""
    protocol, settings = read_protocol(), Settings(people=CHUNK, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        registry, stages = Path(folder) / "invented", Path(folder) / "stages"
        stages.mkdir()
        simulate_registry(settings, registry, lambda _: None)
        data = find_analysis_table(protocol, registry, Choice(), stages).table
    chances = watch_decisions(settings)
    for number in range(TOGETHER):
        yield estimate_one(take_people(data, number), protocol, chances)


def take_people(data: AnalysisTable, number: int) -> AnalysisTable:
    """The table of one of the ten registries."""
    chosen = (data.person - 1) // PEOPLE == number
    trials = data.trial[chosen]
    scans, relapses = (np.isin(whose[0], trials) for whose in (data.scans, data.relapses))
    return replace(
        data, **{name: getattr(data, name)[chosen] for name in (
            "trial", "person", "index_day", "acted", "left", "end", "death", "has_baseline", "last_scan",
            "relapses_apart")},
        outcomes={name: values[chosen] for name, values in data.outcomes.items()},
        covariates={name: values[chosen] for name, values in data.covariates.items()},
        scans=tuple(column[scans] for column in data.scans),
        relapses=tuple(column[relapses] for column in data.relapses))


def estimate_one(data: AnalysisTable, protocol: Protocol, chances: Chances) -> Estimate:
    """The estimator of the product, and the same with the weights that the simulator knows."""
    followed = follow(data, protocol.outcomes[0], protocol)
    prepared = prepare(data, followed, build_design(data.covariates, protocol), protocol)
    found, last = Estimates.of(prepared), len(prepared.days) - 1
    interval, crude = found.find_difference(last), found.find_difference(last, crude=True)
    true = Estimates((find_risks_with_weights(prepared, weigh_truly(prepared, data, chances)),),
                     followed.events).find_difference(last)
    return Estimate(interval.value, interval.low, interval.high, true.value, true.low, true.high, crude.value,
                    followed.events[1])


def watch_decisions(settings: Settings) -> Chances:
    """Live the same lives again and note the chance of stopping at each visit, as the simulator has it."""
    noted: list[tuple[Numbers, Numbers]] = []
    original = decisions.find_chance_to_stop

    def note(state: decisions.State, seen: decisions.Seen, world: Settings,
             level: decisions.Section | None = None) -> decisions.Numbers:
        chance = original(state, seen, world, level)
        if level is None:
            noted.append((seen.day.copy(), np.where(seen.attended & state.is_on(), chance, 0.0)))
        return chance

    decisions.find_chance_to_stop = note
    try:
        simulate_chunk(settings, 0, settings.people)
    finally:
        decisions.find_chance_to_stop = original
    return Chances(np.array([day for day, _ in noted]), np.array([chance for _, chance in noted]))


def weigh_truly(prepared: Prepared, data: AnalysisTable, chances: Chances) -> Weighed:
    """The weights for the effect among those who stop; loss is a lottery given the group."""
    row = prepared.followed.row
    person, index = data.person[row] - 1, data.index_day[row]
    days, chance = chances.day[:, person], chances.chance[:, person]
    now = np.where(days == index, chance, 0.0).sum(axis=0)
    rows = np.where(prepared.followed.target, 1.0, now / (1 - now))
    staying = []
    for side, panel in enumerate(prepared.panels):
        found = []
        for k, size in each_interval(panel):
            inside = panel.row[:size]
            until = index[inside] + max(panel.begins[k], 0)
            later = (days[:, inside] > index[inside]) & (days[:, inside] <= until)
            stays = np.where(later, np.log1p(-chance[:, inside]), 0.0).sum(axis=0)
            found.append(np.exp(-stays)[None] if side == 0 else np.ones((1, size)))
        staying.append(found)
    return Weighed(rows, (staying[0], staying[1]))
