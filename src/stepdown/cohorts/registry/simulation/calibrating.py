"""How simulated people fare beside those of published studies, finding by finding."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from stepdown.cohorts.registry.simulation.parameters import Eligible, Settings
from stepdown.cohorts.registry.simulation.truth import Outcome, Truth, simulate_truth
from stepdown.evidence.meta.exact import find_clopper_pearson
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Finding

LEVEL = 0.95
OUTCOMES: tuple[Outcome, ...] = ("relapse", "mri_activity", "any_activity", "death")


@dataclass(frozen=True)
class Target:
    """A published result, and the simulated people who are like those of the study; ``like`` says who."""

    study: str
    finding: Finding
    measure: Literal["risk", "hazard-ratio"]
    years: float
    eligible: Eligible
    like: str


@dataclass(frozen=True)
class Agreement:
    """A published value with its 95 % interval beside the simulated one, and whether that lies inside."""

    target: Target
    published: float
    low: float
    high: float
    simulated: float
    people: int

    @property
    def is_inside(self) -> bool:
        """Whether the interval of the study holds the simulated value."""
        return self.low <= self.simulated <= self.high


@cache
def read_targets() -> tuple[Target, ...]:
    """The published results of calibration.toml, with their figures from the library."""
    text = files("stepdown.cohorts.registry.simulation").joinpath("calibration.toml").read_text("utf-8")
    return tuple(_read_target(row) for row in tomllib.loads(text)["row"])


def _read_target(row: dict[str, Any]) -> Target:
    study, _, name = row["finding"].partition("#")
    finding = next(one for one in read_library()[study].findings if one.id == name)
    wanted: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row["eligible"].items()
    }
    return Target(study, finding, row.get("measure", "risk"), row["years"], Eligible(**wanted), row["like"])


def find_published(target: Target) -> tuple[float, float, float]:
    """The published value with its interval; that of a share of people is exact (Clopper and Pearson)."""
    finding, effect = target.finding, target.finding.effect
    if target.measure == "hazard-ratio" and effect and effect.value and effect.low and effect.high:
        return effect.value, effect.low, effect.high
    if finding.events is not None and finding.n:
        return (finding.events / finding.n, *find_clopper_pearson(finding.events, finding.n, LEVEL))
    if finding.proportion is None or finding.proportion_low is None or finding.proportion_high is None:
        raise ValueError(f"{target.study}#{finding.id} has no figure to compare with")
    return finding.proportion, finding.proportion_low, finding.proportion_high


def compare_targets(people: int, seed: int, targets: tuple[Target, ...] | None = None,
                    report: Callable[[int], None] = lambda _: None) -> Iterator[Agreement]:
    """Each target beside so many people simulated under this seed; people alike are simulated once."""
    found: dict[tuple[Any, ...], Truth] = {}
    for done, target in enumerate(read_targets() if targets is None else targets):
        outcome = next(one for one in OUTCOMES if one == target.finding.outcome)
        question = (target.eligible, target.years, outcome)
        if question not in found:
            found[question] = simulate_truth(Settings(people=people, seed=seed), target.eligible,
                                             years=target.years, outcome=outcome)
        yield _compare(target, found[question])
        report(done + 1)


def _compare(target: Target, truth: Truth) -> Agreement:
    published, low, high = find_published(target)
    simulated = truth.risk_continue if target.finding.strategy == "continue" else truth.risk_begin
    if target.measure == "hazard-ratio":
        simulated = math.log1p(-truth.risk_begin) / math.log1p(-truth.risk_continue)
    return Agreement(target, published, low, high, simulated, truth.people)
