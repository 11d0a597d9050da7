"""The engine on simulated registries whose truth is known: the effect of stopping among those who stop."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stepdown.cohorts.analysis.comparing import Risks, find_risks, prepare, resample
from stepdown.cohorts.analysis.covariates import build_design
from stepdown.cohorts.analysis.follow_up import follow
from stepdown.cohorts.analysis.intervals import from_replicates
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


def read_protocol(replicates: int) -> Protocol:
    """The shipped protocol with relapse alone and without subgroups."""
    shipped = read_shipped("stopping-at-50")
    bootstrap = shipped.bootstrap.model_copy(update={"replicates": replicates})
    return shipped.model_copy(update={"outcomes": shipped.outcomes[:1], "subgroups": (),
                                      "bootstrap": bootstrap})


def estimate_once(seed: int, replicates: int = 0) -> Estimate:
    protocol = read_protocol(replicates)
    with tempfile.TemporaryDirectory() as folder:
        registry, stages = Path(folder) / "invented", Path(folder) / "stages"
        stages.mkdir()
        simulate_registry(Settings(people=PEOPLE, seed=seed), registry, lambda _: None)
        data = find_analysis_table(protocol, registry, Choice(), stages).table
    followed = follow(data, protocol.outcomes[0], protocol)
    prepared = prepare(data, followed, build_design(data.covariates, protocol), protocol)
    found = find_risks(prepared, np.ones(len(followed.row)))
    spread = np.array([_difference(each) for each in resample(prepared)]) if replicates else np.empty(0)
    interval = from_replicates(_difference(found), spread)
    return Estimate(_difference(found), interval.low, interval.high, _difference(found, crude=True))


def _difference(risks: Risks, crude: bool = False) -> float:
    comparator, target = risks.crude if crude else risks.weighted
    return float(target[-1] - comparator[-1])
