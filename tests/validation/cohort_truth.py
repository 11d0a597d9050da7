"""The engine on simulated registries whose truth is known: the effect of stopping among those who stop."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from stepdown.cohorts.analysis.comparing import prepare
from stepdown.cohorts.analysis.covariates import build_design
from stepdown.cohorts.analysis.follow_up import follow
from stepdown.cohorts.analysis.intervals import Estimates
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.registry.simulation.parameters import Eligible, Settings
from stepdown.cohorts.registry.simulation.truth import Truth, simulate_truth
from stepdown.cohorts.registry.simulation.writing import simulate_registry
from stepdown.cohorts.study import Choice, find_analysis_table

PEOPLE = 2000
#: The population of the shipped protocol, in the simulator's words.
ELIGIBLE = Eligible(age_min=50, years_without_relapse=2, years_on_drug=1, index="decision")


@dataclass(frozen=True)
class Estimate:
    """The difference of risk at two years in one registry: weighted, with its interval, and crude."""

    weighted: float
    low: float
    high: float
    crude: float


def find_truth(people: int = 120_000) -> Truth:
    return simulate_truth(Settings(people=people, seed=999), ELIGIBLE, years=2.0)


def read_protocol() -> Protocol:
    """The shipped protocol with relapse alone and without subgroups."""
    shipped = read_shipped("stopping-at-50")
    return shipped.model_copy(update={"outcomes": shipped.outcomes[:1], "subgroups": ()})


def estimate_once(seed: int) -> Estimate:
    protocol = read_protocol()
    with tempfile.TemporaryDirectory() as folder:
        registry, stages = Path(folder) / "invented", Path(folder) / "stages"
        stages.mkdir()
        simulate_registry(Settings(people=PEOPLE, seed=seed), registry, lambda _: None)
        data = find_analysis_table(protocol, registry, Choice(), stages).table
    followed = follow(data, protocol.outcomes[0], protocol)
    prepared = prepare(data, followed, build_design(data.covariates, protocol), protocol)
    found, last = Estimates.of(prepared), len(prepared.days) - 1
    interval, crude = found.find_difference(last), found.find_difference(last, crude=True)
    return Estimate(interval.value, interval.low, interval.high, crude.value)
